import type { Request } from 'express';
import { InvalidRateLimitOptionError, UnknownPolicyError } from '../errors.js';
import type { Policies, PolicyName, TierName } from '../policy.js';
import type { LimitRequest } from '../rate-limiter.js';
import { readClientAddress } from './client-address.js';
import { ipKey, subnetOf, userKey, type CountedKey } from './counted-key.js';
import { InvalidRequestKeyError } from './errors.js';

type Answer<T> = T | Promise<T>;

/** A limit that requests are held to. */
export type RequestLimit<P extends Policies> = {
  [Name in PolicyName<P>]: {
    readonly policy: Name;
    /** The id of the request's user. Where it answers undefined or null, and without it, the IP address counts. */
    readonly user?: (request: Request) => Answer<string | null | undefined>;
    /** Counts by something else, such as a phone number, as it is; instead of `user`. */
    readonly key?: (request: Request) => Answer<string>;
    /** Default: the policy's own limit. */
    readonly tier?: (request: Request) => Answer<TierName<P[Name]> | undefined>;
    /** Default 1. */
    readonly units?: number | ((request: Request) => Answer<number>);
  };
}[PolicyName<P>];

/** One limit of one request: what the limiter is asked, and for whom. */
export interface CountedRequest {
  readonly asked: LimitRequest<Policies>;
  readonly key: CountedKey;
}

/** The limits of a middleware as it goes by them, whatever the names of their policies are. */
export type AnyRequestLimit = RequestLimit<Policies>;

/** @throws InvalidRateLimitOptionError, UnknownPolicyError */
export function checkRequestLimits(policies: Policies, limits: readonly AnyRequestLimit[]): void {
  const refuse = (option: string, value: unknown, problem: string) => {
    throw new InvalidRateLimitOptionError(`${option} of rateLimit`, value, problem);
  };
  if (!Array.isArray(limits) || limits.length === 0) refuse('limits', limits, 'must be one limit or more');
  const names = limits.map(({ policy }) => policy);
  for (const [index, limit] of limits.entries()) {
    const { policy, user, key, tier, units } = limit;
    if (!Object.hasOwn(policies, policy)) throw new UnknownPolicyError(policy, Object.keys(policies));
    if (names.indexOf(policy) !== index)
      refuse('policy', policy, 'stands twice, and a header could not tell them apart');
    for (const [option, value] of Object.entries({ user, key, tier })) {
      if (value !== undefined && typeof value !== 'function') refuse(option, value, 'must be a function');
    }
    if (user && key) refuse('key', key, 'excludes user');
    if (units !== undefined && typeof units !== 'function' && !(Number.isSafeInteger(units) && units >= 1)) {
      refuse('units', units, 'must be a whole number from 1, or a function');
    }
  }
}

/**
 * Whom and how much a request counts for.
 *
 * @returns null where that is the IP address of a client that has gone
 */
export async function countRequest(request: Request, limit: AnyRequestLimit): Promise<CountedRequest | null> {
  const key = await readKey(request, limit);
  if (!key) return null;
  const units = typeof limit.units === 'function' ? await limit.units(request) : limit.units;
  const tier = await limit.tier?.(request);
  return { asked: { policy: limit.policy, key: key.limiterKey, units, tier }, key };
}

async function readKey(request: Request, { policy, user, key }: AnyRequestLimit): Promise<CountedKey | null> {
  if (key) {
    const name = checkName(policy, 'key', await key(request));
    return { kind: 'key', name, limiterKey: name };
  }
  const userId = await user?.(request);
  if (userId !== undefined && userId !== null) {
    const name = checkName(policy, 'user', userId);
    return { kind: 'user', name, limiterKey: userKey(name) };
  }
  const address = readClientAddress(request);
  return address === null ? null : { kind: 'ip', name: subnetOf(address), limiterKey: ipKey(address) };
}

function checkName(policy: string, option: 'user' | 'key', name: unknown): string {
  if (typeof name !== 'string' || name === '') throw new InvalidRequestKeyError(policy, option, name);
  return name;
}
