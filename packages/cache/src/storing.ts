import type { CachedValue, Stamp } from './cached-value.js';
import type { Engine } from './engine.js';
import type { EntryPolicy } from './entries.js';
import type { Invalidation } from './invalidation.js';
import type { Load, PendingLoads } from './pending-loads.js';
import type { Scopes } from './scopes.js';

export interface StoreRequest {
  readonly key: string;
  readonly policy: EntryPolicy;
  readonly ttlSeconds: number;
  /** All tags that the value is to carry. */
  readonly tags: readonly string[];
}

/** Puts values that a caller has at hand into both tiers. */
export interface Storing {
  /**
   * One command, and one before it where this process does not know the generations of its user and tags.
   *
   * @returns whether Redis has it
   */
  store(request: StoreRequest, text: string): Promise<boolean>;
  settled(): Promise<void>;
}

export interface StoringParts {
  readonly engine: Engine;
  readonly scopes: Scopes;
  readonly invalidation: Invalidation;
  readonly loads: PendingLoads;
  readonly monotonicMs: () => number;
}

export function createStoring({ engine, scopes, invalidation, loads, monotonicMs }: StoringParts): Storing {
  const underWay = new Set<Promise<boolean>>();

  const store = async (request: StoreRequest, text: string) => {
    const { key, tags } = request;
    const startMs = monotonicMs();
    invalidation.supersede(key);
    const load = loads.begin(key, 'fetch', tags);
    const stamps = await scopes.freshStamps(key, tags);
    await engine.set(key, newValue(request, text, stamps, load, startMs));
    return load.isWritten;
  };

  return {
    async store(request, text) {
      const storing = store(request, text);
      underWay.add(storing);
      try {
        return await storing;
      } finally {
        underWay.delete(storing);
      }
    },
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}

/**
 * A value that is fresh from now on.
 *
 * @param asOfMs when its fetch began: an invalidation by another process may have come since, and memory is to notice in time
 */
export function newValue(
  { policy, ttlSeconds, tags }: StoreRequest,
  text: string,
  stamps: readonly Stamp[] | undefined,
  load: Load,
  asOfMs: number,
): CachedValue {
  const expiresAtMs = Date.now() + ttlSeconds * 1000;
  return {
    text,
    origin: 'fetch',
    expiresAtMs,
    staleUntilMs: expiresAtMs + policy.staleMs,
    stamps,
    tags,
    asOfMs,
    load,
  };
}
