import { someValue, type Batch, type CachedValue, type ColdRead, type Operation } from './contender.js';
import type { HttpOperation } from './http-operations.js';

/** A cache in two tiers, and a second one on the same Redis that has not seen what the first one wrote. */
export interface TwoCaches {
  write(key: string, value: CachedValue): Promise<unknown>;
  readonly read: ColdRead;
  readElsewhere(key: string): Promise<CachedValue>;
}

/** Keys that are read from memory. */
const MEMORY_KEYS = 100;
/** Values written at once. */
const WRITTEN_AT_ONCE = 50;

/** For a value that has to be there. */
export function noFetch(): never {
  throw new Error('a value that was written is not there');
}

/** The three ways a read can end. */
export function readBatches(
  cachesFor: (batch: Batch) => TwoCaches | Promise<TwoCaches>,
): Partial<Record<HttpOperation, Operation>> {
  return {
    async 'read-memory'(batch) {
      const { write, read } = await cachesFor(batch);
      const keys = keysOf(batch.name, Math.min(MEMORY_KEYS, batch.calls));
      await writeAll(keys, write);
      return async (number) => {
        await read(keys[number % keys.length] ?? '', noFetch);
      };
    },
    async 'read-redis'(batch) {
      const { write, readElsewhere } = await cachesFor(batch);
      const keys = keysOf(batch.name, batch.calls);
      await writeAll(keys, write);
      return async (number) => {
        await readElsewhere(keys[number] ?? '');
      };
    },
    async 'read-miss'(batch) {
      const { read } = await cachesFor(batch);
      return async (number) => {
        const key = `${batch.name}-${number}`;
        await read(key, async () => someValue(key));
      };
    },
  };
}

function keysOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

async function writeAll(keys: readonly string[], write: TwoCaches['write']): Promise<void> {
  for (let from = 0; from < keys.length; from += WRITTEN_AT_ONCE) {
    await Promise.all(keys.slice(from, from + WRITTEN_AT_ONCE).map((key) => write(key, someValue(key))));
  }
}
