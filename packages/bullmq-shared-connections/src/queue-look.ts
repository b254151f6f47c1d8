import type { Lent } from './origin.js';
import type { WaitingQueue, WaitKeys } from './waiting-room.js';

/** What a queue holds. */
export interface QueueLook {
  readonly hasJob: boolean;
  /**
   * When its next delayed job is due, in milliseconds since the epoch; absent when there is none or nobody
   * asked.
   */
  readonly dueEpochMs?: number;
}

/**
 * Looks into a queue: one billed command when it is empty, two when it is known to have delayed jobs, and
 * three when that is news and no worker waits who would ask by itself.
 */
export async function lookIntoQueue(lent: Lent, queue: WaitingQueue): Promise<QueueLook> {
  const { wait, prioritized, delayed } = queue.keys;
  if (!queue.delayed) {
    if ((await lent.exists(wait, prioritized, delayed)) === 0) return { hasJob: false };
    // A worker that fetches is told of delayed jobs.
    if (queue.waiters.length > 0) return { hasJob: true };
  }
  const [existing, dueEpochMs] = await Promise.all([lent.exists(wait, prioritized), nextDue(lent, queue)]);
  return { hasJob: existing > 0, dueEpochMs };
}

/** When the next delayed job of a queue is due, in milliseconds since the epoch. One billed command. */
export async function nextDue(lent: Lent, queue: WaitingQueue): Promise<number | undefined> {
  const [, score] = await lent.zrange(queue.keys.delayed, 0, 0, 'WITHSCORES');
  queue.delayed = score !== undefined;
  // BullMQ scores a delayed job with its time in milliseconds times 4096, plus a counter.
  return score === undefined ? undefined : Number(score) / 0x1000;
}

/**
 * Writes the marker of a queue in which a job waits, for whoever is idle. One billed command when none waits,
 * else two.
 */
export async function offerWaitingJob(lent: Lent, { wait, prioritized, marker }: WaitKeys): Promise<void> {
  if ((await lent.exists(wait, prioritized)) > 0) await lent.zadd(marker, 'NX', 0, '0');
}
