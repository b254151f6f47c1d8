import type { QueueEngine, ReportError } from '@switchyard/queue-contract';
import type { Redis } from 'ioredis';

export interface BullMqEngineOptions {
  /**
   * The command connection, lent: every command of the engine but the blocking ones goes through it. It is never
   * closed here. Needs `maxRetriesPerRequest: null` and no `keyPrefix`.
   */
  readonly connection: Redis;
  /** First part of every key. Default `switchyard`; `bull`, where legacy queues live, is refused. */
  readonly prefix?: string;
  /** Hears what the engine could not answer to a caller, once per outage. Default: nobody. */
  readonly reportError?: ReportError;
  /** How long an add waits for a lost connection to come back, 1 to 600 000. Default 10 000. */
  readonly addTimeoutMs?: number;
}

/** The queue engine on BullMQ. */
export function createBullMqEngine(options: BullMqEngineOptions): QueueEngine {
  throw new Error(`not yet: ${Object.keys(options).join()}`);
}
