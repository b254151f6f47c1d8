import { createServer, connect, type AddressInfo } from 'node:net';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { hasBull } from './testing/flag-modes.js';
import { compileCatchUp, endSpawned, spawnCatchUp } from './testing/spawned-catchup.js';

const cleanups: (() => unknown)[] = [];
let redis: RedisServer;
beforeAll(async () => {
  compileCatchUp();
  redis = await startRedis();
}, 120_000);
afterEach(async () => {
  await endSpawned();
  for (const clean of cleanups.splice(0).reverse()) await clean();
});
afterAll(() => redis.stop());

async function start(settings: Record<string, string>): Promise<RedisServer> {
  const server = await startRedis({ settings });
  cleanups.push(() => server.stop());
  return server;
}

/** What the app says when it refuses to start. */
async function refusal(environment: Record<string, string>): Promise<string> {
  const app = spawnCatchUp({ USE_BULLMQ: 'true', ...environment });
  expect(await app.ended).toEqual({ code: 1, signal: null });
  // Whatever it warned of on the way, the reason is one line without a stack.
  const reasons = app.stderr.split('\n').filter((line) => line !== '');
  expect(reasons).toEqual([expect.stringMatching(/^CatchUp cannot start: /)]);
  expect(app.log.filter(({ operation }) => operation === 'start')).toEqual([]);
  return reasons.join();
}

describe('settings', () => {
  test('an unknown queue in the flag is named, with those there are', async () => {
    const reason = await refusal({ REDIS_URL: redis.url, USE_BULLMQ: 'calendar-sink' });
    expect(reason).toMatch(/USE_BULLMQ.*calendar-sink.*calendar-sync/);
  });

  test('a share that is none is named', async () => {
    const reason = await refusal({ REDIS_URL: redis.url, USE_BULLMQ: 'calendar-sync=250%' });
    expect(reason).toMatch(/USE_BULLMQ.*250%/);
  });

  test('the flag of a queue that does not exist is named', async () => {
    const reason = await refusal({ REDIS_URL: redis.url, USE_BULLMQ_CALENDAR_SINK: 'true' });
    expect(reason).toContain('USE_BULLMQ_CALENDAR_SINK');
  });

  if (!hasBull) {
    test.each(['false', 'calendar-sync'])('=%s, which leaves queues on a Bull that is gone', async (flag) => {
      const reason = await refusal({ REDIS_URL: redis.url, USE_BULLMQ: flag });
      expect(reason).toMatch(/no legacy engine.*adaptive-sync/);
    });
  }

  test('a URL that cannot be parsed is not shown', async () => {
    const reason = await refusal({ REDIS_URL: 'redis://:hunter2@local host:6379' });
    expect(reason).toMatch(/REDIS_URL cannot be parsed/);
    expect(reason).not.toContain('hunter2');
  });

  test('everything that is wrong is told at once', async () => {
    const reason = await refusal({
      REDIS_PORT: 'x',
      USE_BULLMQ: 'nope',
      LOG_LEVEL: 'loud',
      UPSTASH_REDIS_REST_URL: 'redis://:hunter2@fox.upstash.io',
      UPSTASH_REDIS_REST_TOKEN: '',
      NODE_ENV: 'production',
    });
    const http = ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN', 'CACHE_ENCRYPTION_KEYS'];
    for (const name of ['REDIS_URL', 'REDIS_PORT', 'USE_BULLMQ', 'LOG_LEVEL', ...http]) {
      expect(reason).toContain(name);
    }
    expect(reason).not.toContain('hunter2');
  });

  test('a flag with a trailing newline is what it says', async () => {
    const app = spawnCatchUp({ REDIS_URL: `${redis.url}\n`, USE_BULLMQ: 'true\n' });
    await app.ready();
  });
});

describe('Redis', () => {
  test('that is absent', async () => {
    const absent = await startRedis();
    await absent.stop();
    expect(await refusal({ REDIS_URL: absent.url })).toContain(`127.0.0.1:${absent.port}`);
  });

  test('that wants another password, which is not shown', async () => {
    const { port } = await start({ requirepass: 'right' });
    const reason = await refusal({ REDIS_URL: `redis://:hunter2@127.0.0.1:${port}` });
    expect(reason).toMatch(/password/);
    expect(reason).not.toContain('hunter2');
  });

  test('that evicts', async () => {
    const { url } = await start({ 'maxmemory-policy': 'allkeys-lru', maxmemory: '50mb' });
    expect(await refusal({ REDIS_URL: url })).toMatch(/allkeys-lru.*noeviction|noeviction.*allkeys-lru/);
  });

  test('that is a read-only replica', async () => {
    const { url } = await start({ replicaof: `127.0.0.1 ${redis.port}` });
    expect(await refusal({ REDIS_URL: url })).toMatch(/read-only|replica/);
  });

  test('that is too old', async () => {
    const old = await pretendVersion(redis.port, '4.0.1');
    expect(await refusal({ REDIS_URL: old })).toMatch(/4\.0\.1\b/);
  });
});

/** The real Redis behind a wire on which it says another version of itself. */
async function pretendVersion(port: number, version: string): Promise<string> {
  const proxy = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    client.pipe(server);
    server.on('data', (data) => {
      // The length of the reply was announced already.
      const text = data
        .toString('latin1')
        .replace(/redis_version:[\d.]+/, ({ length }) => `redis_version:${version}`.padEnd(length));
      client.write(Buffer.from(text, 'latin1'));
    });
    client.on('error', () => undefined).on('close', () => server.destroy());
    server.on('error', () => undefined).on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => proxy.close());
  return `redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
