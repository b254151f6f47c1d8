import type { HttpRedis } from '@switchyard/http-redis';
import fc from 'fast-check';
import { createRateLimiter, type Policies } from './index.js';
import { startLab, type Lab } from './spec-support/start-lab.js';
import { LATER_MS, virtualRedis } from './spec-support/virtual-redis.js';

const LIMIT = 12;
const WINDOW_MS = 200;

let lab: Lab;
let histories = 0;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

const step = fc.record({
  waitMs: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 4 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 60 }) },
    { weight: 1, arbitrary: fc.integer({ min: 60, max: 3 * WINDOW_MS }) },
  ),
  /** How long the request and the answer travel, if there is need for them. */
  thereMs: fc.nat(15),
  backMs: fc.nat(15),
  process: fc.nat(2),
  units: fc.constantFrom(1, 1, 1, 1, 2, 3),
});

/** Clocks of a process: however far from Redis's, they go as fast. */
const skewMs = fc.oneof(fc.constant(0), fc.integer({ min: -1e9, max: 1e9 }));

const window = { algorithm: 'sliding-window', limit: LIMIT, windowSeconds: WINDOW_MS / 1000 } as const;

// The limiter as callers have it, several of them, on one clock that a test drives.
describe('limiters of several processes, in every history', () => {
  it.each<[string, Policies[string]]>([
    ['without a lease', window],
    ['with a lease', { ...window, lease: { units: 4, seconds: 0.04 } }],
    ['with a lease as long as the window', { ...window, lease: { units: 4, seconds: 0.2 } }],
  ])('let pass no more than the limit in any window, %s', async (_, policy) => {
    const history = fc.record({
      steps: fc.array(step, { maxLength: 120, size: 'max' }),
      skews: fc.tuple(skewMs, skewMs, skewMs),
    });
    await fc.assert(
      fc.asyncProperty(history, async ({ steps, skews }) => {
        const key = `u${(histories += 1)}`;
        const clock = { nowMs: LATER_MS };
        const travel = { thereMs: 0, backMs: 0 };
        const near = virtualRedis(lab.admin, clock);
        const script = async (...call: Parameters<HttpRedis['script']>) => {
          clock.nowMs += travel.thereMs;
          const reply = await near.script(...call);
          clock.nowMs += travel.backMs;
          return reply;
        };
        const redis = { script } as HttpRedis;
        const limiters = skews.map((skew) => {
          const now = () => clock.nowMs + skew;
          return createRateLimiter({ redis, policies: { API: policy } }, { now, wallNow: now });
        });

        const admitted: { atMs: number; units: number }[] = [];
        for (const { waitMs, thereMs, backMs, process, units } of steps) {
          clock.nowMs += waitMs;
          Object.assign(travel, { thereMs, backMs });
          const sentMs = clock.nowMs;
          const result = await (limiters[process] as (typeof limiters)[0]).check('API', key, { units });
          expect(result.outcome).not.toBe('unavailable');
          // Redis decided when the request had arrived; who used what was there did so at once.
          const atMs = result.answeredBy === 'redis' ? sentMs + thereMs : sentMs;
          if (result.allowed) admitted.push({ atMs, units });
        }
        for (const { atMs: fromMs } of admitted) {
          const inWindow = admitted.filter(({ atMs }) => atMs >= fromMs && atMs <= fromMs + WINDOW_MS);
          expect(inWindow.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(LIMIT);
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
