import type { Job, JobState } from '@switchyard/queue-contract';

/**
 * One list of a state's jobs from those of two engines, each in its own order: waiting ones by priority, then by age,
 * as if they were one queue; others newest first. Jobs of one engine never change places among themselves.
 */
export function mergeJobs(state: JobState, first: readonly Job[], second: readonly Job[]): readonly Job[] {
  const comesBefore = state === 'waiting' ? runsBefore : isNewer;
  const merged: Job[] = [];
  let taken = 0;
  for (const job of first) {
    while (taken < second.length && comesBefore(second[taken]!, job)) merged.push(second[taken++]!);
    merged.push(job);
  }
  return [...merged, ...second.slice(taken)];
}

function runsBefore(one: Job, other: Job): boolean {
  const [priority, otherPriority] = [one.priority ?? Infinity, other.priority ?? Infinity];
  return priority === otherPriority ? one.createdAtMs < other.createdAtMs : priority < otherPriority;
}

function isNewer(one: Job, other: Job): boolean {
  return newestFirstKey(one) > newestFirstKey(other);
}

/** The time that engines order a state's jobs by: when they are due, were taken, or ended. */
function newestFirstKey({ state, createdAtMs, delayMs, processedAtMs, finishedAtMs }: Job): number {
  if (state === 'active') return processedAtMs ?? createdAtMs;
  if (state === 'delayed') return Math.max(createdAtMs, processedAtMs ?? 0) + delayMs;
  return finishedAtMs ?? createdAtMs;
}
