import type { WhenUnavailable } from './policy.js';
import type { PolicyDemand } from './limit-request.js';
import type { Verdict } from './limit-counter.js';
import type { CombinedRateLimitResult, RateLimitAuthority, RateLimitResult } from './rate-limit-result.js';

const RETRY_AFTER_UNAVAILABLE_MS = 1000;

export function decidedResult(
  { policy, rule }: PolicyDemand,
  { fits, remaining, resetAfterMs, retryAfterMs }: Verdict,
  answeredBy: RateLimitAuthority,
  cause?: Error,
): RateLimitResult {
  return {
    policy: policy.name,
    outcome: fits ? 'allowed' : 'limited',
    allowed: fits,
    limit: rule.limit,
    remaining,
    resetAfterMs,
    resetAt: Date.now() + resetAfterMs,
    retryAfterMs,
    answeredBy,
    ...(cause && { cause }),
  };
}

export function undecidedResult(
  { policy, rule }: PolicyDemand,
  choice: WhenUnavailable,
  cause: Error,
): RateLimitResult {
  const allowed = choice === 'allow';
  return {
    policy: policy.name,
    outcome: 'unavailable',
    allowed,
    limit: rule.limit,
    remaining: 0,
    resetAfterMs: 0,
    resetAt: Date.now(),
    retryAfterMs: allowed ? 0 : RETRY_AFTER_UNAVAILABLE_MS,
    answeredBy: 'nobody',
    cause,
  };
}

export function combine(results: readonly RateLimitResult[]): CombinedRateLimitResult {
  const rejectedBy = results.filter(({ allowed }) => !allowed);
  const has = (outcome: RateLimitResult['outcome']) => results.some((result) => result.outcome === outcome);
  return {
    outcome: has('limited') ? 'limited' : has('unavailable') ? 'unavailable' : 'allowed',
    allowed: rejectedBy.length === 0,
    retryAfterMs: Math.max(0, ...rejectedBy.map(({ retryAfterMs }) => retryAfterMs)),
    results,
    rejectedBy,
  };
}
