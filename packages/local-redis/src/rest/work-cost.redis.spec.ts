import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '../redis-server.js';
import { ask } from '../spec-support/ask.js';
import { startRestEndpoint, type RestEndpoint } from './rest-endpoint.js';

let server: RedisServer;
let redis: Redis;
let endpoint: RestEndpoint;

beforeAll(async () => {
  server = await startRedis({ users: [{ name: 'plain', password: 'p', rules: '~* +@all -info' }] });
  redis = new Redis(server.url);
  endpoint = await startRestEndpoint({ redisUrl: server.url });
});

afterAll(async () => {
  redis.disconnect();
  await endpoint.stop();
  await server.stop();
});

it('tells requests, and commands with those inside of scripts', async () => {
  const script = "redis.call('SET', KEYS[1], 1) return redis.call('GET', KEYS[1])";
  const cost = await endpoint.costOf(async () => {
    await ask(endpoint, '/', { body: ['EVAL', script, 1, 'k'] });
    await ask(endpoint, '/ping');
  });
  expect(cost).toMatchObject({ requests: 2, billed: 3 });
  expect(Object.fromEntries(cost.calls)).toMatchObject({ eval: 1, set: 1, get: 1, ping: 1 });
});

it('tells of nothing that it costs nothing', async () => {
  expect(await endpoint.costOf(async () => undefined)).toMatchObject({ requests: 0, billed: 0 });
});

it('counts what other clients of that Redis do', async () => {
  expect(await endpoint.costOf(() => redis.set('k', 1))).toMatchObject({ requests: 0, billed: 1 });
});

it('fails with the work', async () => {
  const failing = endpoint.costOf(() => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
});

it('says so where it may not ask', async () => {
  const redisUrl = server.url.replace('redis://', 'redis://plain:p@');
  const confined = await startRestEndpoint({ redisUrl });
  await expect(confined.costOf(async () => undefined)).rejects.toThrow(
    'does not tell what it has run: NOPERM',
  );
  await confined.stop();
});
