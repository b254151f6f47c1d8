import { UnknownPolicyError } from '../errors.js';
import { check, checkNames, checkWhole } from '../option-check.js';
import type { Policies } from '../policy.js';
import type { RejectionReport } from './rejection-reports.js';
import type { AnyRequestLimit, RequestLimit } from './request-limit.js';

export interface RejectionOptions {
  /**
   * Told of requests that were turned away with 429, to be logged as possible abuse: of the first at once, of what follows
   * together, once in 10 s. What it throws or rejects with becomes a process warning.
   */
  readonly onRejected?: (report: RejectionReport) => unknown;
}

/** One limit, or several that a request must all fit in: where one rejects, none is charged. */
export type RateLimitOptions<P extends Policies> = RejectionOptions &
  (RequestLimit<P> | { readonly limits: readonly RequestLimit<P>[] });

const OF_LIMIT = ['policy', 'user', 'key', 'tier', 'units'];

/**
 * The limits that options of the middleware name.
 *
 * @throws InvalidRateLimitOptionError, UnknownPolicyError
 */
export function limitsOf(
  policies: Policies,
  options: RateLimitOptions<Policies>,
): readonly AnyRequestLimit[] {
  const { onRejected, ...rest } = options;
  check('onRejected', onRejected, isFunctionOrAbsent(onRejected), 'it must be a function');
  if (!('limits' in rest)) {
    checkLimit(policies, 'options', rest);
    return [rest];
  }
  const { limits } = rest;
  checkNames('options', rest, ['limits']);
  check('limits', limits, Array.isArray(limits) && limits.length > 0, 'it must be one limit or more');
  limits.forEach((limit, at) => {
    checkLimit(policies, `limits[${at}]`, limit);
    const isFirst = limits.findIndex(({ policy }) => policy === limit.policy) === at;
    check(
      `limits[${at}].policy`,
      limit.policy,
      isFirst,
      'it occurs twice, and fields could not tell them apart',
    );
  });
  return limits;
}

function checkLimit(policies: Policies, where: string, limit: AnyRequestLimit): void {
  checkNames(where, limit, OF_LIMIT);
  const { policy, user, key, tier, units = 1 } = limit;
  if (!Object.hasOwn(policies, policy)) throw new UnknownPolicyError(policy, Object.keys(policies));
  for (const [option, value] of Object.entries({ user, key, tier })) {
    check(`${where}.${option}`, value, isFunctionOrAbsent(value), 'it must be a function');
  }
  check(`${where}.key`, key, !(user && key), 'it excludes `user`');
  if (typeof units !== 'function') checkWhole(`${where}.units`, units, 1, Number.MAX_SAFE_INTEGER);
}

function isFunctionOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}
