import { createHttpRedis } from '@switchyard/http-redis';
import { createIdempotency } from '@switchyard/idempotency';
import type { HttpContender, Place } from './contender.js';
import { ourCacheReads } from './our-cache.js';
import { ourLimiters } from './our-limiters.js';
import { TEXT } from './sdk-contender.js';

/** So that a machine that is busy otherwise makes a run slow and not fail. */
const TIMEOUT_MS = 10_000;

/** The packages on http-redis, default settings but for the time-outs. */
export function openOurs({ url, token }: Place): HttpContender {
  const redis = createHttpRedis({ url, token, timeoutMs: TIMEOUT_MS });
  const idempotency = createIdempotency({ redis });
  const limiters = ourLimiters(redis, TIMEOUT_MS);
  const { operations: cacheReads, coldRead } = ourCacheReads(redis, TIMEOUT_MS);
  return {
    operations: {
      get: async ({ name }) => {
        await redis.set(name, TEXT);
        return async () => {
          if ((await redis.get(name)) !== TEXT) throw new Error(`${name} holds something else`);
        };
      },
      set:
        ({ name }) =>
        async (number) => {
          await redis.set(`${name}-${number % 100}`, TEXT);
        },
      ...limiters.operations,
      ...cacheReads,
      once:
        ({ name }) =>
        async (number) => {
          const claim = await idempotency.claim([name, String(number)]);
          if (claim.state !== 'fresh') throw new Error(`${name}-${number} is ${claim.state}`);
          await claim.complete({ sid: name });
        },
    },
    races: limiters.races,
    coldRead,
  };
}
