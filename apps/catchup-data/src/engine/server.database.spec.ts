import { inspect } from 'node:util';
import { startPostgres, type PostgresServer } from '@switchyard/local-postgres';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { engineOf } from '../create-data.js';
import { openDatabase, type Data, type OpenDatabaseOptions } from '../index.js';
import { aUser } from '../spec-support/rows.js';
import { TEST_TOKEN_KEYS } from '../testing/open-blank.js';

let server: PostgresServer;
let databaseUrl: string;
const opened: Data[] = [];

beforeAll(async () => {
  server = await startPostgres();
  databaseUrl = (await server.createDatabase()).url;
}, 180_000);
afterEach(async () => void (await Promise.all(opened.splice(0).map((data) => data.close()))));
afterAll(() => server.stop());

async function open(options: Partial<OpenDatabaseOptions> = {}): Promise<Data> {
  const data = await openDatabase({ databaseUrl, tokenKeys: TEST_TOKEN_KEYS, ...options });
  opened.push(data);
  return data;
}

async function asAdmin<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function endSessions(): Promise<void> {
  await asAdmin((client) =>
    client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'catchup'`),
  );
}

test.each<[string, Partial<URL>]>([
  ['no-answer', { port: '1' }],
  ['no-database', { pathname: '/nothing' }],
  ['no-entry', { password: 'hunter2' }],
])('%s is told, and no password with it', async (reason, change) => {
  const refused = await open({ databaseUrl: Object.assign(new URL(databaseUrl), change).href }).catch(
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({
    code: 'ERR_DATA_UNAVAILABLE',
    reason,
    where: expect.stringMatching(/^127/),
  });
  const shown = inspect(refused, { depth: 10 }) + JSON.stringify(refused);
  expect(shown).not.toContain('hunter2');
  expect(shown).not.toContain(server.password);
});

test('a connection that ends in the middle of a statement is an error; the next statement gets a new one', async () => {
  const data = await open();
  const sleeping = engineOf(data)
    .transaction(({ queries }) => queries.execute(sql`select pg_sleep(60)`), 'read committed')
    .catch((error: unknown) => error);
  await asAdmin(async (client) => {
    const asleep = `select 1 from pg_stat_activity where wait_event = 'PgSleep'`;
    while ((await client.query(asleep)).rowCount === 0);
  });
  await endSessions();
  expect(await sleeping).toBeInstanceOf(Error);
  await data.ping();
});

test('a connection that ends while it is lent or idle stops nobody', async () => {
  const data = await open();
  await Promise.all([data.ping(), data.ping(), data.ping()]);
  await expect(
    data.transaction(async (stores) => {
      await stores.users.save(aUser('lost'));
      await endSessions();
      await stores.users.get('lost');
    }),
  ).rejects.toMatchObject({ code: 'ERR_DATA_CONNECTION_LOST' });
  // Idle ones may not have noticed yet, and say so when they are used.
  for (let tries = 0; tries < 5; tries++) await data.ping().catch(() => undefined);
  await data.ping();
  expect(await data.users.get('lost')).toBeUndefined();
});

test('a server that comes back is used again', async () => {
  const data = await open();
  await server.restart({ kill: true });
  for (let tries = 0; tries < 10; tries++) await data.ping().catch(() => undefined);
  await data.ping();
});

test('a statement that takes too long is called off', async () => {
  const data = await open({ statementTimeoutMs: 1000 });
  await asAdmin(async (client) => {
    await client.query('begin');
    await client.query('lock table users');
    await expect(data.users.get('ada')).rejects.toMatchObject({ code: 'ERR_DATA_STATEMENT_TIMEOUT' });
    await client.query('rollback');
  });
  await data.ping();
});

test('who finds all connections lent waits, and not for ever', async () => {
  const data = await open({ poolSize: 1, connectTimeoutMs: 2000 });
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let begun: () => void = () => undefined;
  const isBegun = new Promise<void>((resolve) => (begun = resolve));
  const lent = data.transaction(async (stores) => {
    await stores.users.get('ada');
    begun();
    await finished;
  });
  await isBegun;
  await expect(data.ping()).rejects.toMatchObject({ code: 'ERR_DATA_UNAVAILABLE', reason: 'no-answer' });
  finish();
  await lent;
  await data.ping();
});

test('options are checked before anything is opened', async () => {
  for (const wrong of [
    { poolSize: 0 },
    { poolSize: 101 },
    { statementTimeoutMs: 1.5 },
    { connectTimeoutMs: 0 },
  ])
    await expect(open(wrong)).rejects.toMatchObject({ code: 'ERR_DATA_OPTION' });
  await expect(open({ databaseUrl: 'postgres://u:hunter2@' })).rejects.not.toThrow('hunter2');
  await expect(open({ databaseUrl: undefined })).rejects.toMatchObject({ option: 'dataFolder' });
});
