import type { ActiveSchedule, EngineQueue, RunningJob, Schedule } from '@switchyard/queue-contract';
import type { WorkJobs } from './contract-case.js';
import { eventually } from './eventually.js';

/** The least interval that the port allows. */
export const EVERY_MS = 1000;

/** A firing may be this late on a busy machine, besides the time that the case lost. */
export const LATE_MS = 900;

/** A schedule of the least interval, whose data is its id. */
export function every(id: string): Schedule<WorkJobs> & { readonly rule: { readonly everyMs: number } } {
  return { id, rule: { everyMs: EVERY_MS }, name: 'work', data: id };
}

export interface Firing {
  readonly atMs: number;
  readonly job: RunningJob;
}

/** A handler that notes when it was called. */
export function recordFirings(): { firings: Firing[]; handler: (job: RunningJob) => void } {
  const firings: Firing[] = [];
  return { firings, handler: (job) => void firings.push({ atMs: Date.now(), job }) };
}

/** Neither early, but for a millisecond of rounding, nor much later than a machine that lost `lostMs` makes it. */
export function expectAt(firing: Firing | undefined, dueMs: number, lostMs: number): void {
  expect(firing?.atMs).toBeGreaterThanOrEqual(dueMs - 1);
  expect(firing?.atMs).toBeLessThan(dueMs + LATE_MS + lostMs);
}

/** The schedule once the firing that was due at `dueMs` is behind it. */
export async function nextAfterFiring(
  queue: EngineQueue<WorkJobs>,
  id: string,
  dueMs: number,
): Promise<ActiveSchedule<WorkJobs>> {
  const found = await eventually(
    'its next slot is known',
    () => queue.schedules.get(id),
    (schedule) => schedule === null || schedule.nextRunAtMs > dueMs,
  );
  if (found === null) throw new Error(`schedule "${id}" is gone`);
  return found;
}
