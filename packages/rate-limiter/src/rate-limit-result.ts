/**
 * `allowed`: within the limit, and charged. `limited`: over it, and not charged. `unavailable`: Redis did not answer, so
 * nothing was decided; whether it is let through is the policy's choice.
 */
export type RateLimitOutcome = 'allowed' | 'limited' | 'unavailable';

/**
 * `redis`: it was asked. `lease`: units taken from Redis before. `remembered-rejection`: Redis has said when these units
 * can fit at the earliest, and it is too early. `process-memory`: Redis did not answer, and the policy falls back to
 * counting in this process. `nobody`: Redis did not answer.
 */
export type RateLimitAuthority = 'redis' | 'lease' | 'remembered-rejection' | 'process-memory' | 'nobody';

export interface RateLimitResult<Name extends string = string> {
  readonly policy: Name;
  readonly outcome: RateLimitOutcome;
  /** Whether to go on. Follows from `outcome`, and when that is `unavailable` from the policy. */
  readonly allowed: boolean;
  /** Units in a window, or tokens that the bucket holds, for the tier that was asked for. */
  readonly limit: number;
  /** Whole units that would still have been admitted at that moment; 0 when nobody answered. */
  readonly remaining: number;
  /** How long until the whole limit is there again if nothing more is taken, in ms. A duration: no clock can skew it. */
  readonly resetAfterMs: number;
  /**
   * The same as a time, in ms since 1970 by the clock of this process: `resetAt - Date.now()` is right here even where
   * this clock is wrong. Decisions are made by Redis's clock alone.
   */
  readonly resetAt: number;
  /**
   * How long until these units can be admitted at the earliest, in ms: 0 when they were. When nobody answered and the
   * policy rejects: 1000.
   */
  readonly retryAfterMs: number;
  readonly answeredBy: RateLimitAuthority;
  /** Why Redis did not answer. */
  readonly cause?: Error;
}

/** What several limits say about one request. */
export interface CombinedRateLimitResult<Name extends string = string> {
  /** `limited` when one is; else `unavailable` when Redis did not answer; else `allowed`. */
  readonly outcome: RateLimitOutcome;
  /** Whether every limit lets it through. When false, none was charged. */
  readonly allowed: boolean;
  /** The longest of `rejectedBy`, 0 when it is empty. */
  readonly retryAfterMs: number;
  /**
   * What is known of each limit, in the order asked. `allowed` of one means that this limit alone would let it through. A
   * rejection that is remembered names the limits that reject, and no others.
   */
  readonly results: readonly RateLimitResult<Name>[];
  /** Those of `results` that do not let it through. */
  readonly rejectedBy: readonly RateLimitResult<Name>[];
}
