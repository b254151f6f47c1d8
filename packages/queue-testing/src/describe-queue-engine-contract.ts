import { UnsupportedByEngineError, type EngineCapability } from '@switchyard/queue-contract';
import { contractCases } from './cases/index.js';
import { runCase } from './contract-case.js';
import type { DeclaredGaps, EngineUnderTest, MakeEngine } from './engine-under-test.js';

const CASE_TIMEOUT_MS = 60_000;

const CAPABILITIES = Object.keys({
  priorities: true,
  lifo: true,
  deduplication: true,
  'custom-backoff': true,
  'rate-limit': true,
  schedules: true,
  'queue-events': true,
  pause: true,
} satisfies Record<EngineCapability, true>) as EngineCapability[];

/**
 * Declares the contract suite inside a spec that Jest runs: every promise of the port, on one engine.
 *
 * @param name the engine's name, in the titles of the cases
 */
export function describeQueueEngineContract(
  name: string,
  makeEngine: MakeEngine,
  declaredGaps: DeclaredGaps = {},
): void {
  describe(`queue engine contract: ${name}`, () => {
    let tested: EngineUnderTest;
    beforeAll(async () => {
      tested = await makeEngine();
    }, CASE_TIMEOUT_MS);
    afterAll(() => tested?.close(), CASE_TIMEOUT_MS);

    test('has exactly the capabilities that it does not declare as gaps', () => {
      const declared = CAPABILITIES.filter((capability) => declaredGaps[capability] === undefined);
      expect([...tested.engine.capabilities].sort()).toEqual([...declared].sort());
    });

    test('declares gaps of this contract only, each with a reason', () => {
      const known = new Set<string>(CAPABILITIES);
      for (const { cases } of contractCases) for (const { title } of cases) known.add(title);
      expect(Object.keys(declaredGaps).filter((gap) => !known.has(gap))).toEqual([]);
      expect(Object.values(declaredGaps).filter((reason) => !reason?.trim())).toEqual([]);
    });

    for (const { role, cases } of contractCases) {
      describe(role, () => {
        for (const contractCase of cases) {
          const { title, needs = [] } = contractCase;
          const gap = [title, ...needs].map((key) => declaredGaps[key]).find((reason) => reason);
          if (gap === undefined) {
            test(title, () => runCase(contractCase, tested), CASE_TIMEOUT_MS);
          } else {
            test(
              `declared gap (${gap}), refused with a typed error: ${title}`,
              () => expect(runCase(contractCase, tested)).rejects.toBeInstanceOf(UnsupportedByEngineError),
              CASE_TIMEOUT_MS,
            );
          }
        }
      });
    }
  });
}
