import { channel } from 'node:diagnostics_channel';
import type { ReadOutcome } from './statistics.js';

export type CacheOperation =
  | 'get'
  | 'getMany'
  | 'getOrSet'
  | 'exists'
  | 'set'
  | 'delete'
  | 'deletePattern'
  | 'clearUser'
  | 'deleteByTag';

/** Published once for every operation when it has ended; for getMany once a key. */
export interface CacheMessage {
  readonly operation: CacheOperation;
  /** Name of the entry; null for operations on more than one. */
  readonly entry: string | null;
  /** Of reads how they ended; of others whether HTTP Redis took it. */
  readonly outcome: ReadOutcome | 'done' | 'dropped';
  readonly durationMs: number;
}

/** `node:diagnostics_channel` name of {@link CacheMessage} messages. */
export const CACHE_CHANNEL = 'switchyard:cache';

const operations = channel(CACHE_CHANNEL);

/** When an operation begins; NaN when nobody listens, and then {@link publishOperation} says nothing. */
export function operationStart(): number {
  return operations.hasSubscribers ? performance.now() : Number.NaN;
}

export function publishOperation(
  startMs: number,
  operation: CacheOperation,
  entry: string | null,
  outcome: CacheMessage['outcome'],
): void {
  if (Number.isNaN(startMs)) return;
  const message: CacheMessage = { operation, entry, outcome, durationMs: performance.now() - startMs };
  operations.publish(message);
}
