import type { ContenderId } from './contender.js';

/** Calls on a key of the limiters; the limit is 60 a minute. */
export const CALLS_PER_KEY = 50;

/** Every operation that is measured, by name, in the order in which it is shown. */
export const httpOperations = {
  get: { title: 'GET', of: ['sdk', 'ours'] },
  set: { title: 'SET', of: ['sdk', 'ours'] },
  sliding: { title: 'sliding window, allowed', of: ['sdk', 'ours', 'ratelimit', 'four-calls'] },
  'sliding-bursts': { title: 'sliding window, 10 checks a window', of: ['ours', 'ratelimit', 'four-calls'] },
  'sliding-sparse': { title: 'sliding window, 1 check a window', of: ['ours', 'ratelimit', 'four-calls'] },
  'sliding-new-key': {
    title: 'sliding window, first check of a key',
    of: ['ours', 'ratelimit', 'four-calls'],
  },
  lease: { title: 'sliding window, lease of 5', of: ['sdk', 'ours'] },
  fixed: { title: 'fixed window, allowed', of: ['sdk', 'ratelimit'] },
  token: { title: 'token bucket, allowed', of: ['sdk', 'ours', 'ratelimit'] },
  'two-limits': { title: 'two limits at once', of: ['sdk', 'ours', 'ratelimit', 'four-calls'] },
  rejected: { title: 'repeated rejection', of: ['ours', 'ratelimit', 'four-calls'] },
  'rejected-no-memory': { title: 'repeated rejection, not remembered', of: ['ours', 'ratelimit'] },
  'read-memory': { title: 'cached read, memory', of: ['ours', 'bentocache'] },
  'read-redis': { title: 'cached read, Redis', of: ['sdk', 'ours', 'bentocache'] },
  'read-miss': { title: 'cached read, miss', of: ['sdk', 'ours', 'bentocache'] },
  once: { title: 'claim and complete', of: ['sdk', 'ours'] },
} as const satisfies Record<string, { readonly title: string; readonly of: readonly ContenderId[] }>;

export type HttpOperation = keyof typeof httpOperations;

/** What is timed, at each latency. */
export const timedOperations = [
  'get',
  'set',
  'sliding',
  'lease',
  'fixed',
  'token',
  'two-limits',
  'read-memory',
  'read-redis',
  'read-miss',
  'once',
] as const satisfies readonly HttpOperation[];

export type TimedOperation = (typeof timedOperations)[number];

/** For these the bare client does one GET instead: there to compare times with, and no limiter whose commands count. */
export const sdkStandsIn: ReadonlySet<HttpOperation> = new Set([
  'sliding',
  'lease',
  'fixed',
  'token',
  'two-limits',
]);

export function contendersOf(operation: HttpOperation): readonly ContenderId[] {
  return httpOperations[operation].of;
}

/** Limiters that race: who admits how many in one window. */
export const racedAlgorithms = {
  sliding: { title: 'sliding window', of: ['ours', 'ratelimit', 'four-calls'] },
  lease: { title: 'sliding window, lease of 5', of: ['ours'] },
  fixed: { title: 'fixed window', of: ['ratelimit'] },
  token: { title: 'token bucket', of: ['ours', 'ratelimit'] },
} as const satisfies Record<string, { readonly title: string; readonly of: readonly ContenderId[] }>;

export type RacedAlgorithm = keyof typeof racedAlgorithms;
