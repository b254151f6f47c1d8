import { sql } from 'drizzle-orm';
import type { Engine, EngineTransaction, Queries } from '../engine/engine.js';
import { MigrationError } from './migration-error.js';
import type { MigrationFile } from './migration-files.js';

/** Nobody else's advisory locks are in this database; it only has to be the same in every version. */
const LOCK = 20_261_120;
/** How long to wait for another process that migrates. */
const LOCK_WAIT = '120s';

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/**
 * Applies what is missing, each file in a transaction of its own, under a lock that only one process at a time has, and
 * which ends with the transaction: of several processes that start at once each file is applied by one.
 *
 * @returns the names of those that this call applied
 * @throws MigrationError
 */
export async function migrate(engine: Engine, files: readonly MigrationFile[]): Promise<string[]> {
  const done: string[] = [];
  for (;;) {
    const name = await engine.transaction((transaction) => applyNext(transaction, files), 'read committed');
    if (name === undefined) return done;
    done.push(name);
  }
}

async function applyNext(transaction: EngineTransaction, files: readonly MigrationFile[]) {
  const { queries } = transaction;
  await queries.execute(sql.raw(`set local lock_timeout = '${LOCK_WAIT}'`));
  await queries.execute(sql.raw('set local statement_timeout = 0'));
  await queries.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
  const applied = await appliedMigrations(transaction);
  compare(applied, files);
  const next = files[applied.length];
  if (!next) return undefined;
  try {
    await transaction.runScript(next.script);
  } catch (error) {
    throw new MigrationError(next.name, 'failed', (error as Error).message, { cause: error });
  }
  await queries.execute(
    sql`insert into schema_migrations (number, name, checksum, applied_at)
        values (${next.number}, ${next.name}, ${next.checksum}, now())`,
  );
  return next.name;
}

async function appliedMigrations(transaction: EngineTransaction): Promise<readonly AppliedMigration[]> {
  const { queries } = transaction;
  const [table] = await rowsOf<{ there: boolean }>(
    queries,
    sql`select to_regclass('schema_migrations') is not null as there`,
  );
  if (!table?.there) {
    await transaction.runScript(
      `create table schema_migrations (
         number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null
       )`,
    );
  }
  return rowsOf(queries, sql`select number, name, checksum from schema_migrations order by number`);
}

function compare(applied: readonly AppliedMigration[], files: readonly MigrationFile[]): void {
  for (const [index, { name, checksum }] of applied.entries()) {
    const file = files[index];
    if (!file) throw new MigrationError(name, 'newer', 'the database has it, and this code is older');
    if (file.name !== name)
      throw new MigrationError(name, 'missing', `it was applied, and in its place there is ${file.name}`);
    if (file.checksum !== checksum)
      throw new MigrationError(name, 'changed', 'it was applied, and the file is another one now');
  }
}

async function rowsOf<Row>(queries: Queries, query: ReturnType<typeof sql>): Promise<Row[]> {
  return ((await queries.execute(query)) as { rows: Row[] }).rows;
}
