import type { CallOptions, HttpRedis, PipelineReply, RedisCommand } from '@switchyard/http-redis';
import { InvalidCacheOptionError } from './errors.js';

export interface HttpRedisDriverOptions {
  /** Lent; whoever made it closes it. */
  readonly redis: HttpRedis;
  /** Stands before each key, with a colon between: 1 to 32 of `A-Z a-z 0-9 _ . -`. Default `cache`. */
  readonly prefix?: string;
}

/**
 * BentoCache's second tier (its `L2CacheDriver`) over Redis by HTTP, and what a cache needs beyond it. Keys are given without
 * the prefix. Spelt out, since BentoCache's types import those of every database it has a driver for, and a program that
 * checks its libraries would need them all.
 */
export interface HttpRedisDriver {
  readonly type: 'l2';
  namespace(namespace: string): HttpRedisDriver;
  get(key: string): Promise<string | undefined>;
  /** Reads and deletes. */
  pull(key: string): Promise<string | undefined>;
  /** @param ttlMs without it the value stays */
  set(key: string, value: string, ttlMs?: number): Promise<boolean>;
  /** Deletes all keys under the prefix and namespace. */
  clear(): Promise<void>;
  /** @returns whether it was there */
  delete(key: string): Promise<boolean>;
  deleteMany(keys: string[]): Promise<boolean>;
  /** Does nothing: the client is lent. */
  disconnect(): Promise<void>;
  /** One MGET, whatever the number of keys. These are taken as they are, without the prefix. */
  readMany(keys: readonly string[]): Promise<(string | null)[]>;
  /** Commands in one request, in order. Their keys are taken as they are. */
  write(commands: readonly RedisCommand[]): Promise<PipelineReply[]>;
}

const PREFIX = /^[\w.-]{1,32}$/;
/** An entry that is written twice is the same entry. */
const REPEATABLE: CallOptions = { isSafeToRepeat: true };

/** @throws InvalidCacheOptionError */
export function createHttpRedisDriver({ redis, prefix = 'cache' }: HttpRedisDriverOptions): HttpRedisDriver {
  if (!PREFIX.test(prefix))
    throw new InvalidCacheOptionError('prefix', prefix, '1 to 32 of A-Z a-z 0-9 _ . -');
  return driverUnder(prefix, redis);
}

function driverUnder(prefix: string, redis: HttpRedis): HttpRedisDriver {
  const keyOf = (key: string) => `${prefix}:${key}`;
  return {
    type: 'l2',
    namespace: (namespace) => driverUnder(keyOf(namespace), redis),
    async get(key) {
      return (await redis.get(keyOf(key))) ?? undefined;
    },
    async pull(key) {
      return (await redis.command<string | null>(['GETDEL', keyOf(key)])) ?? undefined;
    },
    async set(key, value, ttlMs) {
      const expiry = ttlMs === undefined ? [] : ['PX', Math.max(1, Math.round(ttlMs))];
      return (await redis.command(['SET', keyOf(key), value, ...expiry], REPEATABLE)) === 'OK';
    },
    async clear() {
      await redis.deletePattern(`${literally(prefix)}:*`);
    },
    async delete(key) {
      return (await redis.command<number>(['UNLINK', keyOf(key)], REPEATABLE)) > 0;
    },
    async deleteMany(keys) {
      if (keys.length > 0) await redis.command(['UNLINK', ...keys.map(keyOf)], REPEATABLE);
      return true;
    },
    async readMany(keys) {
      const texts = await redis.getMany(keys);
      // Whoever answers in the place of Redis may answer anything.
      return keys.map((_key, index) => (typeof texts[index] === 'string' ? texts[index] : null));
    },
    write: (commands) => redis.pipeline(commands, REPEATABLE),
    disconnect: async () => undefined,
  };
}

/** A namespace is any text: what a glob reads in it is escaped. */
function literally(text: string): string {
  return text.replace(/[*?[\]\\^]/g, '\\$&');
}
