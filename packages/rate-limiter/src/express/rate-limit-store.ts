import type { Options, Store } from 'express-rate-limit';
import { UnknownPolicyError } from '../errors.js';
import type { Policies, PolicyName } from '../policy.js';
import type { RateLimitResult } from '../rate-limit-result.js';
import type { RateLimiter } from '../rate-limiter.js';
import { RateLimitUnavailableError, UnsupportedByStoreError } from './errors.js';
import { wholeSeconds, windowSecondsOf } from './rate-limit-fields.js';

/** A store for one instance of `express-rate-limit`. */
export interface RateLimitStore extends Store {
  /** To be given to `express-rate-limit` as its `limit`. */
  readonly limit: number;
  /** To be given to `express-rate-limit` as its `windowMs`. */
  readonly windowMs: number;
  /** Sets requests of one policy apart from those of another where `express-rate-limit` looks for double counting. */
  readonly prefix: string;
  readonly localKeys: false;
}

/**
 * Lets `express-rate-limit` ask a policy of a limiter. The policy decides: `express-rate-limit` hears of 1 to `limit` hits
 * for a request that was admitted and charged, and of `limit + 1` for one that was not.
 *
 * Unlike a store that counts hits:
 * - a rejected request does not count, and `used` never goes beyond `limit + 1`;
 * - nothing is given back, so `skipFailedRequests` and `skipSuccessfulRequests` are refused: they would also give back for
 *   each rejected request, which took nothing, and admit more than the limit;
 * - `limit` and `windowMs` must be the store's, and `passOnStoreError` false: the policy says what is let through.
 *
 * `express-rate-limit` logs what is refused when it is set up, and each request then fails with the same
 * UnsupportedByStoreError, or gets 429 where `passOnStoreError` would let errors through. Where Redis does not answer,
 * `increment` throws a RateLimitUnavailableError; if the policy lets everybody pass, it answers one hit.
 *
 * @throws UnknownPolicyError
 */
export function createRateLimitStore<P extends Policies>(
  limiter: RateLimiter<P>,
  policyName: PolicyName<P>,
): RateLimitStore {
  const policies: Policies = limiter.policies;
  const policy = Object.hasOwn(policies, policyName) ? policies[policyName] : undefined;
  if (!policy) throw new UnknownPolicyError(policyName, Object.keys(policies));
  const limit = policy.algorithm === 'sliding-window' ? policy.limit : policy.capacity;
  const windowMs = windowSecondsOf(policy) * 1000;
  let refusal: UnsupportedByStoreError | undefined;
  let isErrorLetThrough = false;
  const inOneWindow = () => new Date(Date.now() + windowMs);

  return {
    limit,
    windowMs,
    prefix: `${policyName}:`,
    localKeys: false,
    init(options) {
      isErrorLetThrough = options.passOnStoreError;
      refusal = refuse(policyName, { limit, windowMs }, options);
      if (refusal) throw refusal;
    },
    async increment(key) {
      if (refusal && isErrorLetThrough) return { totalHits: Infinity, resetTime: inOneWindow() };
      if (refusal) throw refusal;
      const result = await limiter.check(policyName, key);
      if (result.outcome === 'unavailable') {
        if (!result.allowed) throw unavailable(result);
        return { totalHits: 1, resetTime: inOneWindow() };
      }
      return hitsOf(result);
    },
    async get(key) {
      const result = await limiter.peek(policyName, key);
      if (result.outcome === 'unavailable') throw unavailable(result);
      const totalHits = limit - result.remaining;
      return totalHits === 0 ? undefined : { totalHits, resetTime: new Date(result.resetAt) };
    },
    decrement() {
      throw new UnsupportedByStoreError(policyName, 'decrement', NOTHING_GIVEN_BACK);
    },
    async resetKey(key) {
      await limiter.reset(policyName, key);
    },
  };
}

const NOTHING_GIVEN_BACK = 'an exact limiter gives nothing back, and a rejected request took nothing';

function refuse(
  policyName: string,
  { limit, windowMs }: { limit: number; windowMs: number },
  options: Options,
): UnsupportedByStoreError | undefined {
  const refusal = (feature: string, problem: string) =>
    new UnsupportedByStoreError(policyName, feature, problem);
  for (const option of ['skipFailedRequests', 'skipSuccessfulRequests'] as const) {
    if (options[option]) return refusal(option, NOTHING_GIVEN_BACK);
  }
  if (options.passOnStoreError) {
    return refusal('passOnStoreError', 'the policy says by `whenUnavailable` who passes when Redis is away');
  }
  const has = (value: unknown) => (typeof value === 'function' ? 'a function' : String(value));
  if (options.limit !== limit)
    return refusal(`limit ${has(options.limit)}`, `must be the policy's, ${limit}`);
  if (options.windowMs !== windowMs) {
    return refusal(`windowMs ${has(options.windowMs)}`, `must be the policy's, ${windowMs}`);
  }
  return undefined;
}

function hitsOf({ outcome, limit, remaining, resetAt, retryAfterMs }: RateLimitResult) {
  if (outcome === 'limited') return { totalHits: limit + 1, resetTime: new Date(Date.now() + retryAfterMs) };
  return { totalHits: Math.min(limit, Math.max(1, limit - remaining)), resetTime: new Date(resetAt) };
}

function unavailable({ policy, retryAfterMs, cause }: RateLimitResult): RateLimitUnavailableError {
  return new RateLimitUnavailableError(policy, wholeSeconds(retryAfterMs), { cause });
}
