import { randomUUID } from 'node:crypto';
import type { HttpRedis } from '@switchyard/http-redis';
import type { Cache, CacheHealth } from './cache.js';
import { operationStart, publishOperation } from './cache-channel.js';
import { createCacheKeys } from './cache-keys.js';
import { assertOpen, createCacheView, type CacheViewParts } from './cache-view.js';
import { createEngine } from './engine.js';
import { readPolicies, wholeNumber, type CacheEntries, type EntryPolicy } from './entries.js';
import { createEntryTexts } from './entry-texts.js';
import type { EncryptionKey } from './envelope/encryption-keys.js';
import { createEnvelopes } from './envelope/envelopes.js';
import { InvalidCacheOptionError } from './errors.js';
import { createFetching } from './fetching.js';
import { createGenerations } from './generations.js';
import { createHttpReads } from './http-reads.js';
import { createHttpRedisDriver } from './http-redis-driver.js';
import { createHttpWrites } from './http-writes.js';
import { createInvalidation } from './invalidation.js';
import { createMemoryTier } from './memory-tier.js';
import { createPendingLoads } from './pending-loads.js';
import { createScopes } from './scopes.js';
import { createStatistics } from './statistics.js';
import { createStoring } from './storing.js';
import { createWriteOrder } from './write-order.js';

export interface CacheOptions<E extends CacheEntries> {
  /** Lent: whoever made it closes it, after the cache. */
  readonly redis: HttpRedis;
  /** What is cached, by name. */
  readonly entries: E;
  /** First part of all keys: 1 to 32 of `A-Z a-z 0-9 _ . -`. Default `cache`. */
  readonly prefix?: string;
  /**
   * How long memory is trusted after Redis was asked, and so how long an invalidation by another process may stay unseen:
   * 0 to 300, fractions allowed. Default 5. It costs one command per key, process and this many seconds. 0 asks Redis each
   * time.
   */
  readonly memoryTtlSeconds?: number;
  /** Default 67 108 864 (64 MiB). */
  readonly memoryMaxBytes?: number;
  /** Default 10 000. */
  readonly memoryMaxEntries?: number;
  /** How long one try of a read or write may take: 1 to 60 000. Default 1000. */
  readonly timeoutMs?: number;
  /** For entries that are sensitive. The first key writes, all of them read. */
  readonly encryptionKeys?: readonly EncryptionKey[];
  /** Values of more bytes than this are compressed where it pays. Default 1024; `Infinity` compresses nothing. */
  readonly compressAboveBytes?: number;
  /** Entries that are longer, compressed and encrypted, are not written to Redis; what they replace goes. Default 10 000 000. */
  readonly maxEntryBytes?: number;
  /** A clock that never steps, in ms. For tests. */
  readonly monotonicMs?: () => number;
}

/**
 * @throws InvalidCacheOptionError, also for sensitive entries without encryption keys
 * @throws InvalidEncryptionKeyError, InvalidCacheKeyError for a tag that is none
 */
export function createCache<E extends CacheEntries>(options: CacheOptions<E>): Cache<E> {
  const { entries, prefix = 'cache', memoryTtlSeconds = 5, encryptionKeys = [] } = options;
  const { monotonicMs = () => performance.now() } = options;
  if (!(memoryTtlSeconds >= 0 && memoryTtlSeconds <= 300))
    throw new InvalidCacheOptionError('memoryTtlSeconds', memoryTtlSeconds, '0 to 300');
  const trustMs = memoryTtlSeconds * 1000;
  const timeoutMs = wholeNumber('timeoutMs', options.timeoutMs ?? 1000, 1, 60_000);
  const policies = readPolicies(entries);
  const envelopes = createEnvelopes({ compressAboveBytes: options.compressAboveBytes, encryptionKeys });
  const keys = createCacheKeys(prefix);
  for (const { name, isSensitive, tags } of policies.values()) {
    tags.forEach(keys.tagScope);
    if (isSensitive && !envelopes.canEncrypt)
      throw new InvalidCacheOptionError(`entries.${name}.isSensitive`, true, 'with encryptionKeys only');
  }

  const redis = options.redis.with({ source: 'cache', timeoutMs, retry: 'once-quickly' });
  const driver = createHttpRedisDriver({ redis, prefix });
  const policyOf = (key: string) => policies.get(keys.nameOf(key)) as EntryPolicy;
  const statistics = createStatistics();
  const texts = createEntryTexts(envelopes, keys, statistics);
  const generations = createGenerations(randomUUID);
  const loads = createPendingLoads();
  const writes = createWriteOrder();
  const memory = createMemoryTier({
    trustMs,
    maxBytes: wholeNumber('memoryMaxBytes', options.memoryMaxBytes ?? 67_108_864, 1, Number.MAX_SAFE_INTEGER),
    maxEntries: wholeNumber('memoryMaxEntries', options.memoryMaxEntries ?? 10_000, 1, 10_000_000),
    monotonicMs,
  });
  const maxEntryBytes = wholeNumber('maxEntryBytes', options.maxEntryBytes ?? 10_000_000, 1, 268_435_456);

  const shared = { keys, memory, generations, loads, writes, statistics, monotonicMs };
  const scopes = createScopes({ ...shared, driver, policyOf, trustMs });
  const reads = createHttpReads({ ...shared, driver, scopes, texts, policyOf });
  const httpWrites = createHttpWrites({ ...shared, driver, texts, policyOf, maxEntryBytes });
  const engine = createEngine(memory, reads, httpWrites);
  const fetching = createFetching({ ...shared, engine, scopes });
  const invalidation = createInvalidation({
    ...shared,
    redis: redis.with({ retry: 'standard', isSafeToRepeat: true }),
    createId: randomUUID,
  });

  const storing = createStoring({ ...shared, engine, scopes, invalidation });

  let isClosed = false;
  const parts: CacheViewParts = {
    ...shared,
    policies,
    engine,
    reads,
    fetching,
    storing,
    invalidation,
    isClosed: () => isClosed,
  };
  const stateOf = (circuit: CacheHealth['redis']['circuit']): CacheHealth['state'] => {
    if (isClosed) return 'closed';
    return circuit === 'closed' ? 'ok' : 'degraded';
  };

  return {
    ...createCacheView<E>(parts, keys.sharedNamespace),
    forUser: (userId) => createCacheView<E>(parts, keys.userNamespace(userId)),
    async clearUser(userId) {
      const startMs = operationStart();
      assertOpen(isClosed);
      const isTaken = await invalidation.clearUser(userId);
      publishOperation(startMs, 'clearUser', null, isTaken ? 'done' : 'dropped');
      return isTaken;
    },
    async deleteByTag(tags) {
      const startMs = operationStart();
      assertOpen(isClosed);
      const isTaken = await invalidation.deleteByTag(typeof tags === 'string' ? [tags] : tags);
      publishOperation(startMs, 'deleteByTag', null, isTaken ? 'done' : 'dropped');
      return isTaken;
    },
    stats: () => statistics.report(memory.usage()),
    health() {
      const health = redis.health();
      return { state: stateOf(health.circuit), redis: health };
    },
    async close() {
      isClosed = true;
      await storing.settled();
      await writes.settled(() => true);
      memory.close();
    },
  };
}
