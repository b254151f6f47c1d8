import type { Rule } from './rule.js';

/** What is wanted of one limit. */
export interface Demand {
  /** Where it is counted. */
  readonly key: string;
  readonly rule: Rule;
  readonly units: number;
  /** Units that may be taken on top, to be used later. */
  readonly leasable: number;
}

export interface Verdict {
  /** Whether this limit alone has the units. */
  readonly fits: boolean;
  readonly remaining: number;
  readonly resetAfterMs: number;
  /** 0 when they fit. */
  readonly retryAfterMs: number;
  /** How long until one more unit fits, after these were taken; 0 when one does at once. */
  readonly nextAfterMs: number;
  /** Units taken on top. */
  readonly leased: number;
}

/** Counts what was taken, somewhere. Keys of one call differ. */
export interface LimitCounter {
  /**
   * Takes from all when all have the units, else from none; one verdict for each demand, in order.
   *
   * @param waitedMs how much of the time-out is over already
   */
  take(demands: readonly Demand[], waitedMs?: number): Promise<readonly Verdict[]>;
  /** What `take` would say. */
  peek(demands: readonly Demand[]): Promise<readonly Verdict[]>;
  reset(keys: readonly string[]): Promise<void>;
}
