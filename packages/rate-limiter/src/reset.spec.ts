import type { HttpRedis } from '@switchyard/http-redis';
import { createRateLimiter } from './index.js';

const policies = {
  LEASED: { algorithm: 'sliding-window', limit: 100, windowSeconds: 60, lease: 5 },
  PLAIN: { algorithm: 'sliding-window', limit: 100, windowSeconds: 60 },
} as const;
const FOUR_ON_LEASE = [3, 1, 1, 1, 90, 60_000, 0, 4];
const REJECTED = [3, 1, 0, 0, 0, 60_000, 60_000, 0];

/** A limiter whose Redis answers what the test says, and when it says so. */
function open() {
  const checks: ((reply: unknown) => void)[] = [];
  const resets: ((reply: unknown) => void)[] = [];
  const into = (list: typeof checks) => () =>
    new Promise<never>((resolve) => list.push(resolve as (reply: unknown) => void));
  const redis = { script: into(checks), del: into(resets) } as unknown as HttpRedis;
  /** Lets what was called go out. */
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { checks, resets, turn, limiter: createRateLimiter({ redis, policies }) };
}

describe('reset', () => {
  it('uses no unit on lease while Redis forgets', async () => {
    const { checks, resets, limiter, turn } = open();
    const first = limiter.check('LEASED', 'u');
    await turn();
    checks[0]?.(FOUR_ON_LEASE);
    await first;
    const reset = limiter.reset('LEASED', 'u');
    const second = limiter.check('LEASED', 'u');
    await turn();
    expect([checks.length, resets.length]).toEqual([2, 1]);
    resets[0]?.(1);
    checks[1]?.(FOUR_ON_LEASE);
    await reset;
    expect(await second).toMatchObject({ answeredBy: 'redis' });
  });

  it.each(['LEASED', 'PLAIN'] as const)(
    'does not believe a rejection that was asked for before and heard after: %s',
    async (policy) => {
      const { checks, resets, limiter, turn } = open();
      const rejected = limiter.check(policy, 'u');
      await turn();
      const reset = limiter.reset(policy, 'u');
      await turn();
      resets[0]?.(1);
      await reset;
      checks[0]?.(REJECTED);
      expect(await rejected).toMatchObject({ outcome: 'limited' });
      const next = limiter.check(policy, 'u');
      await turn();
      checks[1]?.(FOUR_ON_LEASE);
      expect(await next).toMatchObject({ outcome: 'allowed' });
    },
  );

  it('forgets a rejection that was heard meanwhile', async () => {
    const { checks, resets, limiter, turn } = open();
    const reset = limiter.reset('LEASED', 'u');
    const rejected = limiter.check('LEASED', 'u');
    await turn();
    checks[0]?.(REJECTED);
    expect(await rejected).toMatchObject({ outcome: 'limited' });
    resets[0]?.(1);
    await reset;
    const next = limiter.check('LEASED', 'u');
    await turn();
    checks[1]?.(FOUR_ON_LEASE);
    expect(await next).toMatchObject({ outcome: 'allowed' });
  });
});
