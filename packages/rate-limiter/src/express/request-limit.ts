import type { Request } from 'express';
import type { Policies, PolicyName, TierName } from '../policy.js';
import type { LimitRequest } from '../rate-limiter.js';
import { readClientAddress } from './client-address.js';
import { countAddress, countUser, type CountedKey } from './counted-key.js';
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
  if (userId !== undefined && userId !== null) return countUser(checkName(policy, 'user', userId));
  const address = readClientAddress(request);
  return address === null ? null : countAddress(address);
}

function checkName(policy: string, option: 'user' | 'key', name: unknown): string {
  if (typeof name !== 'string' || name === '') throw new InvalidRequestKeyError(policy, option, name);
  return name;
}
