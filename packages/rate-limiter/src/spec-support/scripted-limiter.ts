import type { Policies } from '../policy.js';
import type { CombinedRateLimitResult, RateLimitResult } from '../rate-limit-result.js';
import type { CheckOptions, RateLimiter } from '../rate-limiter.js';

export interface AskedFor extends CheckOptions {
  readonly policy: string;
  readonly key: string;
}

export interface ScriptedLimiter<P extends Policies> extends RateLimiter<P> {
  /** What it was asked, oldest first, one list for each `checkAll`. */
  readonly asked: (readonly AskedFor[])[];
}

/** A limiter that answers what a test tells it to, and remembers what it was asked. */
export function scriptLimiter<P extends Policies>(
  policies: P,
  answer: (asked: AskedFor) => Partial<RateLimitResult> = () => ({}),
): ScriptedLimiter<P> {
  const asked: (readonly AskedFor[])[] = [];
  const results = (requests: readonly AskedFor[]): RateLimitResult[] => {
    asked.push(requests);
    return requests.map((each) => {
      const result: RateLimitResult = {
        policy: each.policy,
        outcome: 'allowed',
        allowed: true,
        limit: 10,
        remaining: 9,
        resetAfterMs: 60_000,
        resetAt: Date.now() + 60_000,
        retryAfterMs: 0,
        answeredBy: 'redis',
      };
      return { ...result, ...answer(each) };
    });
  };
  const limiter = {
    asked,
    policies,
    check: async (policy: string, key: string) => results([{ policy, key }])[0],
    peek: async (policy: string, key: string) => results([{ policy, key }])[0],
    reset: async () => undefined,
    checkAll: async (requests: readonly AskedFor[]): Promise<CombinedRateLimitResult> => {
      const each = results(requests);
      const rejectedBy = each.filter(({ allowed }) => !allowed);
      const outcomes = each.map(({ outcome }) => outcome);
      return {
        outcome: (['limited', 'unavailable'] as const).find((one) => outcomes.includes(one)) ?? 'allowed',
        allowed: rejectedBy.length === 0,
        retryAfterMs: Math.max(0, ...rejectedBy.map(({ retryAfterMs }) => retryAfterMs)),
        results: each,
        rejectedBy,
      };
    },
  };
  return limiter as unknown as ScriptedLimiter<P>;
}
