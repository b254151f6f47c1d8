import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Ratelimit } from '@upstash/ratelimit';
import {
  asUpstashRedis,
  InvalidRedisOptionError,
  REDIS_COMMAND_CHANNEL,
  type HttpRedis,
  type RedisCommandMessage,
} from './index.js';
import { openHttpLab, type HttpLab } from './spec-support/http-lab.js';
import { rejection } from './spec-support/rejection.js';
import { html, startMisbehavingServer } from './spec-support/misbehaving-server.js';
import { createSpecClient } from './spec-support/spec-client.js';

let lab: HttpLab;
let http: HttpRedis;
beforeAll(async () => {
  lab = await openHttpLab();
  http = lab.client();
});
afterAll(() => lab.stop());
beforeEach(() => lab.behind.flushall());

test("the SDK's commands, with its own way of reading JSON", async () => {
  const redis = asUpstashRedis(http);
  expect(await redis.set('a', { n: 1 }, { ex: 60 })).toBe('OK');
  expect(await redis.get('a')).toEqual({ n: 1 });
  expect(await redis.hset('h', { x: 1, yes: true })).toBe(2);
  expect(await redis.hgetall('h')).toEqual({ x: 1, yes: true });
  expect(await redis.zadd('z', { score: 1, member: 'm' })).toBe(1);
  expect(await redis.zrange('z', 0, -1, { withScores: true })).toEqual(['m', 1]);
  expect(await redis.scan(0, { match: 'z*', count: 100 })).toEqual(['0', ['z']]);
  expect(await redis.createScript<string>('return ARGV[1]').exec([], ['x'])).toBe('x');
});

test('or without it', async () => {
  const redis = asUpstashRedis(http, { automaticDeserialization: false });
  await redis.set('a', '1');
  expect(await redis.get('a')).toBe('1');
});

test('what the SDK refuses to send is not stored as a word', async () => {
  const redis = asUpstashRedis(http);
  for (const absent of [undefined, NaN]) {
    expect(await rejection(redis.set('a', absent))).toBeInstanceOf(InvalidRedisOptionError);
  }
  expect(await lab.behind.exists('a')).toBe(0);
});

test('calls of a tick share a request, in their order', async () => {
  const redis = asUpstashRedis(http);
  const cost = await lab.endpoint.costOf(async () => {
    const answers = await Promise.all([redis.set('a', 'x'), redis.get('a'), redis.del('a'), redis.get('a')]);
    expect(answers).toEqual(['OK', 'x', 1, null]);
  });
  expect(cost.requests).toBe(1);
});

test('pipelines and transactions', async () => {
  const redis = asUpstashRedis(http);
  expect(await redis.pipeline().set('a', 1).incr('a').get('a').exec()).toEqual(['OK', 2, 2]);
  expect(await redis.multi().incr('a').get('a').exec()).toEqual([3, 3]);
  const kept = await redis.pipeline().set('s', 'x').incr('s').exec({ keepErrors: true });
  expect(kept).toEqual([
    { result: 'OK', error: undefined },
    { result: undefined, error: 'ERR value is not an integer or out of range' },
  ]);
  expect(await rejection(redis.pipeline().incr('s').exec())).toMatchObject({ name: 'UpstashError' });
});

test('refusals are errors of ours, and streams are refused', async () => {
  const redis = asUpstashRedis(http);
  await redis.set('cache:7:s', 'x');
  expect(await rejection(redis.lpush('cache:7:s', 'planted'))).toMatchObject({
    code: 'ERR_REDIS_COMMAND',
    redisCode: 'WRONGTYPE',
    keyPrefix: 'cache:7',
  });
  const refused = new Promise((resolve) => redis.subscribe('news').on('error', resolve as () => void));
  expect(await refused).toMatchObject({ code: 'ERR_INVALID_REDIS_OPTION' });
});

test('retries and the account are those of the client, under a source of its own', async () => {
  const server = await startMisbehavingServer();
  const client = createSpecClient({ url: server.url });
  const redis = asUpstashRedis(client, { source: 'sdk' });
  const messages: RedisCommandMessage[] = [];
  const listen = (message: unknown) => void messages.push(message as RedisCommandMessage);
  subscribe(REDIS_COMMAND_CHANNEL, listen);
  server.next(html(502), html(502));
  expect(await redis.get('a')).toBe('a');
  expect(
    await rejection(
      redis
        .incr('a')
        .then(() => server.next(html(502)))
        .then(() => redis.incr('a')),
    ),
  ).toMatchObject({
    code: 'ERR_REDIS_UNAVAILABLE',
    tries: 1,
  });
  unsubscribe(REDIS_COMMAND_CHANNEL, listen);
  expect(messages.map(({ source, name, tries }) => [source, name, tries])).toEqual([
    ['sdk', 'GET', 3],
    ['sdk', 'INCR', 1],
    ['sdk', 'INCR', 1],
  ]);
  await client.close();
  await server.stop();
});

test.each([
  ['fixed window', Ratelimit.fixedWindow(3, '1 h')],
  ['sliding window', Ratelimit.slidingWindow(3, '1 h')],
  ['token bucket', Ratelimit.tokenBucket(1, '1 h', 3)],
])('a limiter written for the SDK works: %s', async (_, limiter) => {
  const limit = new Ratelimit({ redis: asUpstashRedis(http), limiter, ephemeralCache: false });
  const allowed: boolean[] = [];
  for (let n = 0; n < 5; n += 1) allowed.push((await limit.limit('ada')).success);
  expect(allowed).toEqual([true, true, true, false, false]);
});
