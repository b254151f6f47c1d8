import { Ratelimit } from '@upstash/ratelimit';
import { Redis } from '@upstash/redis';
import type { Admission, HttpContender, Place } from './contender.js';
import * as batches from './limiter-batches.js';

interface Rule {
  readonly limit: number;
  readonly windowMs: number;
}

type Algorithm = ConstructorParameters<typeof Ratelimit>[0]['limiter'];

/** `@upstash/ratelimit` on the bare client, default settings but for what an operation is about. */
export function openRatelimit({ url, token }: Place): HttpContender {
  const redis = new Redis({ url, token });
  let limiters = 0;
  const admitBy = (limiter: Algorithm, hasMemory = true): Admission => {
    const ratelimit = new Ratelimit({
      redis,
      limiter,
      prefix: `ratelimit-${limiters++}`,
      // By default a Map of its own.
      ...(!hasMemory && { ephemeralCache: false as const }),
    });
    return async (key) => {
      const { success, reason } = await ratelimit.limit(key);
      if (reason === 'timeout') throw new Error('let through because Redis was slow');
      return success;
    };
  };
  const minute = admitBy(sliding(batches.MINUTE_RULE));
  const minuteIp = admitBy(sliding(batches.MINUTE_RULE));
  const racing =
    (algorithm: (rule: Rule) => Algorithm) =>
    ({ hasMemory, ...rule }: Rule & { hasMemory: boolean }): Admission =>
      admitBy(algorithm(rule), hasMemory);

  return {
    operations: {
      sliding: batches.allowed(minute),
      'sliding-bursts': batches.bursts(admitBy(sliding(batches.SHORT_RULE))),
      'sliding-sparse': batches.sparse(admitBy(sliding(batches.SHORT_RULE))),
      'sliding-new-key': batches.newKeys(minute),
      fixed: batches.allowed(admitBy(fixed(batches.MINUTE_RULE))),
      token: batches.allowed(admitBy(bucket(batches.MINUTE_RULE))),
      'two-limits': batches.allowed(async (key) => {
        const both = await Promise.all([minute(key), minuteIp(key)]);
        return both.every(Boolean);
      }),
      rejected: batches.rejected(admitBy(sliding(batches.SMALL_RULE))),
      'rejected-no-memory': batches.rejected(admitBy(sliding(batches.SMALL_RULE), false)),
    },
    races: { sliding: racing(sliding), fixed: racing(fixed), token: racing(bucket) },
  };
}

function sliding({ limit, windowMs }: Rule): Algorithm {
  return Ratelimit.slidingWindow(limit, `${windowMs} ms`);
}

function fixed({ limit, windowMs }: Rule): Algorithm {
  return Ratelimit.fixedWindow(limit, `${windowMs} ms`);
}

function bucket({ limit, windowMs }: Rule): Algorithm {
  return Ratelimit.tokenBucket(limit, `${windowMs} ms`, limit);
}
