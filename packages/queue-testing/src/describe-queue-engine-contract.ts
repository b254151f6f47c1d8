import { UnsupportedByEngineError } from '@switchyard/queue-contract';
import { CAPABILITIES } from './capability-probes.js';
import { contractCases } from './cases/index.js';
import type { DeclaredGaps, EngineUnderTest, MakeEngine } from './engine-under-test.js';
import { misdeclaredGaps, planContract } from './plan-contract.js';
import { runCase } from './run-case.js';

const CASE_TIMEOUT_MS = 60_000;

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
      expect(misdeclaredGaps(contractCases, declaredGaps)).toEqual([]);
    });

    for (const { role, tests } of planContract(contractCases, declaredGaps)) {
      describe(role, () => {
        for (const { title, run, isGap } of tests) {
          const runOrRefuse = async () => {
            const running = runCase({ run }, tested);
            if (isGap) await expect(running).rejects.toBeInstanceOf(UnsupportedByEngineError);
            else await running;
          };
          test(title, runOrRefuse, CASE_TIMEOUT_MS);
        }
      });
    }
  });
}
