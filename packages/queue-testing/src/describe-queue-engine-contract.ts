import type { DeclaredGaps, MakeEngine } from './engine-under-test.js';

/**
 * Declares the contract suite inside a spec that Jest runs.
 *
 * @param name the engine's name, in the titles of the cases
 */
export function describeQueueEngineContract(
  name: string,
  makeEngine: MakeEngine,
  _declaredGaps: DeclaredGaps = {},
): void {
  describe(`queue engine contract: ${name}`, () => {
    test('is ready', async () => {
      const { engine, close } = await makeEngine();
      await engine.ready();
      await close();
    });
  });
}
