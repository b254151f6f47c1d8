import type { Data } from '../data.js';
import type { Engine } from '../engine/engine.js';
import { migrate } from '../migrations/migrate.js';
import { MIGRATIONS_FOLDER, readMigrations } from '../migrations/migration-files.js';
import { openDatabase } from '../open-database.js';
import { startEmbedded } from './embedded-in-memory.js';
import { openingEmbedded, openingOnServer, TEST_TOKEN_KEYS, type Opening } from './open-blank.js';

/** A PostgreSQL server of the test's own. */
export interface DatabaseServer {
  /** @returns a new database, a copy of `template` where that is given */
  createDatabase(name?: string, options?: { readonly template?: string }): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}

export interface TestDatabasesOptions {
  /** Called once, when a database on a server is wanted first. */
  readonly startServer: () => Promise<DatabaseServer>;
}

/** Both databases, each started once, when it is wanted first: a blank one costs next to nothing from then on. */
export interface TestDatabases {
  start(kind: Data['kind']): Promise<void>;
  /** Of embedded ones, one at a time is in use. */
  opening(kind: Data['kind']): Opening;
  stop(): Promise<void>;
}

const TEMPLATE = 'catchup_template';

export function createTestDatabases({ startServer }: TestDatabasesOptions): TestDatabases {
  let starting: Promise<DatabaseServer> | undefined;
  let embedded: Promise<Engine> | undefined;
  const server = () => (starting ??= startWithTemplate(startServer));
  const engine = () => (embedded ??= startMigrated());
  const create = async () => (await (await server()).createDatabase(undefined, { template: TEMPLATE })).url;
  return {
    start: async (kind) => void (await (kind === 'server' ? server() : engine())),
    opening: (kind) => (kind === 'server' ? openingOnServer(create) : openingEmbedded(engine)),
    async stop() {
      await (await starting)?.stop();
      await (await embedded)?.close();
    },
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
