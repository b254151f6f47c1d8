import { createData } from './create-data.js';
import type { Data } from './data.js';
import { parseDatabaseUrl } from './engine/database-url.js';
import { IN_MEMORY, openEmbeddedEngine } from './engine/embedded-engine.js';
import type { Engine } from './engine/engine.js';
import { openServerEngine, type ServerOptions } from './engine/server-engine.js';
import { InvalidDataOptionError } from './errors.js';
import { migrate } from './migrations/migrate.js';
import { MIGRATIONS_FOLDER, readMigrations } from './migrations/migration-files.js';
import { createSealing } from './tokens/sealing.js';
import { createKeyRing, type TokenKey } from './tokens/token-keys.js';

export interface OpenDatabaseOptions {
  /** `postgres://user:password@host:port/database`. Without it the database is embedded. */
  readonly databaseUrl?: string;
  /** Of the embedded database, made where it is missing; `memory` keeps nothing. One process at a time may use it. */
  readonly dataFolder?: string;
  /** The first one seals tokens, all of them open. */
  readonly tokenKeys: readonly TokenKey[];
  /** Connections to the server: 1 to 100, default 10. */
  readonly poolSize?: number;
  /** To wait for a connection, new or free: 100 to 60 000, default 5000. */
  readonly connectTimeoutMs?: number;
  /** For one statement: 100 to 600 000, default 30 000. */
  readonly statementTimeoutMs?: number;
  /** For the distance between tries of a transaction, default `Math.random`. */
  readonly random?: () => number;
  /** Default: this package's own. */
  readonly migrationsFolder?: string;
}

/** Another process may be migrating for so long. */
const MIGRATION_TIMEOUT_MS = 180_000;

/**
 * Opens the database and brings its tables up to date.
 *
 * @throws InvalidDataOptionError, InvalidTokenKeyError
 * @throws DatabaseUnavailableError where the server cannot be had
 * @throws FolderInUseError where an embedded database is open elsewhere
 * @throws MigrationError where its tables are not what this code knows
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Data> {
  const sealing = createSealing(createKeyRing(options.tokenKeys));
  const migrations = await readMigrations(options.migrationsFolder ?? MIGRATIONS_FOLDER);
  const { databaseUrl, dataFolder, random = Math.random } = options;
  if (databaseUrl === undefined) {
    if (!dataFolder)
      throw new InvalidDataOptionError('dataFolder', dataFolder, `a folder, or "${IN_MEMORY}"`);
    const engine = await openEmbeddedEngine(dataFolder);
    await closingOnFailure(engine, () => migrate(engine, migrations));
    return createData({ engine, sealing, where: dataFolder, random });
  }
  const server = serverOptions(databaseUrl, options);
  const migrator = await openServerEngine({
    ...server,
    poolSize: 1,
    statementTimeoutMs: MIGRATION_TIMEOUT_MS,
  });
  await closingOnFailure(migrator, () => migrate(migrator, migrations));
  await migrator.close();
  const engine = await openServerEngine(server);
  return createData({ engine, sealing, where: server.address.where, random });
}

function serverOptions(databaseUrl: string, options: OpenDatabaseOptions): ServerOptions {
  const address = parseDatabaseUrl(databaseUrl);
  if ('problem' in address)
    throw new InvalidDataOptionError('databaseUrl', 'that', `none that ${address.problem}`);
  return {
    address,
    poolSize: within('poolSize', options.poolSize ?? 10, 1, 100),
    connectTimeoutMs: within('connectTimeoutMs', options.connectTimeoutMs ?? 5000, 100, 60_000),
    statementTimeoutMs: within('statementTimeoutMs', options.statementTimeoutMs ?? 30_000, 100, 600_000),
  };
}

function within(option: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new InvalidDataOptionError(option, value, `${min} to ${max}`);
  return value;
}

async function closingOnFailure(engine: Engine, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    await engine.close();
    throw error;
  }
}
