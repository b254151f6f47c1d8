import { UnsupportedByEngineError, type QueueEngine } from '@switchyard/queue-contract';
import { CAPABILITIES, capabilityProbes } from './capability-probes.js';
import { contractCases } from './cases/index.js';
import type { ContractCase } from './contract-case.js';
import type { EngineUnderTest } from './engine-under-test.js';
import { misdeclaredGaps, planContract } from './plan-contract.js';
import { runCase } from './run-case.js';

const run = async () => {};
const roles = [
  {
    role: 'order',
    cases: [
      { title: 'jobs run in order', run },
      { title: 'lifo jobs run first', needs: ['lifo'], run },
      { title: 'lifo and paused', needs: ['pause', 'lifo'], run },
    ],
  },
  { role: 'control', cases: [{ title: 'pause', needs: ['pause'], run }] },
] as const satisfies { role: string; cases: ContractCase[] }[];

describe('the contract', () => {
  const titles = contractCases.flatMap(({ cases }) => cases.map(({ title }) => title));

  test('has a title of its own for each case, by which a gap can be declared', () => {
    expect(new Set(titles).size).toBe(titles.length);
  });

  test('has cases for every capability', () => {
    const needed = contractCases.flatMap(({ cases }) => cases.flatMap(({ needs = [] }) => needs));
    expect([...new Set(needed)].sort()).toEqual([...CAPABILITIES].sort());
  });
});

describe('planContract', () => {
  const titlesOf = (gaps: Record<string, string>) =>
    planContract(roles, gaps).map(({ role, tests }) => [role, tests.map(({ title }) => title)]);

  test('runs every case as it is when there are no gaps', () => {
    expect(titlesOf({})).toEqual([
      ['order', ['jobs run in order', 'lifo jobs run first', 'lifo and paused']],
      ['control', ['pause']],
    ]);
    expect(planContract(roles, {}).flatMap(({ tests }) => tests.filter(({ isGap }) => isGap))).toEqual([]);
  });

  test('replaces the cases of a missing capability by one that says why and how many', () => {
    expect(titlesOf({ pause: 'no such thing' })).toEqual([
      ['order', ['jobs run in order', 'lifo jobs run first']],
      ['declared gaps', ['pause (in place of 2 cases), refused with a typed error: no such thing']],
    ]);
  });

  test('keeps a case that is a gap by itself, and says why', () => {
    const [order] = planContract(roles, { 'jobs run in order': 'a set has none' });
    expect(order?.tests.map(({ title, isGap }) => [title, isGap])).toEqual([
      ['jobs run in order — declared gap, refused with a typed error: a set has none', true],
      ['lifo jobs run first', false],
      ['lifo and paused', false],
    ]);
  });
});

describe('misdeclaredGaps', () => {
  test('are those that nothing is called by, and those without a reason', () => {
    const gaps = { lifo: 'no', 'jobs run in order': 'no', 'jobs run in orde': 'no', pause: ' ' };
    expect(misdeclaredGaps(roles, gaps)).toEqual(['jobs run in orde', 'pause']);
    expect(misdeclaredGaps(roles, {})).toEqual([]);
  });
});

describe('capability probes', () => {
  /** Refuses whatever it is asked, or takes it. */
  const engineThat = (answer: () => Promise<unknown>): EngineUnderTest => {
    const role = new Proxy({}, { get: () => answer });
    const consumer = {
      consume: () => ({ ready: answer, close: async () => {} }),
    };
    const roles = { producer: role, schedules: role, events: role, control: role, consumer };
    const engine = { queue: () => roles } as unknown as QueueEngine;
    return { engine, another: async () => engine, close: async () => {} };
  };
  const refusing = engineThat(() => Promise.reject(new UnsupportedByEngineError('stub', 'it')));
  const taking = engineThat(() => Promise.resolve());

  test.each(CAPABILITIES)(
    'the probe of %s wants a refusal, and passes on what it gets',
    async (capability) => {
      const probe = {
        run: async (context: Parameters<ContractCase['run']>[0]) => {
          await capabilityProbes[capability](context);
        },
      };
      await expect(runCase(probe, refusing)).rejects.toBeInstanceOf(UnsupportedByEngineError);
      await expect(runCase(probe, taking)).resolves.toBeUndefined();
    },
  );
});
