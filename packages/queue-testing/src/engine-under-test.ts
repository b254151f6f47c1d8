import type { EngineCapability, QueueEngine } from '@switchyard/queue-contract';

/** One store with one engine on it. The suite makes one and runs every case on it, each with queues of its own. */
export interface EngineUnderTest {
  readonly engine: QueueEngine;
  /** Another engine on the same store, sharing nothing with the first in this process. The suite closes it. */
  another(): Promise<QueueEngine>;
  /** Closes `engine` and stops the store. The suite calls it once, at its end. */
  close(): Promise<void>;
  /**
   * Within how many ms a job runs elsewhere after its consumer closed without it (lock, stalled check). Default
   * 10 000: an engine that waits for a lock to run out is made with a short one for this suite.
   */
  readonly rerunWithinMs?: number;
}

export type MakeEngine = () => Promise<EngineUnderTest>;

/**
 * What an engine cannot do, each with the reason, by capability or by the exact title of a case. In place of the
 * cases that need it runs one that wants an UnsupportedByEngineError.
 */
export type DeclaredGaps = Readonly<Partial<Record<EngineCapability | (string & {}), string>>>;
