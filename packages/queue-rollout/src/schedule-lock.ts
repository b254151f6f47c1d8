import { ClosedError, type QueueClaims } from '@switchyard/queue-contract';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Makes a change to a schedule when nobody else, in any process, is about to make one. */
export type ScheduleLock = <T>(scheduleId: string, change: () => Promise<T>) => Promise<T>;

/** How long a lock of a process that died is waited for. A change takes a few round trips. */
const LOCK_MS = 30_000;
const ASK_AGAIN_MS = 25;

/**
 * One change at a time for each schedule: two processes that want it on different engines would each find none where it
 * looks, and create it twice.
 *
 * @param isClosed ends the wait for a lock with a ClosedError
 */
export function createScheduleLock(claims: QueueClaims, isClosed: () => boolean): ScheduleLock {
  return async (scheduleId, change) => {
    const key = `schedule:${scheduleId}`;
    const holder = randomUUID();
    while ((await claims.claim([key], holder, LOCK_MS))[0] !== holder) {
      if (isClosed()) throw new ClosedError('rollout');
      await sleep(ASK_AGAIN_MS);
    }
    try {
      return await change();
    } finally {
      // Should it not work, the lock ends by itself.
      await claims.release(key, holder).catch(() => {});
    }
  };
}

/** For where one process is all there is. */
export const unlocked: ScheduleLock = (_, change) => change();
