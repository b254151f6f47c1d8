import {
  billedCommands,
  parseClientList,
  parseCommandStats,
  startRedis,
  startRestEndpoint,
  type RedisServer,
  type RestEndpoint,
} from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { composeCatchUp, readSettings, type CatchUp } from './composition-root.js';
import { adaptiveSync } from './queues/adaptive-sync/queue.js';
import { NO_HTTP_REDIS } from './testing/no-http-redis.js';
import { compileCatchUp, endSpawned, spawnCatchUp, until } from './testing/spawned-catchup.js';

const cleanups: (() => unknown)[] = [];
/** Two servers, so that what goes over HTTP can be told from what goes over TCP. */
let queues: RedisServer;
let http: RedisServer;
let endpoint: RestEndpoint;
let behind: Redis;

beforeAll(compileCatchUp, 120_000);
beforeEach(async () => {
  [queues, http] = await Promise.all([startRedis(), startRedis()]);
  endpoint = await startRestEndpoint({ redisUrl: http.url });
  behind = new Redis(http.url);
});
afterEach(async () => {
  await endSpawned();
  for (const clean of cleanups.splice(0).reverse()) await clean();
  behind.disconnect();
  await endpoint.stop();
  await Promise.all([queues.stop(), http.stop()]);
});

const environment = () => ({
  REDIS_URL: queues.url,
  USE_BULLMQ: 'true',
  UPSTASH_REDIS_REST_URL: endpoint.url,
  UPSTASH_REDIS_REST_TOKEN: endpoint.token,
});

async function compose(): Promise<CatchUp> {
  const app = await composeCatchUp(readSettings(environment()), pino({ level: 'silent' }));
  cleanups.push(() => app.close({ timeoutMs: 0 }));
  return app;
}

const stats = async () => parseCommandStats(await behind.info('commandstats'));

async function connectionNames(server: RedisServer): Promise<string[]> {
  const looking = new Redis(server.url, { connectionName: 'spec' });
  const clients = parseClientList(String(await looking.client('LIST')));
  looking.disconnect();
  return clients.map(({ name }) => name).filter((name) => name !== 'spec');
}

test('cache, limits and idempotency work over HTTP and open no connection to Redis', async () => {
  const app = await compose();
  await app.start();
  const { cache, limiter, idempotency } = app.http;
  const contacts = [{ name: 'Ada', number: '+441632960000' }];
  const fetch = async () => contacts;
  expect(await cache.forUser('user-1').getOrSet('CONTACTS_LIST', fetch)).toEqual(contacts);
  const texts = await Promise.all((await behind.keys('cache:*')).map((key) => behind.get(key)));
  expect(texts.length).toBeGreaterThan(0);
  expect(texts.join()).not.toMatch(/Ada|\+44/);

  const limited = async (policy: 'API' | 'SMS', key: string) => {
    for (let n = 1; n <= 100; n++) {
      const result = await limiter.check(policy, key);
      if (result.outcome === 'limited') return result;
    }
    throw new Error(`${policy} limits nothing`);
  };
  expect(await limited('API', 'user-1')).toMatchObject({ allowed: false, limit: 60 });
  expect(await limiter.peek('API', 'user-1', { tier: 'pro' })).toMatchObject({ allowed: true, limit: 300 });
  expect(await limited('SMS', '+44 1632 960000')).toMatchObject({ allowed: false, limit: 20 });
  expect(await limiter.peek('SMS', '+441632960000')).toMatchObject({ allowed: false });
  expect(JSON.stringify(await behind.keys('*'))).not.toContain('1632');

  expect(await idempotency.checkIdempotency('calendar-sync', 'job-1')).toBe(false);
  await idempotency.markProcessed('calendar-sync', 'job-1');
  expect(await idempotency.checkIdempotency('calendar-sync', 'job-1')).toBe(true);

  expect((await connectionNames(http)).filter((name) => name !== '')).toEqual(['switchyard-rest']);
  // Until the legacy engine has found its side empty, it has some, too.
  await until(async () => (await connectionNames(queues)).length === 2, 'the queues to hold two connections');
});

test('a start asks nothing of HTTP Redis that is billed', async () => {
  const before = await stats();
  const app = await compose();
  await app.start();
  await until(async () => ((await stats()).get('ping') ?? 0) > (before.get('ping') ?? 0), 'the greeting');
  expect(billedCommands(before, await stats())).toBe(0);
});

test('a close leaves nothing open', async () => {
  const app = spawnCatchUp(environment(), 'spec-child/use-everything.mjs');
  expect(await app.ended).toEqual({ code: 0, signal: null });
  expect([app.stdout, app.stderr]).toEqual(['closed\n', '']);
});

test('what a closed app has refuses to go on', async () => {
  const app = await compose();
  await app.start();
  await app.close({ timeoutMs: 0 });
  cleanups.pop();
  await expect(app.http.cache.get('SESSION')).rejects.toMatchObject({ code: 'ERR_CACHE_CLOSED' });
  await expect(app.http.idempotency.claim('late')).rejects.toMatchObject({ code: 'ERR_REDIS_UNAVAILABLE' });
  await expect(app.http.limiter.check('API', 'user-1')).rejects.toThrow(/closed/);
});

test.each([
  ['does not answer', NO_HTTP_REDIS, /does not answer/],
  ['refuses the token', { UPSTASH_REDIS_REST_TOKEN: 'wrong' }, /refuses the token/],
])('the app starts and stays up while HTTP Redis %s, and says so once', async (_, wrong, what) => {
  const app = spawnCatchUp({ ...environment(), ...wrong });
  await app.ready();
  const told = () => app.log.filter(({ operation }) => operation === 'http-redis');
  await until(() => told().length > 0, 'the app to say so');

  const bystander = await composeCatchUp(readSettings(environment()), pino({ level: 'silent' }));
  cleanups.push(() => bystander.close({ timeoutMs: 0 }));
  const { producer } = bystander.rollout.queue(adaptiveSync);
  const { id } = await producer.add('adapt', { userId: 'user-1', changesAtMs: [1000, 0] });
  await until(() => app.log.some(({ jobId }) => jobId === id), 'a job to run');

  app.kill('SIGTERM');
  expect(await app.ended).toEqual({ code: 0, signal: null });
  expect(told()).toEqual([expect.objectContaining({ msg: expect.stringMatching(what) as string })]);
  expect(app.stdout + app.stderr).not.toContain('wrong');
  expect(app.stderr).toBe('');
});

test('without HTTP Redis the cache misses, limits say so, nothing is claimed, and all are back with it', async () => {
  const app = await compose();
  await app.start();
  const { cache, limiter, idempotency } = app.http;
  const { port, token } = endpoint;
  await endpoint.stop({ isGraceful: false });

  expect(await cache.getOrSet('USER_PROFILE', async () => 'fetched')).toBe('fetched');
  expect(await limiter.check('API', 'user-1')).toMatchObject({ outcome: 'unavailable' });
  const signal = AbortSignal.timeout(500);
  await expect(idempotency.claim('down', { signal })).rejects.toThrow();

  endpoint = await startRestEndpoint({ redisUrl: http.url, port, token });
  await until(async () => (await limiter.check('API', 'user-1')).outcome === 'allowed', 'limits to be back');
  expect(await idempotency.once('back', () => 1)).toBe(1);
  await cache.set('USER_PROFILE', 'stored');
  expect((await behind.keys('cache:*')).length).toBeGreaterThan(0);
});
