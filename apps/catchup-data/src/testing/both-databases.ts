import type { Engine } from '../engine/engine.js';
import { migrate } from '../migrations/migrate.js';
import { MIGRATIONS_FOLDER, readMigrations } from '../migrations/migration-files.js';
import { openDatabase } from '../open-database.js';
import { startEmbedded } from './embedded-in-memory.js';
import {
  openingEmbedded,
  openingOnServer,
  TEST_TOKEN_KEYS,
  type OpenBlank,
  type Opening,
} from './open-blank.js';

/** A PostgreSQL server of the test's own. */
export interface DatabaseServer {
  /** @returns a new database, a copy of `template` where that is given */
  createDatabase(name?: string, options?: { readonly template?: string }): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}

export interface BothDatabasesOptions {
  /** Called once a file, at most. */
  readonly startServer: () => Promise<DatabaseServer>;
}

type Hook = (run: () => Promise<void>, timeoutMs?: number) => void;

/** Jest's, which stand in every spec. */
const jest = globalThis as unknown as {
  describe: (name: string, define: () => void) => void;
  beforeAll: Hook;
  afterAll: Hook;
};

const TEMPLATE = 'catchup_template';
/** A server that has to be fetched first, on a machine that does much else. */
const START_TIMEOUT_MS = 180_000;

/**
 * Runs a block twice: on a database embedded in this process, and on a server that is started when it is first needed
 * and stopped at the end of the file.
 */
export function createDescribeOnBothDatabases({ startServer }: BothDatabasesOptions) {
  let starting: Promise<DatabaseServer> | undefined;
  let embedded: Promise<Engine> | undefined;
  const server = () => (starting ??= startWithTemplate(startServer));
  const engine = () => (embedded ??= startMigrated());

  jest.afterAll(async () => {
    await (await starting)?.stop();
    await (await embedded)?.close();
  });

  return (name: string, define: (open: OpenBlank) => void): void => {
    const block = (title: string, { open, close }: Opening, start: () => Promise<unknown>) =>
      jest.describe(`${name} (${title})`, () => {
        jest.beforeAll(async () => void (await start()), START_TIMEOUT_MS);
        jest.afterAll(close);
        define(open);
      });
    const create = async () => (await (await server()).createDatabase(undefined, { template: TEMPLATE })).url;
    block('embedded', openingEmbedded(engine), engine);
    block('server', openingOnServer(create), server);
  };
}

async function startMigrated(): Promise<Engine> {
  const engine = await startEmbedded();
  await migrate(engine, await readMigrations(MIGRATIONS_FOLDER));
  return engine;
}

async function startWithTemplate(startServer: () => Promise<DatabaseServer>): Promise<DatabaseServer> {
  const server = await startServer();
  const { url } = await server.createDatabase(TEMPLATE);
  await (await openDatabase({ databaseUrl: url, tokenKeys: TEST_TOKEN_KEYS })).close();
  return server;
}
