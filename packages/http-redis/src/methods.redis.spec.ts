import {
  countCommands,
  InvalidRedisOptionError,
  RedisCommandError,
  type HttpRedis,
  type RedisCommand,
} from './index.js';
import { openHttpLab, type HttpLab } from './spec-support/http-lab.js';
import { rejection } from './spec-support/rejection.js';

let lab: HttpLab;
let redis: HttpRedis;
beforeAll(async () => {
  lab = await openHttpLab();
  redis = lab.client();
});
afterAll(() => lab.stop());
beforeEach(() => lab.behind.flushall());

test('get and set', async () => {
  expect(await redis.get('a')).toBeNull();
  expect(await redis.set('a', 'x')).toBe(true);
  expect(await redis.get('a')).toBe('x');
  expect(await redis.set('n', 1.5)).toBe(true);
  expect(await redis.get('n')).toBe('1.5');
  expect(await lab.behind.ttl('a')).toBe(-1);
  expect(await redis.set('a', 'y', { ttlSeconds: 60 })).toBe(true);
  expect(await lab.behind.ttl('a')).toBe(60);
  expect(await redis.set('a', 'z', { when: 'absent' })).toBe(false);
  expect(await redis.set('b', 'z', { when: 'absent', ttlSeconds: 5 })).toBe(true);
  expect(await redis.set('c', 'z', { when: 'present' })).toBe(false);
  expect(await redis.set('a', 'z', { when: 'present' })).toBe(true);
  expect(await redis.getMany(['a', 'c', 'b'])).toEqual(['z', null, 'z']);
});

test('del, exists, expire', async () => {
  await redis.set('a', 1);
  expect(await redis.exists('a')).toBe(true);
  expect(await redis.expire('a', 30)).toBe(true);
  expect(await lab.behind.ttl('a')).toBe(30);
  expect(await redis.del(['a', 'b'])).toBe(1);
  expect(await redis.exists('a')).toBe(false);
  expect(await redis.expire('a', 30)).toBe(false);
});

test('sorted sets', async () => {
  const members = [
    { score: 1, member: 'a' },
    { score: 2.5, member: 'b' },
    { score: Infinity, member: 'c' },
  ];
  expect(await redis.zadd('z', members)).toBe(3);
  expect(await redis.zadd('z', [{ score: -Infinity, member: 'a' }])).toBe(0);
  expect(await redis.zcard('z')).toBe(3);
  expect(await redis.zremrangebyscore('z', -Infinity, '(2.5')).toBe(1);
  expect(await redis.zremrangebyscore('z', 2, Infinity)).toBe(2);
  expect(await redis.zcard('z')).toBe(0);
});

test('nothing is asked for nothing', async () => {
  const cost = await lab.endpoint.costOf(async () => {
    expect(await redis.getMany([])).toEqual([]);
    expect(await redis.del([])).toBe(0);
    expect(await redis.zadd('z', [])).toBe(0);
    expect(await redis.pipeline([])).toEqual([]);
    expect(await redis.transaction([])).toEqual([]);
  });
  expect([cost.requests, cost.billed]).toEqual([0, 0]);
});

describe('deletePattern', () => {
  test('removes what matches, in batches, by SCAN and UNLINK', async () => {
    const keys = Array.from({ length: 250 }, (_, n) => `cache:7:${n}`);
    await lab.behind.mset(...keys.flatMap((key) => [key, 1]), 'cache:70:x', 1, 'cache:8:x', 1);
    let removed = 0;
    const { calls } = await lab.endpoint.costOf(async () => {
      removed = await redis.deletePattern('cache:7:*', { batchSize: 100 });
    });
    expect(removed).toBe(250);
    expect([...calls.keys()].filter((name) => name !== 'info').sort()).toEqual(['scan', 'unlink']);
    expect(calls.get('scan')).toBeGreaterThan(1);
    expect((await lab.behind.keys('*')).sort()).toEqual(['cache:70:x', 'cache:8:x']);
  });

  test('takes an escaped wildcard for what it is', async () => {
    await lab.behind.mset('*a', 1, 'ba', 1);
    expect(await redis.deletePattern('\\*a')).toBe(1);
    expect(await lab.behind.keys('*')).toEqual(['ba']);
  });

  test.each(['*', '', '?x', '[ab]c', '**', '\\', '*:x'])('refuses %j', async (pattern) => {
    await lab.behind.set('a', 1);
    const error = await rejection(redis.deletePattern(pattern));
    expect(error).toBeInstanceOf(InvalidRedisOptionError);
    expect(error).toMatchObject({ code: 'ERR_INVALID_REDIS_OPTION', option: 'pattern' });
    expect(await lab.behind.dbsize()).toBe(1);
  });
});

test.each([
  ['a ttl of 0', () => redis.set('a', 1, { ttlSeconds: 0 }), 'ttlSeconds is 0'],
  ['a ttl of 1.5', () => redis.expire('a', 1.5), 'ttlSeconds is 1.5'],
  ['another condition', () => redis.set('a', 1, { when: 'never' as 'absent' }), 'when is "never"'],
  ['an empty batch', () => redis.deletePattern('a*', { batchSize: 0 }), 'batchSize is 0'],
  ['a wrong time-out', () => redis.get('a', { timeoutMs: -1 }), 'timeoutMs is -1'],
  ['an order key that is none', () => redis.get('a', { orderKey: 5 as never }), 'orderKey is 5'],
  ['NaN', () => redis.command(['SET', 'a', NaN]), 'argument 2 of SET is NaN'],
  [
    'null',
    () => redis.command(['SET', 'a', null] as unknown as RedisCommand),
    'argument 2 of SET is of type null',
  ],
  ['no command', () => redis.command([] as unknown as RedisCommand), 'command is without the name'],
  [
    'half a surrogate pair',
    () => redis.get('a\ud800'),
    'argument 1 of GET is a string with half a surrogate pair',
  ],
  ['a score that is none', () => redis.zadd('z', [{ score: NaN, member: 'm' }]), 'argument 2 of ZADD is NaN'],
])('%s is refused with its value, and nothing is sent', async (_, call, message) => {
  const cost = await lab.endpoint.costOf(async () => {
    const error = await rejection(call());
    expect(error).toBeInstanceOf(InvalidRedisOptionError);
    expect(error.message).toContain(message);
  });
  expect(cost.requests).toBe(0);
});

test('a refused command of a tick leaves the others alone, and no call hangs', async () => {
  const answers = await Promise.allSettled([
    redis.set('a', 1),
    redis.command(['SET', 'a', NaN]),
    redis.command(['LPUSH', 'a', 'x']),
    redis.get('a'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(answers[2]).toMatchObject({ reason: expect.any(RedisCommandError) });
  expect(answers[2]).toMatchObject({ reason: { redisCode: 'WRONGTYPE', keyPrefix: 'a' } });
});

test('pipeline: in order, one refused command does not stop the others', async () => {
  const replies = await redis.pipeline([
    ['SET', 'a', 'x'],
    ['INCR', 'a'],
    ['GET', 'a'],
  ]);
  expect(replies).toEqual([{ reply: 'OK' }, { error: expect.any(RedisCommandError) }, { reply: 'x' }]);
});

test('transaction: all as one; a command that cannot be queued stops all', async () => {
  expect(
    await redis.transaction([
      ['SET', 'a', 1],
      ['INCR', 'a'],
      ['MGET', 'a', 'b'],
    ]),
  ).toEqual(['OK', 2, ['2', null]]);
  const error = await rejection(
    redis.transaction([
      ['SET', 'a', 9],
      ['NOBODY.KNOWS', 'a'],
    ]),
  );
  expect(error).toBeInstanceOf(RedisCommandError);
  expect(await redis.get('a')).toBe('2');
});

test('replies of every kind', async () => {
  const big = '9007199254740993';
  await redis.set('big', big);
  expect(await redis.command(['INCRBY', 'big', 2])).toBe('9007199254740995');
  expect(
    await redis.command(['EVAL', 'return {1, "a", {false, {}}, redis.status_reply("FINE")}', 0]),
  ).toEqual([1, 'a', [null, []], 'FINE']);
});

test('a connection is kept and shared by all requests of a caller', async () => {
  const lone = lab.client();
  const clients = async () => (await lab.behind.client('LIST')) as string;
  await lone.get('a');
  const before = (await clients()).split('\n').length;
  for (let n = 0; n < 20; n += 1) await lone.get('a');
  expect((await clients()).split('\n').length).toBe(before);
});

test('requests and billed commands are what the account says', async () => {
  const counter = countCommands();
  const cost = await lab.endpoint.costOf(async () => {
    await Promise.all([redis.set('a', 1), redis.get('a'), redis.del(['a']), redis.command(['PING'])]);
    await redis.pipeline([
      ['SET', 'a', 1],
      ['LPUSH', 'a', 1],
    ]);
    await redis.transaction([
      ['INCR', 'a'],
      ['INCR', 'a'],
    ]);
    await redis.getMany(['a', 'b', 'c']);
  });
  counter.stop();
  expect(cost).toMatchObject({ requests: 4, billed: 10 });
  expect(counter.billed()).toBe(10);
});

test('a wrong token, and the right one with a newline', async () => {
  const error = await rejection(lab.client({ token: 'wrong' }).get('a'));
  expect(error).toMatchObject({ code: 'ERR_REDIS_AUTH', status: 401 });
  expect(await lab.client({ token: `${lab.endpoint.token}\n` }).set('a', 1)).toBe(true);
});
