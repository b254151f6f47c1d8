import { createHash } from 'node:crypto';
import type { Policy } from '../policy.js';
import type { RateLimitResult } from '../rate-limit-result.js';

/** What the fields say of one limit. */
export interface LimitState {
  readonly result: RateLimitResult;
  readonly windowSeconds: number;
  /** By what the limiter counts; only a hash of it is sent. */
  readonly limiterKey: string;
}

/**
 * Fields of draft-ietf-httpapi-ratelimit-headers-08: for each policy its quota and window, what remains, and when. `t` is
 * the time until the whole quota is there again, or as `Retry-After` while the policy rejects. A policy that nobody could
 * answer for is left out.
 */
export function rateLimitFields(states: readonly LimitState[]): Record<string, string> {
  const known = states.filter(({ result }) => result.answeredBy !== 'nobody');
  if (known.length === 0) return {};
  return {
    'RateLimit-Policy': known.map(policyItem).join(', '),
    RateLimit: known.map(limitItem).join(', '),
  };
}

/** A duration as `Retry-After` and `t` take it: whole seconds, never too early. */
export function wholeSeconds(durationMs: number): number {
  return Math.max(1, Math.ceil(durationMs / 1000));
}

/** The time in which a policy gives its whole limit once: of a bucket, that in which it fills. */
export function windowSecondsOf(policy: Policy, tier?: string): number {
  if (policy.algorithm === 'sliding-window') return policy.windowSeconds;
  const { capacity, refillPerSecond } = (tier === undefined ? undefined : policy.tiers?.[tier]) ?? policy;
  return capacity / refillPerSecond;
}

function policyItem({ result, windowSeconds, limiterKey }: LimitState): string {
  const partition = createHash('sha256').update(limiterKey).digest().subarray(0, 9).toString('base64');
  return `"${result.policy}";q=${result.limit};w=${wholeSeconds(windowSeconds * 1000)};pk=:${partition}:`;
}

function limitItem({ result }: LimitState): string {
  const { policy, outcome, remaining, resetAfterMs, retryAfterMs } = result;
  const seconds = outcome === 'limited' ? wholeSeconds(retryAfterMs) : Math.ceil(resetAfterMs / 1000);
  return `"${policy}";r=${remaining};t=${seconds}`;
}
