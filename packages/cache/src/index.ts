export type { Cache, CacheHealth, CacheView, StoreOptions, WarmTask } from './cache.js';
export { CACHE_CHANNEL, type CacheMessage, type CacheOperation } from './cache-channel.js';
export type { CacheKey } from './cache-keys.js';
export { createCache, type CacheOptions } from './create-cache.js';
export {
  cacheEntry,
  type CacheEntries,
  type CacheEntryOptions,
  type EntryName,
  type EntryValue,
} from './entries.js';
export { encryptionKeysFrom, type EncryptionKey } from './envelope/encryption-keys.js';
export type { EnvelopeFault } from './envelope/envelopes.js';
export { InvalidEncryptionKeyError, SensitiveValueRefusedError } from './envelope/errors.js';
export {
  CacheClosedError,
  CacheFetchTimeoutError,
  CacheWriteDroppedError,
  InvalidCacheKeyError,
  InvalidCacheOptionError,
  UncacheableValueError,
} from './errors.js';
export type { Fetch } from './fetching.js';
export {
  createHttpRedisDriver,
  type HttpRedisDriver,
  type HttpRedisDriverOptions,
} from './http-redis-driver.js';
export type { PatternDeletion } from './invalidation.js';
export { ANY, type KeyPattern } from './key-pattern.js';
export type { MemoryUsage } from './memory-tier.js';
export type { StandardSchema } from './standard-schema.js';
export type { CacheStatistics, EntryFault, ReadOutcome } from './statistics.js';
export type { WarmOptions, WarmReport } from './warming.js';
