import { cacheEntry, createCache } from '@switchyard/cache';
import type { HttpRedis } from '@switchyard/http-redis';
import { noFetch, readBatches } from './cache-batches.js';
import type { CachedValue, HttpContender } from './contender.js';

/** `@switchyard/cache`, default settings: the entries of one user, that `clearUser` can clear. */
export function ourCacheReads(
  redis: HttpRedis,
  timeoutMs: number,
): Pick<HttpContender, 'operations' | 'coldRead'> {
  const entries = { CONTACT: cacheEntry<CachedValue>({ ttlSeconds: 300 }) };
  const open = () => createCache({ redis, entries, timeoutMs }).forUser('ada');
  const cache = open();
  // Has a memory of its own, as another process has.
  const other = open();
  return {
    operations: readBatches(() => ({
      write: (key, value) => cache.set(['CONTACT', key], value),
      read: (key, fetch) => cache.getOrSet(['CONTACT', key], fetch),
      readElsewhere: (key) => other.getOrSet(['CONTACT', key], noFetch),
    })),
    coldRead: (key, fetch) => cache.getOrSet(['CONTACT', key], fetch),
  };
}
