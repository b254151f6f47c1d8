import { setImmediate as nextTurn } from 'node:timers/promises';
import { asError } from './as-error.js';
import { GivenBackError } from './attempts.js';
import type { BullJob, BullQueue } from './bull-queue.js';
import type { RateLimiter } from './rate-limit.js';
import { settledWithin } from './settled-within.js';

/** One of Bull's queue objects while it consumes. */
export interface BullWorker {
  /** Resolves when it has begun to ask for jobs. */
  readonly started: Promise<void>;
  /** Begins nothing new; what runs goes on, with its lock. */
  stop(): void;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  /** Ends the queue object, and whatever it would still do with jobs in its hands. */
  close(): Promise<void>;
}

export interface BullWorkerHooks {
  prepare(job: BullJob): void;
  process(job: BullJob): Promise<unknown>;
  /** A job that has not begun when it is to stop, or that Bull took all the same. */
  handBack(job: BullJob): Promise<void>;
  report(error: Error): void;
}

const CLOSE_LIMIT_MS = 1000;
/** How much of the time between two checks for stalled jobs the mark of the first one lasts. */
const STALLED_MARK_PART = 0.9;

export function startBullWorker(
  bull: BullQueue,
  concurrency: number,
  limiter: RateLimiter | undefined,
  hooks: BullWorkerHooks,
): BullWorker {
  const busy = new Set<Promise<unknown>>();
  let stopping = false;
  let closing: Promise<void> | undefined;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));

  const track = <T>(work: Promise<T>): Promise<T> => {
    busy.add(work);
    const done = () => busy.delete(work);
    work.then(done, done);
    return work;
  };

  const { processJob, getNextJob, startMoveUnlockedJobsToWait } = bull;
  const { stalledInterval } = bull.settings;

  // The end of a job brings the next one along. Bull would carry it over to another turn and forget it, locked, when
  // it is closed just then; so it stays here until there is no next one.
  const work = async (first: BullJob | null | undefined) => {
    let job = first;
    while (job) {
      if (stopping) {
        await hooks.handBack(job);
        return undefined;
      }
      hooks.prepare(job);
      // Under a limit none may come along: it would not be counted.
      const taken = job;
      try {
        job = await processJob(taken, limiter !== undefined);
      } catch (error) {
        if (!(error instanceof GivenBackError)) throw error;
        await hooks.handBack(taken);
        return undefined;
      }
    }
    return undefined;
  };
  bull.processJob = (job) => track(work(job));
  const take = async () => (stopping ? undefined : getNextJob.call(bull));
  bull.getNextJob = () => track(limiter ? limiter.next(take, hooks.handBack) : take());
  // Bull would cut its blocking connection here, open it again, and leave it open.
  bull.whenCurrentJobsFinished = () => finished;
  // Names the blocking connection, which has its name already, in a promise that nobody catches.
  bull.setWorkerName = () => Promise.resolve();

  const started = new Promise<void>((resolve) => {
    // What Bull does last when it starts.
    bull.startMoveUnlockedJobsToWait = () => {
      startMoveUnlockedJobsToWait.call(bull);
      // A check leaves a mark for as long as this, and whoever finds one skips his. It has to be gone when Bull's timer,
      // which may be a little early, rings for the next.
      bull.settings.stalledInterval = Math.floor(STALLED_MARK_PART * stalledInterval);
      resolve();
    };
  });
  bull.process('*', concurrency, hooks.process as never).catch((error: unknown) => {
    if (!stopping) hooks.report(asError(error));
  });

  return {
    started,
    stop() {
      stopping = true;
      limiter?.stop();
      closing ??= bull.close();
    },
    async idle() {
      // What a slot does next begins a few promises after what it did last.
      do {
        await Promise.allSettled([...busy]);
        await nextTurn();
      } while (busy.size > 0);
    },
    async close() {
      stopping = true;
      closing ??= bull.close();
      finish();
      // Bull ends what it began only when it has begun, which without a Redis it never has.
      await settledWithin(closing, CLOSE_LIMIT_MS);
      // Bull checks the lock of a job by this token: a handler that was left behind can change nothing any more.
      bull.token = 'closed';
    },
  };
}
