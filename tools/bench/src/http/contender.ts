import type { Contender } from '../benchmark.js';
import type { HttpOperation, RacedAlgorithm } from './http-operations.js';

export type ContenderId = 'sdk' | 'ours' | 'ratelimit' | 'four-calls' | 'bentocache';

export const contenders: readonly (Contender & { readonly id: ContenderId })[] = [
  { id: 'sdk', title: '@upstash/redis' },
  { id: 'ours', title: 'ours' },
  { id: 'ratelimit', title: '@upstash/ratelimit' },
  { id: 'four-calls', title: 'four calls' },
  { id: 'bentocache', title: 'BentoCache, TCP' },
];

export const BASELINE: ContenderId = 'sdk';

export type ByContender<Figures> = Partial<Record<ContenderId, Figures>>;

/** Where a contender finds Redis. */
export interface Place {
  /** The REST endpoint, whatever its latency is at the moment. */
  readonly url: string;
  readonly token: string;
  /** The same Redis over TCP: as it is, and with `slowMs` of latency. */
  readonly tcpUrl: string;
  readonly slowTcpUrl: string;
}

/** Calls that belong together. */
export interface Batch {
  /** No other batch has it: what is named after it is fresh. */
  readonly name: string;
  readonly calls: number;
  /** Whether the latency is on; for whoever speaks TCP. */
  readonly isSlow: boolean;
}

/** Does one call of a batch, numbered from 0. Rejects when the answer is not the one that the operation is about. */
export type Call = (number: number) => Promise<void>;

/** Makes ready what the calls of a batch find. */
export type Operation = (batch: Batch) => Promise<Call> | Call;

export interface RaceRule {
  /** Units in a window, or capacity of a bucket that is refilled within it. */
  readonly limit: number;
  readonly windowMs: number;
  /** Whether the limiter may remember in its process whom it rejected, as it does by default. */
  readonly hasMemory: boolean;
}

/** A limiter with a rule: whether one more call with this key is admitted. */
export type Admission = (key: string) => Promise<boolean>;

/** A cold cache: the value of a key, else what `fetch` gets. */
export type ColdRead = (key: string, fetch: () => Promise<CachedValue>) => Promise<CachedValue>;

/** What the caches hold: a contact with a handful of fields, some 250 bytes of JSON. */
export interface CachedValue {
  readonly id: string;
  readonly name: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly note: string;
}

export function someValue(id: string): CachedValue {
  return {
    id,
    name: 'Ada King, Countess of Lovelace',
    emails: ['ada@example.org', 'ada.king@example.com'],
    phones: ['+44 20 7946 0123', '+44 20 7946 0456'],
    note: 'Met at the analytical society. Asks for the next volume of the notes before the end of May.',
  };
}

/** What can be asked of a contender: what it has no answer to is not there. */
export interface HttpContender {
  readonly operations: Partial<Record<HttpOperation, Operation>>;
  readonly races: Partial<Record<RacedAlgorithm, (rule: RaceRule) => Admission>>;
  readonly coldRead?: ColdRead;
}
