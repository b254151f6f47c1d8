import { Redis } from '@upstash/redis';
import { startRedis, type RedisServer } from '../redis-server.js';
import { startRestEndpoint, type RestEndpoint } from './rest-endpoint.js';

let server: RedisServer;
let endpoint: RestEndpoint;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  endpoint = await startRestEndpoint({ redisUrl: server.url, readOnlyToken: 'reader' });
});

beforeEach(async () => {
  redis = client();
  await redis.flushall();
});

afterAll(async () => {
  await endpoint.stop();
  await server.stop();
});

const client = (options: object = {}) =>
  new Redis({ url: endpoint.url, token: endpoint.token, enableTelemetry: false, retry: false, ...options });

describe('fails as it does with Upstash', () => {
  it('a wrong token', async () => {
    await expect(client({ token: 'wrong' }).get('k')).rejects.toThrow(
      'WRONGPASS invalid or missing auth token',
    );
    await expect(client({ token: 'wrong' }).pipeline().get('k').exec()).rejects.toThrow('WRONGPASS');
    await expect(client({ token: 'wrong' }).multi().get('k').exec()).rejects.toThrow('WRONGPASS');
  });

  it('a token that may only read', async () => {
    await expect(client({ token: 'reader' }).set('k', 1)).rejects.toThrow(
      "NOPERM this user has no permissions to run the 'set'",
    );
    expect(await client({ token: 'reader' }).get('k')).toBeNull();
  });

  it('a command that Redis refuses', async () => {
    await redis.set('k', 'text');
    await expect(redis.incr('k')).rejects.toThrow('ERR value is not an integer');
    await expect(redis.evalsha('f'.repeat(40), [], [])).rejects.toThrow('NOSCRIPT');
  });

  it('a command of a pipeline', async () => {
    const pipeline = redis.pipeline().set('k', 'text').incr('k').get('k');
    await expect(pipeline.exec()).rejects.toThrow('Command 2 [ incr ] failed: ERR value is not an integer');
    expect(await redis.pipeline().set('k', 'text').incr('k').get('k').exec({ keepErrors: true })).toEqual([
      { result: 'OK', error: undefined },
      { result: undefined, error: 'ERR value is not an integer or out of range' },
      { result: 'text', error: undefined },
    ]);
  });

  it('a transaction that is discarded', async () => {
    const transaction = redis.multi().set('k', 1);
    transaction.exec = transaction.exec.bind(transaction);
    await expect(redis.multi().set('k', 1).eval('x', [], []).exec()).rejects.toThrow(
      'Error compiling script',
    );
    await expect(redis.multi().set('l', 1).xread('s', '$', { blockMS: 1 }).exec()).rejects.toThrow(
      'EXECABORT',
    );
    expect(await redis.exists('l')).toBe(0);
  });

  it('a read that would block', async () => {
    await expect(redis.xread('s', '$', { blockMS: 1 })).rejects.toThrow(
      "ERR Command is not available: 'XREAD'",
    );
  });
});

it.each([
  ['text', 'a "quoted"\n line'],
  ['the empty string', ''],
  ['emoji', '🙂 é \u0000'],
  ['what looks like base64', 'T0s='],
  ['OK', 'OK'],
  ['a number', 1.5],
  ['an integer that JSON rounds', '9007199254740993'],
  ['a boolean', true],
  ['null in JSON', { a: null, b: [1, { c: 'd' }] }],
])('gives back %s', async (_, value) => {
  await redis.set(`key of ${String(value)}`, value);
  expect(await redis.get(`key of ${String(value)}`)).toEqual(value);
  expect(await redis.mget(`key of ${String(value)}`, 'none')).toEqual([value, null]);
});

it('gives back the same without base64', async () => {
  const plain = client({ responseEncoding: false });
  await plain.set('k', { a: 'é 🙂' });
  expect(await plain.get('k')).toEqual({ a: 'é 🙂' });
  expect(await plain.mget('k', 'none')).toEqual([{ a: 'é 🙂' }, null]);
});

it('counts beyond 2^53 without losing a digit', async () => {
  await redis.set('n', '9007199254740992');
  expect(await redis.incr('n')).toBe('9007199254740993');
});

it('reads nested replies', async () => {
  await redis.xadd('s', '1-1', { a: 1, b: 'two' });
  await redis.xadd('s', '1-2', { a: 3 });
  expect(await redis.xrange('s', '-', '+')).toEqual({ '1-1': { a: 1, b: 'two' }, '1-2': { a: 3 } });
  expect(
    await redis.eval('return {1, {"a", {false, ARGV[1]}}, redis.status_reply("OK")}', [], ['x']),
  ).toEqual([1, ['a', [null, 'x']], 'OK']);
});

it('walks through keys', async () => {
  await redis.mset(Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`key:${index}`, index])));
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, { match: 'key:*', count: 50 });
    for (const key of keys) found.add(key);
    cursor = next;
  } while (cursor !== '0');
  expect(found.size).toBe(250);
});

it('runs scripts by hash, with their text once', async () => {
  const script = redis.createScript<string>('return ARGV[1]');
  const before = endpoint.requests;
  expect(await script.exec([], ['a'])).toBe('a');
  expect(await script.exec([], ['b'])).toBe('b');
  expect(endpoint.requests - before).toBe(3);
});

it('sends what is called together in one request', async () => {
  const before = endpoint.requests;
  const replies = await Promise.all([redis.get('a'), redis.get('b'), redis.mget('c', 'd')]);
  expect(replies).toEqual([null, null, [null, null]]);
  expect(endpoint.requests - before).toBe(1);
});

it('subscribes to a channel', async () => {
  const subscriber = redis.subscribe<unknown>(['chat']);
  const messages: unknown[] = [];
  const three = new Promise<void>((resolve) => {
    subscriber.on('message', (message) => messages.push(message) === 3 && resolve());
  });
  const subscribed = await new Promise((resolve) => subscriber.on('subscribe', resolve));
  expect(subscribed).toBe(1);
  const sent = [{ text: 'hello, "you"' }, 'a,b,c', 42];
  for (const message of sent) expect(await redis.publish('chat', message)).toBe(1);
  await three;
  expect(messages).toEqual(sent.map((message) => ({ channel: 'chat', message })));
});

it('subscribes to a pattern', async () => {
  const subscriber = redis.psubscribe<unknown>(['ch*']);
  const message = new Promise((resolve) => subscriber.on('pmessage', resolve));
  await new Promise((resolve) => subscriber.on('psubscribe', resolve));
  await redis.publish('chat', { a: 1 });
  expect(await message).toEqual({ pattern: 'ch*', channel: 'chat', message: { a: 1 } });
});

it('tells a subscriber of a wrong token', async () => {
  const subscriber = client({ token: 'wrong' }).subscribe(['chat']);
  const error = await new Promise((resolve) => subscriber.on('error', resolve));
  expect(String(error)).toContain('WRONGPASS');
});

it('carries 9.9 MB and refuses 11 MB', async () => {
  const value = 'x'.repeat(9_900_000);
  expect(await redis.set('big', value)).toBe('OK');
  expect((await redis.get('big')) === value).toBe(true);
  await expect(redis.set('big', 'x'.repeat(11_000_000))).rejects.toThrow('ERR max request size exceeded');
});
