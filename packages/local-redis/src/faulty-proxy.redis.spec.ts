import { Redis } from 'ioredis';
import { once } from 'node:events';
import {
  parseClientList,
  startFaultyProxy,
  startRedis,
  type FaultyProxy,
  type RedisServer,
} from './index.js';

let server: RedisServer;
let proxy: FaultyProxy;
let redis: Redis;

beforeEach(async () => {
  server = await startRedis();
  proxy = await startFaultyProxy({ targetPort: server.port });
  redis = new Redis(proxy.url, { connectionName: 'ours', retryStrategy: () => 20 });
  redis.on('error', () => undefined);
  await redis.ping();
});

afterEach(async () => {
  redis.disconnect();
  await proxy.stop();
  await server.stop();
});

/** Errors on the way are part of it. */
const becomesReady = () => new Promise<unknown>((resolve) => redis.once('ready', resolve));

it('finds a connection by what CLIENT LIST says of it', async () => {
  const other = new Redis(proxy.url, { connectionName: 'other', retryStrategy: () => null });
  const ended = once(other, 'end');
  await other.ping();
  const clients = parseClientList(String(await redis.client('LIST')));
  const { addr } = clients.find(({ name }) => name === 'other') ?? {};
  const found = proxy.connections.filter(({ address }) => address === addr);
  expect(found).toHaveLength(1);
  found[0]?.cut();
  await ended;
  expect(redis.status).toBe('ready');
});

it.each(['reset', 'cut'] as const)('a client comes back after a %s', async (fault) => {
  proxy[fault]();
  await becomesReady();
  expect(await redis.ping()).toBe('PONG');
  expect(proxy.accepted).toBe(2);
});

it.each(['to-client', 'to-server'] as const)('a client comes back when half-closed %s', async (direction) => {
  proxy.halfClose(direction);
  await becomesReady();
  expect(await redis.ping()).toBe('PONG');
});

it('a client that is stalled waits for its answer and gets it', async () => {
  proxy.stall('to-client');
  let answered = false;
  const answer = redis.incr('counter').then((value) => {
    answered = true;
    return value;
  });
  const other = new Redis(server.url);
  try {
    while ((await other.get('counter')) !== '1');
    expect(answered).toBe(false);
  } finally {
    other.disconnect();
  }
  proxy.resume();
  expect(await answer).toBe(1);
});

it('leads to the server again after a restart', async () => {
  await server.restart({ kill: true });
  if (redis.status !== 'ready') await becomesReady();
  expect(await redis.ping()).toBe('PONG');
});
