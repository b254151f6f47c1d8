import type { HttpRedis } from '@switchyard/http-redis';
import { createRateLimiter, definePolicies, type SlidingWindowPolicy } from '@switchyard/rate-limiter';
import type { Admission, HttpContender } from './contender.js';
import * as batches from './limiter-batches.js';

const LEASE_UNITS = 5;

interface Rule {
  readonly limit: number;
  readonly windowMs: number;
}

/** Sliding windows and token buckets of rate-limiter, default settings but for what an operation is about. */
export function ourLimiters(
  redis: HttpRedis,
  timeoutMs: number,
): Pick<HttpContender, 'operations' | 'races'> {
  const settings = { redis, timeoutMs, whenUnavailable: 'reject' as const };
  const minute = sliding(batches.MINUTE_RULE);
  const limiter = createRateLimiter({
    ...settings,
    policies: definePolicies({
      MINUTE: minute,
      MINUTE_IP: minute,
      LEASED: { ...minute, lease: LEASE_UNITS },
      SHORT: sliding(batches.SHORT_RULE),
      SMALL: sliding(batches.SMALL_RULE),
      BUCKET: bucket(batches.MINUTE_RULE),
    }),
  });
  const admitBy =
    (policy: 'MINUTE' | 'LEASED' | 'SHORT' | 'SMALL' | 'BUCKET'): Admission =>
    async (key) =>
      (await limiter.check(policy, key)).allowed;
  const racing =
    (policyOf: (rule: Rule) => SlidingWindowPolicy | ReturnType<typeof bucket>) =>
    ({ hasMemory, ...rule }: Rule & { hasMemory: boolean }): Admission => {
      const racer = createRateLimiter({
        ...settings,
        policies: { RACE: policyOf(rule) },
        ...(!hasMemory && { rejectionMemorySeconds: 0 }),
      });
      return async (key) => (await racer.check('RACE', key)).allowed;
    };
  const unremembering = racing(sliding)({ ...batches.SMALL_RULE, hasMemory: false });

  return {
    operations: {
      sliding: batches.allowed(admitBy('MINUTE')),
      'sliding-bursts': batches.bursts(admitBy('SHORT')),
      'sliding-sparse': batches.sparse(admitBy('SHORT')),
      'sliding-new-key': batches.newKeys(admitBy('MINUTE')),
      lease: batches.allowed(admitBy('LEASED')),
      token: batches.allowed(admitBy('BUCKET')),
      'two-limits': batches.allowed(async (key) => {
        const { allowed } = await limiter.checkAll([
          { policy: 'MINUTE', key },
          { policy: 'MINUTE_IP', key },
        ]);
        return allowed;
      }),
      rejected: batches.rejected(admitBy('SMALL')),
      'rejected-no-memory': batches.rejected(unremembering),
    },
    races: {
      sliding: racing(sliding),
      lease: racing((rule) => ({ ...sliding(rule), lease: LEASE_UNITS })),
      token: racing(bucket),
    },
  };
}

function sliding({ limit, windowMs }: Rule) {
  return { algorithm: 'sliding-window' as const, limit, windowSeconds: windowMs / 1000 };
}

function bucket({ limit, windowMs }: Rule) {
  return { algorithm: 'token-bucket' as const, capacity: limit, refillPerSecond: (limit * 1000) / windowMs };
}
