import { randomUUID } from 'node:crypto';
import { Redis } from '@upstash/redis';
import type { Admission, HttpContender, Place } from './contender.js';
import * as batches from './limiter-batches.js';

/**
 * The limiter that many apps have: a sorted set of the times of a key's calls, by four calls of the bare client, one after
 * the other. By the clock of whoever asks; what is rejected counts as well.
 */
export function openFourCalls({ url, token }: Place): HttpContender {
  const redis = new Redis({ url, token });
  const admitBy =
    (
      { limit, windowMs }: { readonly limit: number; readonly windowMs: number },
      prefix = 'calls',
    ): Admission =>
    async (id) => {
      const key = `${prefix}:${id}`;
      const nowMs = Date.now();
      await redis.zremrangebyscore(key, 0, nowMs - windowMs);
      await redis.zadd(key, { score: nowMs, member: randomUUID() });
      const calls = await redis.zcard(key);
      await redis.expire(key, Math.ceil(windowMs / 1000));
      return calls <= limit;
    };
  const minute = admitBy(batches.MINUTE_RULE);
  const minuteIp = admitBy(batches.MINUTE_RULE, 'ip');
  return {
    operations: {
      sliding: batches.allowed(minute),
      'sliding-bursts': batches.bursts(admitBy(batches.SHORT_RULE, 'short')),
      'sliding-sparse': batches.sparse(admitBy(batches.SHORT_RULE, 'short')),
      'sliding-new-key': batches.newKeys(minute),
      'two-limits': batches.allowed(async (key) => {
        const both = await Promise.all([minute(key), minuteIp(key)]);
        return both.every(Boolean);
      }),
      rejected: batches.rejected(admitBy(batches.SMALL_RULE, 'small')),
    },
    races: { sliding: (rule) => admitBy(rule) },
  };
}
