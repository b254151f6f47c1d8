import fc from 'fast-check';
import { createRedisCounter } from './redis-counter.js';
import type { BucketRule } from './rule.js';
import { startLab, type Lab } from './spec-support/start-lab.js';
import { LATER_MS, virtualRedis } from './spec-support/virtual-redis.js';

const MICRO = 1_000_000;

let lab: Lab;
let histories = 0;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

interface Step {
  readonly waitMs: number;
  readonly units: number;
  readonly rule: BucketRule;
  readonly action: 'take' | 'peek';
}

const bucket = (limit: number, gainPerMs: number): BucketRule => ({ kind: 'bucket', limit, gainPerMs });

const steps = (rules: readonly BucketRule[]) =>
  fc.array(
    fc.record<Step>({
      waitMs: fc.oneof(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 20_000 }),
      ),
      units: fc.integer({ min: 1, max: Math.min(...rules.map(({ limit }) => limit)) }),
      rule: fc.constantFrom(...rules),
      action: fc.constantFrom('take', 'take', 'take', 'peek'),
    }),
    { minLength: 1, maxLength: 60, size: 'max' },
  );

/** Compares each answer with whole numbers kept here. */
async function follow(history: readonly Step[], beliefErrorMs: () => number): Promise<void> {
  const clock = { nowMs: LATER_MS };
  const counter = createRedisCounter(
    virtualRedis(lab.admin, clock),
    500,
    () => clock.nowMs + beliefErrorMs(),
  );
  const key = `bucket:${(histories += 1)}`;
  let held = { missing: 0, atMs: clock.nowMs, gainPerMs: 0 };

  for (const { waitMs, units, rule, action } of history) {
    clock.nowMs += waitMs;
    const full = rule.limit * MICRO;
    const gainPerMs = Math.max(rule.gainPerMs, held.gainPerMs);
    const missing = Math.max(0, held.missing - (clock.nowMs - held.atMs) * gainPerMs);
    const [verdict] = await counter[action]([{ key, rule, units, leasable: 0 }]);

    const lacking = Math.max(0, missing + units * MICRO - full);
    const isTaken = lacking === 0 && action === 'take';
    if (isTaken) held = { missing: missing + units * MICRO, atMs: clock.nowMs, gainPerMs: rule.gainPerMs };
    const resetAfterMs = isTaken ? Math.ceil(held.missing / rule.gainPerMs) : Math.ceil(missing / gainPerMs);
    expect(verdict).toEqual({
      fits: lacking === 0,
      remaining: Math.max(0, Math.floor((full - (isTaken ? held.missing : missing)) / MICRO)),
      resetAfterMs,
      retryAfterMs: Math.ceil(lacking / gainPerMs),
      nextAfterMs: isTaken ? Math.ceil(Math.max(0, held.missing + MICRO - full) / rule.gainPerMs) : 0,
      leased: 0,
    });
    const expiresMs = await lab.admin.pexpiretime(key);
    // There is no key, or it stays until all has come back.
    if (expiresMs !== -2) expect(expiresMs).toBeGreaterThanOrEqual(clock.nowMs + resetAfterMs);
    else expect(resetAfterMs).toBe(0);
  }
}

const beliefErrors = fc.constantFrom(
  () => 0,
  () => (Math.random() - 0.5) * 1000,
  () => -1e12,
  () => 1e12,
);

describe('a token bucket, in every history', () => {
  it.each([
    ['whole rates', [bucket(5, 10_000)]],
    ['rates that no binary fraction has', [bucket(5, 333)]],
    ['one token in 1000 s', [bucket(5, 1)]],
    ['the largest there is', [bucket(1_000_000_000, 1_000_000_000)]],
    ['the slowest there is, in numbers of 16 digits', [bucket(1_000_000_000, 1)]],
    ['tiers that share a key', [bucket(5, 1000), bucket(20, 3000)]],
  ])('gives what has been gained, to the millionth: %s', async (_, rules) => {
    await fc.assert(fc.asyncProperty(steps(rules), beliefErrors, follow), {
      numRuns: 30,
      endOnFailure: true,
    });
  });
});
