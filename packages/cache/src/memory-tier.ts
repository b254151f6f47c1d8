import { LRUCache } from 'lru-cache';
import type { CachedValue } from './cached-value.js';

export interface MemoryTierOptions {
  /** How long an entry is trusted from when Redis was last asked. */
  readonly trustMs: number;
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly monotonicMs: () => number;
}

/**
 * The tier in this process's memory. It hears of no other process: it answers for a while after Redis was asked and then
 * lets it be asked again, which is how invalidations of others arrive without a connection.
 */
export interface MemoryTier {
  /** What is here, can still be trusted and is not past its end; it may have expired and be stale. */
  get(key: string): CachedValue | undefined;
  /** What is here, trusted or not: for when Redis cannot be asked. */
  remembered(key: string): CachedValue | undefined;
  put(key: string, value: CachedValue): void;
  delete(key: string): void;
  deleteWhere(covers: (key: string, value: CachedValue) => boolean): void;
  /** Forgets all and keeps nothing any more. */
  close(): void;
  usage(): MemoryUsage;
}

export interface MemoryUsage {
  readonly entries: number;
  /** At two bytes a character, the most that a string takes. */
  readonly bytes: number;
  /** Entries that had to make room for others. */
  readonly evictions: number;
}

const BYTES_BESIDE_TEXT = 200;

export function createMemoryTier(options: MemoryTierOptions): MemoryTier {
  const { trustMs, maxBytes, maxEntries, monotonicMs } = options;
  let evictions = 0;
  let isClosed = false;
  const entries = new LRUCache<string, CachedValue>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: ({ text }, key) => 2 * (text.length + key.length) + BYTES_BESIDE_TEXT,
    dispose: (_value, _key, reason) => {
      if (reason === 'evict') evictions++;
    },
  });

  const remembered = (key: string) => {
    const value = entries.get(key);
    if (value === undefined || Date.now() < value.staleUntilMs) return value;
    entries.delete(key);
    return undefined;
  };

  return {
    get(key) {
      const value = remembered(key);
      return value && monotonicMs() - value.asOfMs < trustMs ? value : undefined;
    },
    remembered,
    put(key, value) {
      if (!isClosed) entries.set(key, { ...value, origin: 'memory', stamps: undefined, load: undefined });
    },
    delete: (key) => void entries.delete(key),
    deleteWhere(covers) {
      for (const [key, value] of [...entries.entries()]) if (covers(key, value)) entries.delete(key);
    },
    close() {
      isClosed = true;
      entries.clear();
    },
    usage: () => ({ entries: entries.size, bytes: entries.calculatedSize, evictions }),
  };
}
