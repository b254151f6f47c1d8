import type { QueueEngine, ReportError } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';

export interface BullEngineOptions {
  /**
   * The command connection, lent: never closed, renamed or given commands of its own here. Connections that the
   * engine needs besides (one per consuming queue, one for events) are made like it and closed by the engine.
   */
  readonly connection: Redis;
  /** The `prefix` of the Bull app whose queues are taken over. Default `bull`. */
  readonly prefix?: string;
  /** Its `redis.keyPrefix`, if it has one: Bull takes that instead of its `prefix`. */
  readonly keyPrefix?: string;
  /** Hears what the engine could not answer to a caller, once per outage. Default: nobody. */
  readonly reportError?: ReportError;
  /** How long a call waits for a lost connection to come back, 1 to 600 000. Default 10 000. */
  readonly addTimeoutMs?: number;
  /**
   * For how long a job stays with a worker that gives no sign of life, 1000 to 3 600 000, and how often that is
   * looked for. Default 30 000, as Bull's.
   */
  readonly lockMs?: number;
}

/** The legacy queue engine, on Bull. */
export function createBullEngine(options: BullEngineOptions): QueueEngine {
  throw new Error(`not yet: ${Object.keys(options).join()}`);
}
