import { randomBytes } from 'node:crypto';
import { encryptionKeysFrom, type CacheEntries, type EncryptionKey } from '@switchyard/cache';
import { readHttpRedisSettings, type HttpRedisSettings } from '@switchyard/http-redis';
import { cacheEntries } from './cache-entries.js';
import type { Environment } from './redis-settings.js';
import { InvalidSettingsError, readAll } from './settings-error.js';

export interface HttpSettings {
  readonly redis: HttpRedisSettings;
  /** The first one writes, all of them read. */
  readonly encryptionKeys: readonly EncryptionKey[];
}

/**
 * `UPSTASH_REDIS_REST_URL` and `UPSTASH_REDIS_REST_TOKEN`, and `CACHE_ENCRYPTION_KEYS` (`id:base64,id:base64`, of 32 bytes
 * each), which is needed where `NODE_ENV` is `production`. Elsewhere a key is made up that lasts as long as this process:
 * what it caches encrypted is a miss to others.
 *
 * @throws InvalidSettingsError with everything that is missing or malformed; it shows neither the token nor the keys
 */
export function readHttpSettings(environment: Environment): HttpSettings {
  return readAll({
    redis: () => readHttpRedisSettings(environment),
    encryptionKeys: () => readEncryptionKeys(environment),
  });
}

function readEncryptionKeys(environment: Environment): readonly EncryptionKey[] {
  const keys = givenKeys(environment);
  if (keys.length > 0) return keys;
  if (environment.NODE_ENV?.trim() !== 'production') return [{ id: 'process', secret: randomBytes(32) }];
  const entries: CacheEntries = cacheEntries;
  const sensitive = Object.keys(entries).filter((name) => entries[name]?.isSensitive);
  if (sensitive.length === 0) return [];
  throw new InvalidSettingsError([
    `CACHE_ENCRYPTION_KEYS is missing, needed in production to cache ${sensitive.join(', ')}: ` +
      'id:base64 of 32 random bytes, several with a comma between them',
  ]);
}

function givenKeys(environment: Environment): readonly EncryptionKey[] {
  try {
    return encryptionKeysFrom(environment);
  } catch (error) {
    throw new InvalidSettingsError([`CACHE_ENCRYPTION_KEYS: ${(error as Error).message}`]);
  }
}
