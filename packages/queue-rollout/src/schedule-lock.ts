import { ClosedError, type QueueClaims } from '@switchyard/queue-contract';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Makes a change to one of a queue's schedules when nobody else, in any process, makes one. */
export type ScheduleLock = <T>(change: () => Promise<T>) => Promise<T>;

/** How long a lock of a process that died is waited for. A change takes a few round trips. */
const LOCK_MS = 15_000;
/** The first wait before it is asked for again, and the longest. A change takes no longer than the first, as a rule. */
const ASK_AGAIN_MS = { first: 20, longest: 500 };

/**
 * One change at a time: two processes that want a schedule on different engines would each find none where it looks,
 * and create it twice. Costs three or four commands a change, and two for each time that somebody else is found to have
 * the lock: some 70 while that of a process that died runs out.
 *
 * @param isClosed ends the wait for the lock with a ClosedError
 */
export function createScheduleLock(claims: QueueClaims, isClosed: () => boolean): ScheduleLock {
  let turn: Promise<unknown> = Promise.resolve();

  const locked = async <T>(change: () => Promise<T>): Promise<T> => {
    const holder = randomUUID();
    let waitMs = ASK_AGAIN_MS.first;
    while ((await claims.claim(['schedules'], holder, LOCK_MS))[0] !== holder) {
      if (isClosed()) throw new ClosedError('rollout');
      // Not all at the same time.
      await sleep(waitMs * (0.5 + Math.random() / 2));
      waitMs = Math.min(ASK_AGAIN_MS.longest, waitMs * 2);
    }
    try {
      return await change();
    } finally {
      // Should it not work, the lock ends by itself.
      await claims.release('schedules', holder).catch(() => {});
    }
  };

  // Within the process one waits for the other without asking.
  return <T>(change: () => Promise<T>) => {
    const mine = turn.then(() => locked(change));
    turn = mine.catch(() => {}); // whoever asked for it hears of it
    return mine;
  };
}

/** For where one engine is all there is. */
export const unlocked: ScheduleLock = (change) => change();
