import fc from 'fast-check';
import type { Demand } from './limit-counter.js';
import { createProcessCounter } from './process-counter.js';
import { createRedisCounter } from './redis-counter.js';
import type { Rule } from './rule.js';
import { startLab, type Lab } from './spec-support/start-lab.js';
import { LATER_MS, virtualRedis } from './spec-support/virtual-redis.js';

let lab: Lab;
let histories = 0;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

const window = (limit: number, windowMs: number, grainMs = 1): Rule => ({
  kind: 'window',
  limit,
  windowMs,
  grainMs,
  lease: null,
});
const bucket = (limit: number, gainPerMs: number): Rule => ({ kind: 'bucket', limit, gainPerMs });

/** Each has a key of its own, and other tiers for it. */
const rules: readonly (readonly Rule[])[] = [
  [window(10, 100), window(5, 100)],
  [window(6, 300, 20)],
  [bucket(6, 7000), bucket(9, 20_000)],
];

const demand = fc.nat(rules.length - 1).chain((at) =>
  fc.record({
    at: fc.constant(at),
    rule: fc.constantFrom(...(rules[at] as readonly Rule[])),
    units: fc.constantFrom(1, 1, 2, 5),
  }),
);
const step = fc.record({
  waitMs: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 350 })),
  demands: fc.uniqueArray(demand, { selector: ({ at }) => at, minLength: 1, maxLength: 3 }),
  action: fc.constantFrom<'take' | 'peek' | 'reset'>('take', 'take', 'take', 'take', 'take', 'peek', 'reset'),
});

describe('counting in this process', () => {
  it('decides in every history as Redis does, where nobody else takes', async () => {
    const history = fc.array(step, { maxLength: 50, size: 'max' });
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        histories += 1;
        const clock = { nowMs: LATER_MS };
        const inProcess = createProcessCounter(10, () => clock.nowMs + 0.7);
        const inRedis = createRedisCounter(virtualRedis(lab.admin, clock), 500, () => clock.nowMs);
        for (const { waitMs, demands: wanted, action } of steps) {
          clock.nowMs += waitMs;
          const demands = wanted.map(({ at, rule, units }): Demand => ({
            key: `same:${histories}:${at}`,
            rule,
            units,
            leasable: 0,
          }));
          if (action === 'reset') {
            for (const counter of [inProcess, inRedis]) await counter.reset(demands.map(({ key }) => key));
          } else {
            expect(await inProcess[action](demands)).toEqual(await inRedis[action](demands));
          }
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('keeps no more keys than it may, and forgets the least used', async () => {
    const counter = createProcessCounter(2, () => 0);
    const take = (key: string) =>
      counter.take([{ key, rule: window(1, 100), units: 1, leasable: 0 }]).then(([verdict]) => verdict?.fits);
    expect([await take('a'), await take('b'), await take('a')]).toEqual([true, true, false]);
    expect([await take('c'), await take('a'), await take('b')]).toEqual([true, false, true]);
  });
});
