import { startPostgres, type PostgresServer } from '@switchyard/local-postgres';
import pg from 'pg';
import { command, expectWholeWorld } from './spec-support/command.js';

const TIMEOUT_MS = 180_000;

test(
  'starts a server of its own where it is asked to',
  async () => {
    const { database, texts } = expectWholeWorld(await command(['--json', '--database=server']));
    expect(database).toBe('server');
    expect(texts[0]).toContain('Call Clara Fischer today at 17:00');
  },
  TIMEOUT_MS,
);

describe('with DATABASE_URL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, TIMEOUT_MS);
  afterAll(() => server.stop());

  const query = async (text: string): Promise<readonly string[]> => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      return (await client.query<{ name: string }>(text)).rows.map(({ name }) => name);
    } finally {
      await client.end();
    }
  };
  const databases = () => query('select datname as name from pg_database order by 1');
  const tables = () =>
    query(`select tablename as name from pg_tables where schemaname = 'public' order by 1`);

  it(
    'lives in a database of its own there, which goes with it, and leaves the named one alone',
    async () => {
      await query('create table users (name text)');
      const before = await databases();
      const ran = await command(['--json'], { env: { DATABASE_URL: server.url } });
      expect(expectWholeWorld(ran).database).toBe('given');
      expect(ran.stderr).toMatch(/ switchyard_world_[\da-f]{12}$/m);
      expect(await databases()).toEqual(before);
      expect(await tables()).toEqual(['users']);
    },
    TIMEOUT_MS,
  );

  it('is refused politely, without the password, where it may not make one', async () => {
    await query(`create role guest login password 'hush-hush'`);
    const url = new URL(server.url);
    Object.assign(url, { username: 'guest', password: 'hush-hush' });
    const refused = await command([], { env: { DATABASE_URL: url.href } });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/does not let us make a database of our own .*\(42501\)/);
    const nowhere = await command([], { env: { DATABASE_URL: 'mysql://u:hush-hush@127.0.0.1/x' } });
    expect(nowhere).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('DATABASE_URL is none') });
    expect(refused.stderr + nowhere.stderr).not.toContain('hush');
  });
});
