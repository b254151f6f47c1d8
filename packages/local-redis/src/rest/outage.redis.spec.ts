import { startFaultyProxy, type FaultyProxy } from '../faulty-proxy.js';
import { startRedis, type RedisServer } from '../redis-server.js';
import { ask } from '../spec-support/ask.js';
import type { RedisGoneError } from './errors.js';
import { startRestEndpoint, type RestEndpoint, type StartRestEndpointOptions } from './rest-endpoint.js';

let server: RedisServer;
let proxy: FaultyProxy;
let endpoint: RestEndpoint;
/** What the endpoint told of Redis, oldest first, and who waits for more. */
let told: (RedisGoneError | undefined)[];
let onTold: () => void;

const start = async (options: Partial<StartRestEndpointOptions> = {}) => {
  told = [];
  endpoint = await startRestEndpoint({
    redisUrl: proxy.url,
    onRedisChange: (error) => {
      told.push(error);
      onTold();
    },
    ...options,
  });
};

/** Resolves when the endpoint has told of Redis once more, in that sense. */
const change = (to: 'there' | 'gone') =>
  new Promise<void>((resolve) => {
    onTold = () => (told.at(-1) === undefined) === (to === 'there') && resolve();
  });

const unavailable = (reason: RegExp) => ({
  status: 503,
  json: { error: expect.stringMatching(new RegExp(`^ERR Redis is unavailable: .*${reason.source}`)) },
});

beforeEach(async () => {
  onTold = () => undefined;
  server = await startRedis({
    settings: { requirepass: 'sekret', appendonly: 'yes', appendfsync: 'always' },
  });
  proxy = await startFaultyProxy({ targetPort: server.port });
});

afterEach(async () => {
  await endpoint.stop();
  await proxy.stop();
  await server.stop();
});

const url = (password: string) => `redis://:${password}@127.0.0.1:${proxy.port}`;

it('a wrong password is a 503 that says so, without the password', async () => {
  await start({ redisUrl: url('wrong-one') });
  const reply = await ask(endpoint, '/ping');
  expect(reply).toMatchObject(unavailable(/WRONGPASS/));
  expect(String(reply.bytes)).not.toContain('wrong-one');
  expect(await ask(endpoint, '/subscribe/chat')).toMatchObject(unavailable(/WRONGPASS/));
});

it('no password where one is needed is a 503', async () => {
  await start({ redisUrl: proxy.url });
  expect(await ask(endpoint, '/ping')).toMatchObject(unavailable(/NOAUTH/));
});

describe.each([
  ['/', ['PING']],
  ['/ping', undefined],
  ['/pipeline', [['PING']]],
  ['/multi-exec', [['PING']]],
])('%s', (path, body) => {
  it('is a 503 while Redis is gone, and works again when it is back', async () => {
    await start({ redisUrl: url('sekret') });
    expect((await ask(endpoint, path, { body })).status).toBe(200);
    const gone = change('gone');
    await server.kill();
    await gone;
    expect(await ask(endpoint, path, { body })).toMatchObject({
      status: 503,
      json: { error: expect.any(String) },
    });
    const back = change('there');
    await server.restart();
    await back;
    expect((await ask(endpoint, path, { body })).status).toBe(200);
  });

  it('is a 503 when Redis goes before it replied', async () => {
    await start({ redisUrl: url('sekret') });
    proxy.stall('to-client');
    const asked = ask(endpoint, path, { body });
    while (endpoint.requests === 0) await new Promise(setImmediate);
    proxy.reset();
    expect(await asked).toMatchObject(unavailable(/ECONNRESET|closed/));
  });
});

it('starts without a Redis and finds it later', async () => {
  await server.kill();
  await start({ redisUrl: `redis://:sekret@127.0.0.1:${server.port}` });
  expect(told).toHaveLength(1);
  expect(await ask(endpoint, '/ping')).toMatchObject(unavailable(/ECONNREFUSED/));
  const there = change('there');
  await server.restart();
  await there;
  expect((await ask(endpoint, '/ping')).json).toEqual({ result: 'PONG' });
});

it('is a 503 and no error of a command while Redis loads its data', async () => {
  const slow = await startRedis({
    settings: {
      appendonly: 'yes',
      appendfsync: 'always',
      'key-load-delay': '300',
      'loading-process-events-interval-bytes': '1024',
    },
  });
  try {
    await start({ redisUrl: slow.url });
    const body = Array.from({ length: 2000 }, (_, index) => ['SET', `k${index}`, 'v']);
    await ask(endpoint, '/pipeline', { body });
    const there = change('gone').then(() => change('there'));
    const restarted = slow.restart({ kill: true });
    await there;
    expect((await ask(endpoint, '/get/k1999')).json).toEqual({ result: 'v' });
    expect(told.map((error) => error?.message)).toContainEqual(expect.stringMatching(/^LOADING/));
    await restarted;
  } finally {
    await endpoint.stop();
    await slow.stop();
  }
});

it.each([
  ['may not PING', '~* +get +set'],
  ['may not be named', '~* +@all -hello'],
])('serves a user that %s', async (_, rules) => {
  const limited = await startRedis({ users: [{ name: 'app', password: 'p', rules }] });
  try {
    await start({ redisUrl: `redis://app:p@127.0.0.1:${limited.port}` });
    expect((await ask(endpoint, '/set/k/v')).json).toEqual({ result: 'OK' });
  } finally {
    await endpoint.stop();
    await limited.stop();
  }
});

it('says why it cannot connect by a name that has several addresses', async () => {
  await start({ redisUrl: 'redis://localhost:1' });
  expect(await ask(endpoint, '/ping')).toMatchObject(unavailable(/ECONNREFUSED/));
});

it('says that Redis has too many clients', async () => {
  const full = await startRedis({ settings: { maxclients: '1' } });
  const first = await startRestEndpoint({ redisUrl: full.url });
  try {
    await start({ redisUrl: full.url });
    expect(await ask(endpoint, '/ping')).toMatchObject(unavailable(/max number of clients/));
  } finally {
    await endpoint.stop();
    await first.stop();
    await full.stop();
  }
});

it('tells once of one outage, however often it tries again', async () => {
  await start({ redisUrl: url('sekret') });
  await server.kill();
  const attempts = proxy.accepted;
  while (proxy.accepted < attempts + 4) await new Promise(setImmediate);
  expect(told.filter((error) => error !== undefined).length).toBeLessThanOrEqual(2);
});

it('gives up a Redis that is silent, and connects anew', async () => {
  await start({ redisUrl: url('sekret'), replyTimeoutMs: 60 });
  proxy.stall('to-client');
  expect(await ask(endpoint, '/ping')).toMatchObject(unavailable(/no reply within 60 ms/));
  proxy.resume();
  await change('there');
  expect((await ask(endpoint, '/ping')).json).toEqual({ result: 'PONG' });
  expect(proxy.accepted).toBe(2);
});

it('gives up a Redis that accepts a connection and says nothing', async () => {
  proxy.treatNew('stall');
  await start({ redisUrl: url('sekret'), replyTimeoutMs: 60 });
  expect(await ask(endpoint, '/ping')).toMatchObject(unavailable(/not ready within 60 ms/));
  expect(await ask(endpoint, '/subscribe/chat')).toMatchObject(unavailable(/not ready within 60 ms/));
  proxy.resume();
  await change('there');
  expect((await ask(endpoint, '/ping')).json).toEqual({ result: 'PONG' });
});

it('never sends later what it has answered with a 503', async () => {
  await start({ redisUrl: url('sekret') });
  proxy.treatNew('stall');
  proxy.reset();
  while (proxy.accepted < 2) await new Promise(setImmediate);
  const asked = ask(endpoint, '/incr/n');
  while (endpoint.requests === 0) await new Promise(setImmediate);
  proxy.reset();
  expect((await asked).status).toBe(503);
  const back = change('there');
  proxy.resume();
  await back;
  expect((await ask(endpoint, '/get/n')).json).toEqual({ result: null });
});

it('does not give up a Redis that has nothing to reply to', async () => {
  const replyTimeoutMs = 200;
  await start({ redisUrl: url('sekret'), replyTimeoutMs });
  expect((await ask(endpoint, '/ping')).json).toEqual({ result: 'PONG' });
  await new Promise((resolve) => setTimeout(resolve, 3 * replyTimeoutMs));
  expect((await ask(endpoint, '/ping')).json).toEqual({ result: 'PONG' });
  expect(proxy.accepted).toBe(1);
});

it('gives no one the reply of another, however often the connection breaks', async () => {
  await start({ redisUrl: url('sekret') });
  let served = 0;
  const caller = async (name: string) => {
    for (let round = 0; round < 100; round += 1) {
      const { status, json } = await ask(endpoint, '/', { body: ['ECHO', `${name}-${round}`] });
      if (status === 503) continue;
      expect(json).toEqual({ result: `${name}-${round}` });
      served += 1;
      if (served % 60 === 0) proxy.reset();
    }
  };
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map(caller));
  expect(proxy.accepted).toBeGreaterThan(1);
  expect(served).toBeGreaterThan(50);
});

it('keeps what was answered through a crash of Redis', async () => {
  await start({ redisUrl: url('sekret') });
  let answered = 0;
  const writer = async () => {
    for (;;) {
      const { status } = await ask(endpoint, '/incr/counter');
      if (status !== 200) return;
      answered += 1;
      if (answered === 100) void server.kill();
    }
  };
  await Promise.all([writer(), writer(), writer()]);
  const back = change('there');
  await server.restart();
  await back;
  const { json } = await ask(endpoint, '/get/counter');
  const counted = Number((json as { result: string }).result);
  expect(counted).toBeGreaterThanOrEqual(answered);
  // What was under way may have run unanswered, once for each caller.
  expect(counted).toBeLessThanOrEqual(answered + 3);
});
