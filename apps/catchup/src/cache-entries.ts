import type { CacheEntries } from '@switchyard/cache';

const HOUR_SECONDS = 3600;

/**
 * What CatchUp caches, by name. What Google takes long to tell may be an hour old while it is fetched anew. A session opens
 * an account, and contacts are other people's names and numbers: those are encrypted in Redis.
 */
export const cacheEntries = {
  USER_PROFILE: { ttlSeconds: HOUR_SECONDS },
  CONTACTS_LIST: { ttlSeconds: 300, staleSeconds: HOUR_SECONDS, isSensitive: true },
  CONTACT_PROFILE: { ttlSeconds: 300, staleSeconds: HOUR_SECONDS, isSensitive: true },
  SUGGESTIONS: { ttlSeconds: 300 },
  CALENDAR_SLOTS: { ttlSeconds: HOUR_SECONDS, staleSeconds: HOUR_SECONDS },
  USER_PREFERENCES: { ttlSeconds: 600 },
  SESSION: { ttlSeconds: 24 * HOUR_SECONDS, isSensitive: true },
} as const satisfies CacheEntries;
