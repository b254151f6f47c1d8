import { compilePolicies } from './compiled-policy.js';

/**
 * What happens when Redis does not answer. `reject`: nobody passes. `allow`: everybody passes. `memory`: this process counts
 * for itself, so that up to the limit pass in each process.
 */
export type WhenUnavailable = 'reject' | 'allow' | 'memory';

export interface PolicyChoices {
  /** Default: the limiter's. */
  readonly whenUnavailable?: WhenUnavailable;
  /** Turns what the caller names into the key that is counted, so that one phone number has one spelling. May throw. */
  readonly normalizeKey?: (key: string) => string;
  /** Stores a SHA-256 of the key instead of the key. Default false; keys of more than 128 characters always are hashed. */
  readonly isKeyHashed?: boolean;
}

export interface Lease {
  /** Units taken from Redis at once, 2 to 1000; the caller's own are among them. */
  readonly units: number;
  /** How long those that were not asked for yet may be used. Default a twentieth of the window, at most 5. */
  readonly seconds?: number;
}

/** At most `limit` units in any window of `windowSeconds`, wherever it begins. */
export interface SlidingWindowPolicy extends PolicyChoices {
  readonly algorithm: 'sliding-window';
  /** Whole units, 1 to 1 000 000 000. */
  readonly limit: number;
  /** 0.01 to 2 678 400 (31 days), in whole milliseconds. */
  readonly windowSeconds: number;
  /** Other limits by the user's tier, in the same window. */
  readonly tiers?: Readonly<Record<string, { readonly limit: number }>>;
  /** Takes several units at once and serves them from memory; a number is `{ units }`. */
  readonly lease?: number | Lease;
}

/** A bucket that holds `capacity` tokens and gains `refillPerSecond`; a unit takes a token. It begins full. */
export interface TokenBucketPolicy extends PolicyChoices {
  readonly algorithm: 'token-bucket';
  /** Whole tokens, 1 to 1 000 000 000. */
  readonly capacity: number;
  /** 0.001 to 1 000 000, in thousandths. */
  readonly refillPerSecond: number;
  /** Other buckets by the user's tier. */
  readonly tiers?: Readonly<Record<string, { readonly capacity: number; readonly refillPerSecond: number }>>;
}

export type Policy = SlidingWindowPolicy | TokenBucketPolicy;

/** By name: letters, digits, `_` and `-`, 64 at most, beginning with a letter. */
export type Policies = Readonly<Record<string, Policy>>;

export type PolicyName<P extends Policies> = keyof P & string;

/** The tiers that a policy names. */
export type TierName<P extends Policy> = P extends { readonly tiers?: infer Tiers }
  ? keyof NonNullable<Tiers> & string
  : never;

/**
 * Checks policies and keeps their names and tiers for the compiler.
 *
 * @throws InvalidRateLimitOptionError for the first that is out of bounds, with its value
 */
export function definePolicies<const P extends Policies>(policies: P): P {
  compilePolicies(policies);
  return policies;
}
