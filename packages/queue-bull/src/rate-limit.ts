import { setTimeout as sleep } from 'node:timers/promises';
import type { RateLimit } from '@switchyard/queue-contract';
import type { BullJob } from './bull-queue.js';
import { RATE_LIMIT_START, RATE_LIMIT_WAIT } from './rate-limit.lua.js';
import type { RunScript } from './run-script.js';

/** Takes jobs no faster than a queue's limit allows. */
export interface RateLimiter {
  /**
   * @param take asks for a job
   * @param giveBack puts it back as the next to run, when another process was faster
   */
  next(
    take: () => Promise<BullJob | undefined>,
    giveBack: (job: BullJob) => Promise<void>,
  ): Promise<BullJob | undefined>;
  stop(): void;
}

/**
 * Bull's own limiter moves the jobs above the limit to the delayed ones, where they lose their order and no longer
 * count as waiting. Here they stay where they are until there is room.
 */
export function createRateLimiter(run: RunScript, key: string, { max, durationMs }: RateLimit): RateLimiter {
  const stopped = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();

  async function one(
    take: () => Promise<BullJob | undefined>,
    giveBack: (job: BullJob) => Promise<void>,
  ): Promise<BullJob | undefined> {
    const waitMs = Number(await run(RATE_LIMIT_WAIT, [key], [max]));
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: stopped.signal }).catch(() => {});
    if (stopped.signal.aborted) return undefined;
    const job = await take();
    if (!job) return undefined;
    let mayStart = false;
    try {
      mayStart = (await run(RATE_LIMIT_START, [key], [max, durationMs, String(job.id)])) === 1;
    } finally {
      if (!mayStart) await giveBack(job);
    }
    return mayStart ? job : undefined;
  }

  return {
    next(take, giveBack) {
      // One slot at a time, or several would put back what they took in another order.
      const mine = turn.then(() => one(take, giveBack));
      turn = mine.catch(() => {});
      return mine;
    },
    stop: () => stopped.abort(),
  };
}
