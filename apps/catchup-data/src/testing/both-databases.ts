import type { OpenBlank } from './open-blank.js';
import { createTestDatabases, type TestDatabasesOptions } from './test-databases.js';

type Hook = (run: () => Promise<void>, timeoutMs?: number) => void;

/** Jest's, which stand in every spec. */
const jest = globalThis as unknown as {
  describe: (name: string, define: () => void) => void;
  beforeAll: Hook;
  afterAll: Hook;
};

/** A server that has to be fetched first, on a machine that does much else. */
const START_TIMEOUT_MS = 180_000;

/**
 * Runs a block twice: on a database embedded in this process, and on a server that is started when it is first needed
 * and stopped at the end of the file.
 */
export function createDescribeOnBothDatabases(options: TestDatabasesOptions) {
  const databases = createTestDatabases(options);
  jest.afterAll(() => databases.stop());

  return (name: string, define: (open: OpenBlank) => void): void => {
    for (const kind of ['embedded', 'server'] as const) {
      jest.describe(`${name} (${kind})`, () => {
        const { open, close } = databases.opening(kind);
        jest.beforeAll(() => databases.start(kind), START_TIMEOUT_MS);
        jest.afterAll(close);
        define(open);
      });
    }
  };
}
