import { BentoCache, bentostore, errors } from 'bentocache';
import type { L1CacheDriver, L2CacheDriver } from 'bentocache/types';
import type { CachedValue } from './cached-value.js';
import type { EntryPolicy } from './entries.js';
import type { HttpReads } from './http-reads.js';
import type { HttpWrites } from './http-writes.js';
import type { MemoryTier } from './memory-tier.js';

/** BentoCache over our two tiers: which tier is asked when, one refresh per key at a time, what is stale and when it is served. */
export interface Engine {
  get(key: string, policy: EntryPolicy): Promise<CachedValue | undefined>;
  /** Nothing that has expired. */
  getFresh(key: string): Promise<CachedValue | undefined>;
  set(key: string, value: CachedValue): Promise<void>;
  /** @throws what `refresh` throws, unless something stale can be served instead */
  getOrSet(request: EngineRequest, refresh: () => Promise<CachedValue>): Promise<CachedValue>;
}

export interface EngineRequest {
  readonly key: string;
  readonly policy: EntryPolicy;
  readonly ttlSeconds: number;
  /** Does not wait for a refresh of this key that is going on: its result will be thrown away. */
  readonly isApart: boolean;
}

/** What BentoCache keeps per key. It goes by `logicalExpiration` alone when it asks whether something is fresh. */
interface Item {
  readonly value: CachedValue;
  readonly logicalExpiration: number;
  readonly createdAt: number;
}

export function createEngine(memory: MemoryTier, reads: HttpReads, writes: HttpWrites): Engine {
  let lanes = 0;
  const l1 = {
    type: 'l1',
    get: (key: string) => itemOf(memory.get(withoutLane(key))),
    set(key: string, { value }: Item) {
      // What was read from Redis is in memory already, or must not be.
      if (value.origin === 'fetch' && !value.load?.isOutdated) memory.put(withoutLane(key), value);
      return true;
    },
  };
  const l2 = {
    type: 'l2',
    get: async (key: string) => itemOf(await reads.read(withoutLane(key))),
    async set(key: string, { value }: Item) {
      await writes.write(withoutLane(key), value);
      return true;
    },
  };
  // Of its drivers BentoCache calls these methods alone, as long as nobody uses its tags, its namespaces or its `clear`;
  // and it hands items through as its serializer makes them, so that neither tier has to parse what the other one wrote.
  const store = bentostore()
    .useL1Layer({ options: { serialize: false }, factory: () => l1 as unknown as L1CacheDriver })
    .useL2Layer({ options: {}, factory: () => l2 as unknown as L2CacheDriver });
  const bento = new BentoCache({
    default: 'entries',
    stores: { entries: store },
    serializer: { serialize: (item) => item as string, deserialize: (item) => item as unknown },
    // It would put a stale value back into memory after a failed fetch, also one that was invalidated meanwhile.
    graceBackoff: null,
  });

  return {
    get: (key, policy) =>
      bento.get<CachedValue | undefined>({ key, grace: graceOf(policy, policy.ttlSeconds) }),
    getFresh: (key) => bento.get<CachedValue | undefined>({ key, grace: false }),
    async set(key, value) {
      await bento.set({ key, value, ttl: value.expiresAtMs - Date.now() });
    },
    async getOrSet({ key, policy, ttlSeconds, isApart }, refresh) {
      try {
        return await bento.getOrSet({
          key: isApart ? `${key} ${++lanes}` : key,
          factory: () => refresh().catch(fail),
          ttl: ttlSeconds * 1000,
          grace: graceOf(policy, ttlSeconds),
          timeout: policy.softTimeoutMs,
        });
      } catch (error) {
        throw error instanceof errors.E_FACTORY_ERROR ? (error.cause as Error).cause : error;
      }
    },
  };
}

/**
 * A fetch may throw what is no `Error`. Of a refresh that goes on behind BentoCache lets that end the process, and never
 * refreshes the key again.
 */
function fail(cause: unknown): never {
  throw new Error('the fetch has failed', { cause });
}

/** BentoCache lets the refreshes of one of its keys wait for each other. An entry's key holds no space. */
function withoutLane(key: string): string {
  const end = key.indexOf(' ');
  return end < 0 ? key : key.slice(0, end);
}

/** BentoCache counts grace from the write. */
function graceOf({ staleMs }: EntryPolicy, ttlSeconds: number): number | false {
  return staleMs > 0 ? ttlSeconds * 1000 + staleMs : false;
}

function itemOf(value: CachedValue | undefined): Item | undefined {
  return value && { value, logicalExpiration: value.expiresAtMs, createdAt: 0 };
}
