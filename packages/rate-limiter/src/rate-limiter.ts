import type { HttpRedis } from '@switchyard/http-redis';
import type { Policies, PolicyName, TierName, WhenUnavailable } from './policy.js';
import type { CombinedRateLimitResult, RateLimitResult } from './rate-limit-result.js';

export interface RateLimiterOptions<P extends Policies> {
  /** Lent: it is not closed. */
  readonly redis: HttpRedis;
  readonly policies: P;
  /**
   * For policies that do not say. Default `allow` when `NODE_ENV` is `development` or `test`, else `reject`.
   */
  readonly whenUnavailable?: WhenUnavailable;
  /** How long Redis may take, in ms. Default 500, from 10 to 10 000. A check is never sent twice. */
  readonly timeoutMs?: number;
  /** Keys begin with it. Default `limit`. */
  readonly keyPrefix?: string;
  /**
   * How long a rejection is believed without asking Redis again, in seconds. Default 30, from 0 to 3600. A `reset` by
   * another process is noticed within it.
   */
  readonly rejectionMemorySeconds?: number;
  /** Keys that are remembered in this process, the least used go first. Default 10 000. */
  readonly maxRememberedKeys?: number;
}

export interface CheckOptions<Tier extends string = string> {
  /** Whole units, from 1 to the limit. Default 1. */
  readonly units?: number;
  /** Default: the policy's own limit. */
  readonly tier?: Tier;
}

/** One of several limits that a request is held to. */
export type LimitRequest<P extends Policies> = {
  [Name in PolicyName<P>]: {
    readonly policy: Name;
    /** Whom it counts for, such as a user's id. */
    readonly key: string;
  } & CheckOptions<TierName<P[Name]>>;
}[PolicyName<P>];

export interface PolicyStats {
  readonly allowed: number;
  readonly limited: number;
  readonly unavailable: number;
  /** Of `allowed`: answered by units leased before. */
  readonly leased: number;
  /** Of `limited`: answered without asking Redis. */
  readonly remembered: number;
}

export interface RateLimiterStats<P extends Policies> {
  readonly policies: Readonly<Record<PolicyName<P>, PolicyStats>>;
  /** Keys whose rejection is remembered now. */
  readonly rememberedRejections: number;
  /** Keys that units are leased for now. */
  readonly leasedKeys: number;
}

/**
 * Rate limits by name. Time is Redis's; a check never rejects because Redis failed, it says `unavailable`.
 *
 * Methods reject with an `UnknownPolicyError`, an `InvalidRateLimitOptionError` for a key, tier or number of units that
 * cannot be, a `UnitsAboveLimitError`, what `normalizeKey` of the policy throws, or a `RateLimiterClosedError`.
 */
export interface RateLimiter<P extends Policies = Policies> {
  /** As they were given. */
  readonly policies: P;
  /** Takes units where they fit: one round trip, or none. */
  check<Name extends PolicyName<P>>(
    policy: Name,
    key: string,
    options?: CheckOptions<TierName<P[Name]>>,
  ): Promise<RateLimitResult<Name>>;
  /**
   * Takes from every limit or, when one of them rejects, from none: one round trip, atomically, without leases. One request
   * goes the way of `check`.
   */
  checkAll(requests: readonly LimitRequest<P>[]): Promise<CombinedRateLimitResult<PolicyName<P>>>;
  /** What Redis would say now; takes nothing and always asks. Units on lease, of this process too, count as taken. */
  peek<Name extends PolicyName<P>>(
    policy: Name,
    key: string,
    options?: CheckOptions<TierName<P[Name]>>,
  ): Promise<RateLimitResult<Name>>;
  /**
   * Forgets what was taken. Other processes may go on rejecting for `rejectionMemorySeconds`, and what they hold on lease
   * stays usable. Rejects with the error of `HttpRedis` when Redis cannot be reached.
   */
  reset(policy: PolicyName<P>, key: string): Promise<void>;
  stats(): RateLimiterStats<P>;
  /** Refuses further calls. What is under way is answered. */
  close(): void;
}
