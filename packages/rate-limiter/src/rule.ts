import { checkNames, checkWhole, thousandths } from './option-check.js';
import type { Lease } from './policy.js';

/** What is counted, in the terms of the counters. */
export type Rule = WindowRule | BucketRule;

export interface WindowRule {
  readonly kind: 'window';
  /** Units in a window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Units that were taken within it count as if taken together, at the last of them. */
  readonly grainMs: number;
  readonly lease: LeaseRule | null;
}

export interface LeaseRule {
  readonly units: number;
  readonly leaseMs: number;
}

export interface BucketRule {
  readonly kind: 'bucket';
  /** Tokens. */
  readonly limit: number;
  /** Millionths of a token gained in a ms, a whole number. */
  readonly gainPerMs: number;
}

export const MAX_LIMIT = 1_000_000_000;
const MAX_SPAN_SECONDS = 31 * 86_400;
const MAX_RUNS = 1000;

/** @throws InvalidRateLimitOptionError naming what is wrong at `at` */
export function windowRule(
  at: string,
  policy: { readonly limit: number; readonly windowSeconds: number; readonly lease?: number | Lease },
): WindowRule {
  const { limit } = policy;
  checkWhole(`${at}.limit`, limit, 1, MAX_LIMIT);
  const windowMs = thousandths(`${at}.windowSeconds`, policy.windowSeconds, 0.01, MAX_SPAN_SECONDS);
  const lease = policy.lease === undefined ? null : leaseRule(`${at}.lease`, policy.lease, windowMs);
  return { kind: 'window', limit, windowMs, grainMs: grainMs(limit, windowMs), lease };
}

/** @throws InvalidRateLimitOptionError naming what is wrong at `at` */
export function bucketRule(
  at: string,
  policy: { readonly capacity: number; readonly refillPerSecond: number },
): BucketRule {
  const { capacity } = policy;
  checkWhole(`${at}.capacity`, capacity, 1, MAX_LIMIT);
  // Thousandths of a token in a second are millionths in a ms.
  const gainPerMs = thousandths(`${at}.refillPerSecond`, policy.refillPerSecond, 0.001, 1_000_000);
  return { kind: 'bucket', limit: capacity, gainPerMs };
}

function leaseRule(at: string, lease: number | Lease, windowMs: number): LeaseRule {
  if (typeof lease !== 'number') checkNames(at, lease, ['units', 'seconds']);
  const { units, seconds } = typeof lease === 'number' ? { units: lease } : lease;
  checkWhole(typeof lease === 'number' ? at : `${at}.units`, units, 2, 1000);
  if (seconds === undefined) return { units, leaseMs: Math.ceil(Math.min(5000, windowMs / 20)) };
  return { units, leaseMs: thousandths(`${at}.seconds`, seconds, 0.001, windowMs / 1000) };
}

/**
 * How coarsely a window is logged: to the millisecond up to 1000 units, above that to a thousandth of the window. Units
 * then leave up to so much late, never early, and a key stays short whatever its limit.
 */
function grainMs(limit: number, windowMs: number): number {
  return limit <= MAX_RUNS ? 1 : Math.ceil(windowMs / MAX_RUNS);
}
