import type { EngineQueue, Job } from '@switchyard/queue-contract';

export interface Holder {
  readonly place: EngineQueue;
  readonly job: Job;
}

/** Where a job is: where it has not ended, else the first place that knows it. */
export async function findHolder(places: readonly EngineQueue[], id: string): Promise<Holder | null> {
  let ended: Holder | null = null;
  for (const place of places) {
    const job = await place.inspector.job(id);
    if (job && !hasEnded(job)) return { place, job };
    if (job) ended ??= { place, job };
  }
  return ended;
}

export function hasEnded({ state }: Job): boolean {
  return state === 'completed' || state === 'failed';
}
