import { registerCacheDriverTestSuite } from 'bentocache/test_suite';
import type { L2CacheDriver } from 'bentocache/types';

type Registration = Parameters<typeof registerCacheDriverTestSuite>[0];
type Work = () => unknown;

/** What BentoCache's suite asks of its own test runner, by Jest. */
const assert = {
  deepEqual: (actual: unknown, expected: unknown) => expect(actual).toStrictEqual(expected),
  notEqual: (actual: unknown, expected: unknown) => expect(actual).not.toBe(expected),
  isTrue: (actual: unknown) => expect(actual).toBe(true),
  isFalse: (actual: unknown) => expect(actual).toBe(false),
  isUndefined: (actual: unknown) => expect(actual).toBeUndefined(),
};

/**
 * Runs the suite that BentoCache publishes for drivers.
 *
 * @returns how many cases it has
 */
export function describeBentoCacheDriver(
  createDriver: (options?: { prefix?: string }) => L2CacheDriver,
): number {
  let cases = 0;
  const group = {
    setup(begin: () => Promise<Work>) {
      let end: Work;
      beforeAll(async () => {
        end = await begin();
      });
      afterAll(() => end());
    },
    tap: () => undefined,
    each: { teardown: (work: Work) => afterEach(async () => void (await work())) },
  };
  const test = (
    name: string,
    run: (context: { assert: unknown; cleanup: (work: Work) => void }) => Promise<void>,
  ) => {
    cases++;
    it(name, async () => {
      const cleanups: Work[] = [];
      await run({ assert, cleanup: (work) => cleanups.push(work) });
      for (const cleanup of cleanups) await cleanup();
    });
  };
  registerCacheDriverTestSuite({ group, test, createDriver } as unknown as Registration);
  return cases;
}
