import fc from 'fast-check';
import type { WindowRule } from './rule.js';
import { startLab, type Lab } from './spec-support/start-lab.js';
import { WindowHistory, type Step } from './spec-support/window-history.js';

const WINDOW_MS = 100;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

const steps = (limits: readonly number[], setBackMs: fc.Arbitrary<number> = fc.constant(0)) =>
  fc.array(
    fc.record<Step>({
      waitMs: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
        { weight: 3, arbitrary: fc.integer({ min: 0, max: WINDOW_MS }) },
        { weight: 2, arbitrary: fc.constantFrom(WINDOW_MS - 1, WINDOW_MS, WINDOW_MS + 1) },
        { weight: 1, arbitrary: fc.integer({ min: WINDOW_MS, max: 6 * WINDOW_MS }) },
      ),
      setBackMs,
      keys: fc.constantFrom<readonly number[]>([0], [0], [1], [0, 1]),
      units: fc.constantFrom(1, 1, 1, 2, 3, 6),
      limit: fc.constantFrom(...limits),
      action: fc.constantFrom('take', 'take', 'take', 'peek'),
    }),
    { minLength: 1, maxLength: 60, size: 'max' },
  );

/** How wrong the caller is about the server's time. */
const beliefErrors = fc.constantFrom(
  () => 0,
  () => (Math.random() - 0.5) * 5 * WINDOW_MS,
  () => -1e12,
  () => 1e12,
);

const rule = (parts: Partial<WindowRule> = {}): WindowRule => ({
  kind: 'window',
  limit: 10,
  windowMs: WINDOW_MS,
  grainMs: 1,
  lease: null,
  ...parts,
});

async function expectNeverMore(
  most: number,
  ruleOfAll: WindowRule,
  histories: fc.Arbitrary<Step[]>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories, beliefErrors, async (history, beliefError) => {
      const run = new WindowHistory(lab.admin, ruleOfAll, beliefError);
      for (const step of history) await run.run(step);
      for (const share of [() => 0, () => 1, Math.random]) {
        expect(run.mostInAWindow(share)).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: 40 },
  );
}

// Each step is compared with a plain list: what fits is admitted, what does not is not, the times that are told are exact,
// a rejection writes nothing, and no key stays for good or goes too early.
describe('a sliding window, in every history', () => {
  it('admits what fits and never more', () => expectNeverMore(10, rule(), steps([10])));

  it('admits what fits and never more when tiers share a key', () =>
    expectNeverMore(10, rule(), steps([3, 10, 7])));

  it('admits never more when leased units are used at whatever time of their lease', () =>
    expectNeverMore(10, rule({ lease: { units: 4, leaseMs: 20 } }), steps([10])));

  it('admits never more, and frees within a grain, when runs are merged', () =>
    expectNeverMore(10, rule({ grainMs: 7 }), steps([10])));

  it('admits never more, by a clock that goes on, when the clock of the server is set back', () =>
    expectNeverMore(10, rule(), steps([10], fc.constantFrom(0, 0, 0, 0, 1, 50, 700))));

  it('admits never more with all of it at once', () =>
    expectNeverMore(
      10,
      rule({ grainMs: 7, lease: { units: 4, leaseMs: 20 } }),
      steps([3, 10], fc.constantFrom(0, 0, 0, 0, 1, 50)),
    ));
});
