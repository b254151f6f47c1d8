import { EngineUnavailableError, InvalidOptionError } from '@switchyard/queue-contract';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { Redis, type RedisOptions } from 'ioredis';
import { createBullMqEngine } from './index.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function start(settings?: Record<string, string>): Promise<RedisServer> {
  const server = await startRedis({ settings });
  cleanups.push(() => server.stop());
  return server;
}

function connect(port: number, options: RedisOptions = {}): Redis {
  const connection = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null, ...options });
  // Whoever lends a connection listens to it.
  connection.on('error', () => undefined);
  cleanups.push(() => connection.disconnect());
  return connection;
}

function engineOn(connection: Redis, addTimeoutMs?: number) {
  const engine = createBullMqEngine({ connection, addTimeoutMs });
  cleanups.push(() => engine.close({ timeoutMs: 0 }));
  return engine;
}

async function problemOf(connection: Redis, addTimeoutMs?: number): Promise<string> {
  const error: unknown = await engineOn(connection, addTimeoutMs)
    .ready()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EngineUnavailableError);
  expect((error as EngineUnavailableError).code).toBe('SWITCHYARD_ENGINE_UNAVAILABLE');
  return (error as Error).message;
}

describe('ready', () => {
  test('resolves on a fit server, also for a connection that was not opened yet', async () => {
    const { port } = await start();
    await engineOn(connect(port)).ready();
    await engineOn(connect(port, { lazyConnect: true })).ready();
  });

  test('nobody listens there', async () => {
    const server = await start();
    await server.kill();
    expect(await problemOf(connect(server.port))).toMatch(/cannot be reached \(ECONNREFUSED\)/);
  });

  test('somebody listens who never answers', async () => {
    const server = await start();
    const connection = connect(server.port);
    await connection.ping();
    process.kill(server.pid, 'SIGSTOP');
    try {
      expect(await problemOf(connection, 300)).toMatch(/no answer from 127\.0\.0\.1:\d+ within 300 ms/);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
  });

  test('a wrong password is named, and not shown', async () => {
    const { port } = await start({ requirepass: 'right' });
    const problem = await problemOf(connect(port, { password: 'secret-but-wrong' }));
    expect(problem).toMatch(/refuses the user name or password/);
    expect(problem).not.toContain('secret-but-wrong');
  });

  test('a missing password is named', async () => {
    const { port } = await start({ requirepass: 'right' });
    expect(await problemOf(connect(port))).toMatch(/wants a password and none was given/);
  });

  test('a read-only replica is refused', async () => {
    const master = await start();
    const replica = await start({ replicaof: `127.0.0.1 ${master.port}` });
    expect(await problemOf(connect(replica.port))).toMatch(`read-only replica of 127.0.0.1:${master.port}`);
  });

  test('a server that evicts keys is refused', async () => {
    const { port } = await start({ 'maxmemory-policy': 'allkeys-lru' });
    expect(await problemOf(connect(port))).toMatch(/maxmemory-policy allkeys-lru.*noeviction/);
  });

  test('it does so for a user who may not run CONFIG', async () => {
    const { port } = await start({ 'maxmemory-policy': 'volatile-lru' });
    const admin = connect(port);
    await admin.call('ACL', 'SETUSER', 'app', 'on', '>pass', '~*', '&*', '+@all', '-config');
    expect(await problemOf(connect(port, { username: 'app', password: 'pass' }))).toMatch(/volatile-lru/);
  });

  test('a connection that its owner closed is named', async () => {
    const { port } = await start();
    const connection = connect(port);
    await connection.quit();
    expect(await problemOf(connection)).toMatch(/was closed/);
  });

  test('it finds a server that was started meanwhile', async () => {
    const server = await start();
    await server.kill();
    const connection = connect(server.port);
    const engine = engineOn(connection);
    await expect(engine.ready()).rejects.toBeInstanceOf(EngineUnavailableError);
    // Listened for beforehand: the connection may be ready before the server is told to be.
    const isBack = new Promise((resolve) => connection.once('ready', resolve));
    await server.restart();
    await isBack;
    await engine.ready();
  });
});

describe('options', () => {
  const lazy = (options?: RedisOptions) => connect(1, { lazyConnect: true, ...options });

  test.each(['drainDelay', 'commandTimeout', 'stalledInterval', 'sharedConnection'])(
    '[25] %s is no option, and is refused rather than ignored',
    (option) => {
      const options = { connection: lazy(), [option]: 5 };
      expect(() => createBullMqEngine(options)).toThrow(
        expect.objectContaining({
          code: 'SWITCHYARD_INVALID_OPTION',
          option: `${option} of createBullMqEngine`,
        }),
      );
    },
  );

  test.each(['bull', '', 'with space'])('[1] prefix %j is refused', (prefix) => {
    expect(() => createBullMqEngine({ connection: lazy(), prefix })).toThrow(InvalidOptionError);
  });

  test.each([
    { addTimeoutMs: 0 },
    { addTimeoutMs: 600_001 },
    { addTimeoutMs: Number.NaN },
    { lockMs: 999 },
    { lockMs: 1.5e9 },
  ])('%j is refused', (options) => {
    expect(() => createBullMqEngine({ connection: lazy(), ...options })).toThrow(InvalidOptionError);
  });

  test('keyspace names server, database and prefix, and no secret', () => {
    const connection = lazy({ db: 3, password: 'hush', username: 'me' });
    expect(engineOn(connection).keyspace).toBe('redis://127.0.0.1:1/3/switchyard');
    const custom = createBullMqEngine({ connection, prefix: 'app' });
    expect(custom.keyspace).toBe('redis://127.0.0.1:1/3/app');
    return custom.close();
  });
});
