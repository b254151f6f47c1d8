import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '@switchyard/local-postgres';
import { sql } from 'drizzle-orm';
import type { Engine } from '../engine/engine.js';
import { parseDatabaseUrl, type DatabaseAddress } from '../engine/database-url.js';
import { openServerEngine } from '../engine/server-engine.js';
import { startEmbedded } from '../testing/embedded-in-memory.js';
import { migrate } from './migrate.js';
import { MigrationError, type MigrationProblem } from './migration-error.js';
import { readMigrations } from './migration-files.js';

let server: PostgresServer;
let embedded: Engine;
let folder: string;

beforeAll(async () => {
  [server, embedded] = await Promise.all([startPostgres(), startEmbedded()]);
}, 180_000);
afterAll(() => Promise.all([server.stop(), embedded.close()]));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await write('0001_one.sql', 'create table one (n integer);\ninsert into one values (1);\n');
  await write('0002_two.sql', 'create table two ();\ninsert into one values (2);\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const apply = async (engine: Engine) => migrate(engine, await readMigrations(folder));
const rowsOf = async (engine: Engine, query: string) =>
  ((await engine.queries.execute(sql.raw(query))) as unknown as { rows: Record<string, unknown>[] }).rows;

async function refusal(engine: Engine): Promise<{ file: string; problem: MigrationProblem }> {
  const error = await apply(engine).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MigrationError);
  const { file, problem, message } = error as MigrationError;
  expect(message).toContain(file);
  return { file, problem };
}

async function connect(url: string, poolSize = 1): Promise<Engine> {
  return openServerEngine({
    address: parseDatabaseUrl(url) as DatabaseAddress,
    poolSize,
    connectTimeoutMs: 30_000,
    statementTimeoutMs: 60_000,
  });
}

describe.each(['embedded', 'server'])('migrations (%s)', (kind) => {
  let engine: Engine;
  beforeEach(async () => {
    if (kind === 'server') engine = await connect((await server.createDatabase()).url);
    else {
      engine = embedded;
      const blank = 'drop schema public cascade; create schema public';
      await engine.transaction(({ runScript }) => runScript(blank), 'read committed');
    }
  });
  afterEach(async () => {
    if (kind === 'server') await engine.close();
  });

  test('a file that was changed after it was applied is refused', async () => {
    await apply(engine);
    await write('0001_one.sql', 'create table one (n integer)');
    expect(await refusal(engine)).toEqual({ file: '0001_one.sql', problem: 'changed' });
  });

  test('a file that was applied and has another name now is refused', async () => {
    await apply(engine);
    await rename(join(folder, '0001_one.sql'), join(folder, '0001_uno.sql'));
    expect(await refusal(engine)).toEqual({ file: '0001_one.sql', problem: 'missing' });
  });

  test('a database that is newer than the code is refused', async () => {
    await apply(engine);
    await rm(join(folder, '0002_two.sql'));
    expect(await refusal(engine)).toEqual({ file: '0002_two.sql', problem: 'newer' });
  });

  test('of a file that fails nothing stays, and what came before it does', async () => {
    await write(
      '0003_three.sql',
      'create table three (); insert into one values (3); insert into nowhere values (1)',
    );
    expect(await refusal(engine)).toEqual({ file: '0003_three.sql', problem: 'failed' });
    expect(await rowsOf(engine, 'select n from one order by n')).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await rowsOf(engine, `select to_regclass('three')::text as three`)).toEqual([{ three: null }]);
    await write('0003_three.sql', 'create table three ()');
    expect(await apply(engine)).toEqual(['0003_three.sql']);
  });

  test('each file is applied once, whatever its line ends are', async () => {
    expect(await apply(engine)).toEqual(['0001_one.sql', '0002_two.sql']);
    await write('0001_one.sql', 'create table one (n integer);\r\ninsert into one values (1);\r\n');
    expect(await apply(engine)).toEqual([]);
    expect(await rowsOf(engine, 'select n from one order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  });
});

test.each([
  ['a gap', '0004_four.sql'],
  ['a name without a number', 'three.sql'],
  ['a number twice', '0002_zwei.sql'],
])('%s in the row of files is refused', async (_, name) => {
  await write(name, 'select 1');
  await expect(readMigrations(folder)).rejects.toMatchObject({ problem: 'misnamed', file: name });
});

test('of several that start at once each file is applied by one, and all go on', async () => {
  const { url } = await server.createDatabase();
  const engines = await Promise.all(Array.from({ length: 4 }, () => connect(url)));
  await write(
    '0001_one.sql',
    'create table one (n integer); insert into one values (1); select pg_sleep(0.2);',
  );
  const applied = await Promise.all(engines.map(apply));
  expect(applied.flat().sort()).toEqual(['0001_one.sql', '0002_two.sql']);
  expect(await rowsOf(engines[0] as Engine, 'select n from one order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  await Promise.all(engines.map((engine) => engine.close()));
});

test('a user who may create nothing can use a database that is up to date', async () => {
  const { url, name } = await server.createDatabase();
  const admin = await connect(url);
  await apply(admin);
  await admin.queries.execute(sql.raw(`create role reader login password 'reader'`));
  await admin.queries.execute(sql.raw('grant select on schema_migrations to reader'));
  const readersUrl = new URL(url);
  [readersUrl.username, readersUrl.password, readersUrl.pathname] = ['reader', 'reader', `/${name}`];
  const reader = await connect(readersUrl.href);
  expect(await apply(reader)).toEqual([]);
  await Promise.all([admin.close(), reader.close()]);
});
