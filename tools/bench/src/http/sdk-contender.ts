import { Redis } from '@upstash/redis';
import { someValue, type CachedValue, type HttpContender, type Operation, type Place } from './contender.js';

const TTL_SECONDS = 300;
/** GET and SET carry a text of 100 characters. */
export const TEXT = 'x'.repeat(100);

/** The bare client as it comes: auto-pipelining and telemetry on. */
export function openSdk({ url, token }: Place): HttpContender {
  const redis = new Redis({ url, token });
  const found = async (key: string, expected: unknown) => {
    const value: unknown = await redis.get(key);
    if (typeof value !== typeof expected) throw new Error(`${key} holds a ${typeof value}`);
  };
  const get: Operation = async ({ name }) => {
    await redis.set(name, TEXT);
    return () => found(name, TEXT);
  };
  return {
    operations: {
      get,
      set:
        ({ name }) =>
        async (number) => {
          await redis.set(`${name}-${number % 100}`, TEXT);
        },
      sliding: get,
      lease: get,
      fixed: get,
      token: get,
      'two-limits': get,
      'read-redis': async ({ name }) => {
        await redis.set(name, someValue(name));
        return () => found(name, someValue(name));
      },
      'read-miss':
        ({ name }) =>
        async (number) => {
          const key = `${name}-${number}`;
          if ((await redis.get(key)) !== null) throw new Error(`${key} is there`);
          await redis.set(key, someValue(key), { ex: TTL_SECONDS });
        },
      once:
        ({ name }) =>
        async (number) => {
          const key = `${name}-${number}`;
          const isFirst = await redis.set(key, 'claimed', { nx: true, ex: 30 });
          if (isFirst === null) throw new Error(`${key} was claimed`);
          await redis.set(key, { sid: name }, { ex: 86_400 });
        },
    },
    races: {},
    async coldRead(key, fetch) {
      const found = await redis.get<CachedValue>(key);
      if (found) return found;
      const value = await fetch();
      await redis.set(key, value, { ex: TTL_SECONDS });
      return value;
    },
  };
}
