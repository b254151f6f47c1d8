import { createCache, type Cache } from '@switchyard/cache';
import { createHttpRedis, type HttpRedis } from '@switchyard/http-redis';
import { createIdempotency, type Idempotency } from '@switchyard/idempotency';
import { createRateLimiter, type RateLimiter } from '@switchyard/rate-limiter';
import { cacheEntries } from './cache-entries.js';
import type { HttpSettings } from './http-settings.js';
import { rateLimitPolicies } from './rate-limit-policies.js';

/** What the app has on Redis over HTTP: no connection of its own to Redis, and nothing asked before it is needed. */
export interface HttpServices {
  readonly redis: HttpRedis;
  readonly cache: Cache<typeof cacheEntries>;
  readonly limiter: RateLimiter<typeof rateLimitPolicies>;
  readonly idempotency: Idempotency;
}

export interface OpenHttpServices extends HttpServices {
  /** What stands on the client first, the client last. */
  close(): Promise<void>;
}

export function openHttpServices({ redis: endpoint, encryptionKeys }: HttpSettings): OpenHttpServices {
  const redis = createHttpRedis(endpoint);
  const cache = createCache({ redis, entries: cacheEntries, encryptionKeys });
  const limiter = createRateLimiter({ redis, policies: rateLimitPolicies });
  const idempotency = createIdempotency({ redis, namespace: 'catchup' });
  return {
    redis,
    cache,
    limiter,
    idempotency,
    async close() {
      limiter.close();
      try {
        await cache.close();
      } finally {
        await redis.close();
      }
    },
  };
}
