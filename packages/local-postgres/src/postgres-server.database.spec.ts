import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { findFreePort } from '@switchyard/local-server';
import { findPostgres, PostgresStartError, startPostgres, type PostgresServer } from './index.js';
import { connected, using } from './spec-support/using.js';

const running: PostgresServer[] = [];

async function start(options?: Parameters<typeof startPostgres>[0]): Promise<PostgresServer> {
  const server = await startPostgres(options);
  running.push(server);
  return server;
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

/** For what leaves a server as it is. */
let shared: PostgresServer;

beforeAll(async () => {
  shared = await startPostgres();
});

afterAll(() => shared.stop());

const valuesOf = (url: string, sql: string) =>
  using(url, async (client) => (await client.query({ text: sql, rowMode: 'array' })).rows.flat());

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

describe('startPostgres', () => {
  it('starts what findPostgres finds, on 127.0.0.1 alone', async () => {
    const { url, port, user, password } = shared;
    expect(url).toBe(`postgres://${user}:${password}@127.0.0.1:${port}/postgres`);
    const { version } = await findPostgres();
    expect(shared.version).toBe(version);
    expect(
      await valuesOf(
        url,
        `SELECT current_setting('server_version'), current_setting('listen_addresses'),
                current_setting('unix_socket_directories'), current_setting('port')`,
      ),
    ).toEqual([expect.stringContaining(version), '127.0.0.1', '', String(port)]);
    for (const { address, internal, family } of Object.values(networkInterfaces()).flatMap(
      (each) => each ?? [],
    )) {
      if (internal || family !== 'IPv4') continue;
      await expect(connected(url.replace('127.0.0.1', address))).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      });
    }
  });

  it('lets nobody in without the password', async () => {
    const wrong = new URL(shared.url);
    wrong.password = 'guessed';
    await expect(connected(wrong.href)).rejects.toMatchObject({ code: '28P01' });
  });

  it('sorts by bytes, knows letters and time zones, and tells time in UTC', async () => {
    const sql = `SELECT 'a' > 'B', lower('ÄÉ'), current_setting('TimeZone'),
                        ('2026-07-01 12:00+00'::timestamptz AT TIME ZONE 'Europe/Berlin')::text`;
    expect(await valuesOf(shared.url, sql)).toEqual([true, 'äé', 'UTC', '2026-07-01 14:00:00']);
  });

  it('takes settings over its defaults', async () => {
    const { url } = await start({ settings: { max_connections: '7', fsync: 'on', 'my.name': 'a b' } });
    const sql = `SELECT current_setting('max_connections'), current_setting('fsync'),
                        current_setting('jit'), current_setting('my.name')`;
    expect(await valuesOf(url, sql)).toEqual(['7', 'on', 'off', 'a b']);
  });

  it('starts several at once, each with data of its own', async () => {
    const servers = await Promise.all([start(), start()]);
    expect(new Set(servers.map(({ port }) => port)).size).toBe(2);
    await Promise.all(servers.map((server) => server.createDatabase('mine')));
    for (const { url } of servers) {
      const sql = `SELECT count(*)::int FROM pg_database WHERE datname = 'mine'`;
      expect(await valuesOf(url, sql)).toEqual([1]);
    }
  });

  it('takes another port when somebody was faster', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port: taken } = squatter.address() as AddressInfo;
    const asked: number[] = [];
    const findPort = async () => {
      asked.push(asked.length === 0 ? taken : await findFreePort());
      return asked.at(-1) ?? 0;
    };
    const server = await start({ findPort });
    expect(asked[0]).toBe(taken);
    expect(asked.length).toBeGreaterThan(1);
    expect(server.port).toBe(asked.at(-1));
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('says what the server said when it does not come up, and leaves nothing', async () => {
    const { folder } = shared;
    const failed = await startPostgres({ settings: { shared_buffers: 'plenty' } }).catch((error) => error);
    expect(failed).toBeInstanceOf(PostgresStartError);
    expect(failed).toMatchObject({
      code: 'POSTGRES_START_FAILED',
      logTail: expect.stringContaining('invalid value for parameter "shared_buffers": "plenty"'),
    });
    expect(failed.message).toContain(failed.logTail);
    // Others may have servers in the same place.
    const data = dirname(folder);
    const logs = readdirSync(data).map((name) => join(data, name, 'postgres.log'));
    expect(logs).toContain(join(folder, 'postgres.log'));
    expect(logs.filter((log) => readOrEmpty(log).includes('plenty'))).toEqual([]);
  });
});

describe('createDatabase', () => {
  it('makes databases with names of their own, and of any name', async () => {
    const names = ['a b:"c"&@', 'ä', 'postgres%20'];
    const made = await Promise.all([
      shared.createDatabase(),
      shared.createDatabase(),
      ...names.map((name) => shared.createDatabase(name)),
    ]);
    expect(new Set(made.map(({ name }) => name)).size).toBe(5);
    for (const { name, url } of made) {
      expect(await valuesOf(url, 'SELECT current_database()')).toEqual([name]);
    }
    expect(made.slice(2).map(({ name }) => name)).toEqual(names);
  });

  it('copies a template with its rows', async () => {
    const template = await shared.createDatabase('template');
    await using(template.url, (client) => client.query('CREATE TABLE t AS SELECT 7 AS seven'));
    const copy = await shared.createDatabase(undefined, { template: template.name });
    await using(copy.url, (client) => client.query('UPDATE t SET seven = 8'));
    expect(await valuesOf(template.url, 'SELECT seven FROM t')).toEqual([7]);
  });

  it('passes on that a name is taken', async () => {
    await shared.createDatabase('twice');
    await expect(shared.createDatabase('twice')).rejects.toMatchObject({ code: '42P04' });
  });
});

describe('stopping and starting again', () => {
  it.each([{ kill: false }, { kill: true }])(
    'keeps what was committed, port and folder (%o)',
    async (how) => {
      const server = await start();
      const { port, folder, pid } = server;
      const { url } = await server.createDatabase();
      await using(url, async (client) => {
        await client.query('CREATE TABLE t AS SELECT 1 AS one');
        await client.query('BEGIN');
        await client.query('INSERT INTO t VALUES (2)');
        await server.restart(how);
      });
      expect([server.port, server.folder]).toEqual([port, folder]);
      expect(server.pid).not.toBe(pid);
      expect(await valuesOf(url, 'SELECT one FROM t')).toEqual([1]);
    },
  );

  it('is not reachable while killed', async () => {
    const server = await start();
    const { url, name } = await server.createDatabase();
    await server.kill();
    await expect(connected(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(server.createDatabase()).rejects.toMatchObject({
      code: 'POSTGRES_NOT_REACHABLE',
      port: server.port,
    });
    await server.restart();
    expect(await valuesOf(url, 'SELECT current_database()')).toEqual([name]);
  });

  it('stops under a client that is connected, removes its folder, and may be told twice', async () => {
    const server = await start();
    const client = await connected(server.url);
    const told = new Promise((resolve) => client.once('error', resolve));
    await server.stop();
    // The words of a shutdown in good order; a server that waits for its clients is killed in the end.
    expect(await told).toMatchObject({ message: 'terminating connection due to administrator command' });
    expect(existsSync(server.folder)).toBe(false);
    await server.stop();
  });
});
