import Bull from 'bull';
import type { Redis } from 'ioredis';
import type { BullSubscriber } from './bull-subscriber.js';

/** What Bull has and its types keep to themselves. */
export interface BullQueue extends Omit<Bull.Queue, 'nextRepeatableJob' | 'getNextJob'> {
  token: string;
  keyPrefix: string;
  /** In ms. */
  readonly settings: { stalledInterval: number };
  processJob(job: BullJob | null | undefined, notFetch?: boolean): Promise<BullJob | null | undefined>;
  getNextJob(): Promise<BullJob | undefined>;
  whenCurrentJobsFinished(): Promise<void>;
  startMoveUnlockedJobsToWait(): void;
  setWorkerName(): Promise<void>;
  clientName(): string;
  nextRepeatableJob(
    name: string,
    data: unknown,
    options: BullJobOptions,
    skipCheckExists?: boolean,
  ): Promise<unknown>;
}

export interface BullJob extends Omit<Bull.Job, 'opts' | 'moveToFailed' | 'queue'> {
  opts: BullJobOptions;
  moveToFailed(error: Error, ignoreLock?: boolean): Promise<unknown>;
}

export interface BullBackoff {
  readonly type: string;
  readonly delay?: number;
}

/** A job's options as Bull stores them. */
export interface BullJobOptions {
  jobId?: string;
  delay?: number;
  timestamp?: number;
  priority?: number;
  attempts?: number;
  backoff?: BullBackoff;
  timeout?: number;
  lifo?: boolean;
  removeOnComplete?: BullRetention;
  removeOnFail?: BullRetention;
  debounce?: { id: string; ttl?: number };
  repeat?: BullRepeat;
  /** The slot that a repeated job is for. */
  prevMillis?: number;
  preventParsingData?: boolean;
}

export type BullRetention = boolean | number | { count?: number; age?: number };

export interface BullRepeat {
  cron?: string;
  tz?: string;
  /** Wins over `tz`: Bull hands it to its cron parser. */
  utc?: boolean;
  every?: number;
  startDate?: string | number;
  endDate?: string | number;
  limit?: number;
  /** Which firing this is, from 1. */
  count?: number;
  jobId?: string;
  /** Its member in the `repeat` set. */
  key?: string;
  /** Ours: an interval counts from here instead of from the epoch. Bull carries it along. */
  anchorMs?: number;
}

export interface BullQueueSettings {
  readonly prefix: string;
  readonly client: Redis;
  readonly lockMs: number;
  /** Only for a queue that consumes. */
  readonly subscriber?: BullSubscriber;
  readonly blocking?: () => Redis;
}

/** How long a slot of a consumer waits after an error before it asks for a job again. */
const RETRY_AFTER_ERROR_MS = 1000;

/** A queue object of Bull that opens no connection by itself: it asks for one when it needs it. */
export function makeBullQueue(
  name: string,
  { prefix, client, lockMs, subscriber, blocking }: BullQueueSettings,
): BullQueue {
  const options = {
    prefix,
    // Asks INFO of every new queue object; the engine checks the server once, in `ready`.
    skipVersionCheck: true,
    createClient(type: 'client' | 'subscriber' | 'bclient') {
      if (type === 'client') return client;
      if (type === 'bclient' && blocking) return blocking();
      if (type === 'subscriber' && subscriber) return subscriber as unknown as Redis;
      throw new Error(`queue "${name}" does not consume, it needs no ${type}`);
    },
    settings: {
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: 1,
      retryProcessDelay: RETRY_AFTER_ERROR_MS,
    },
  };
  return new Bull(name, options) as unknown as BullQueue;
}
