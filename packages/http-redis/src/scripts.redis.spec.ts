import {
  countCommands,
  defineScript,
  RedisCommandError,
  type HttpRedis,
  type RedisCommand,
} from './index.js';
import { openHttpLab, type HttpLab } from './spec-support/http-lab.js';
import { rejection } from './spec-support/rejection.js';

const touch = defineScript({
  name: 'touch',
  lua: "redis.call('INCR', KEYS[1]) return {KEYS[1], ARGV[1], ARGV[2]}",
  billed: 2,
});
const shout = defineScript({ name: 'shout', lua: 'return string.upper(ARGV[1])', billed: 1 });

let lab: HttpLab;
let redis: HttpRedis;
beforeAll(async () => {
  lab = await openHttpLab();
  redis = lab.client();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.behind.flushall();
  await lab.behind.script('FLUSH');
});

test('goes by its hash, and by its text once where Redis does not know it', async () => {
  const counter = countCommands();
  const first = await lab.endpoint.costOf(async () => {
    expect(await redis.script(touch, ['k'], ['a', 5])).toEqual(['k', 'a', '5']);
  });
  expect(first.requests).toBe(2);
  expect(Object.fromEntries(first.calls)).toMatchObject({ evalsha: 1, eval: 1, incr: 1 });
  const second = await lab.endpoint.costOf(() => redis.script(touch, ['k'], ['a', 5]));
  expect(second.requests).toBe(1);
  expect(second.calls.get('eval')).toBeUndefined();
  counter.stop();
  expect(counter.billed()).toBe(first.billed + second.billed);
});

test('hash and text together take no longer than one try may', async () => {
  lab.endpoint.setFaults({ latencyMs: 400 });
  try {
    const error = await rejection(redis.script(touch, ['k'], [1, 2], { retry: 'none', timeoutMs: 650 }));
    expect(error).toMatchObject({ code: 'ERR_REDIS_TIMEOUT' });
  } finally {
    lab.endpoint.setFaults({});
  }
});

test('after a SCRIPT FLUSH as well, several scripts in one request among other commands', async () => {
  await Promise.all([redis.script(touch, ['k'], [1, 2]), redis.script(shout, [], ['a'])]);
  await lab.behind.script('FLUSH');
  const cost = await lab.endpoint.costOf(async () => {
    const answers = await Promise.all([
      redis.script(touch, ['k'], [1, 2]),
      redis.set('x', 1),
      redis.script(shout, [], ['ä']),
      redis.script(touch, ['k'], [3, 4]),
      redis.get('x'),
    ]);
    expect(answers).toEqual([['k', '1', '2'], true, 'ä', ['k', '3', '4'], '1']);
  });
  expect(cost.requests).toBe(2);
  expect(await redis.get('k')).toBe('3');
});

test('keeps its place in its line while its text is on the way', async () => {
  const held = defineScript({ name: 'held', lua: "return redis.call('GET', KEYS[1])", billed: 2 });
  const inOrder = { orderKey: 'k' };
  await redis.set('k', 'before');
  const read = redis.script(held, ['k'], [], inOrder);
  await new Promise((resolve) => setImmediate(resolve));
  const written = redis.set('k', 'after', inOrder);
  expect(await Promise.all([read, written])).toEqual(['before', true]);
});

test('that answers an error tells a code of its own, and none that it was given or found', async () => {
  const refusing = defineScript({
    name: 'refusing',
    lua: `if KEYS[1] == 'own' then return redis.error_reply('LIMITED today') end
      return redis.error_reply(string.upper(ARGV[1] or redis.call('GET', KEYS[1])) .. ' found')`,
    billed: 2,
  });
  await redis.set('a', 'planted');
  expect(await rejection(redis.script(refusing, ['own'], []))).toMatchObject({ redisCode: 'LIMITED' });
  const raw: RedisCommand = ['EVAL', refusing.lua, 1, 'a'];
  for (const call of [
    redis.script(refusing, ['a'], []),
    redis.script(refusing, ['b'], ['planted']),
    redis.command(raw),
    redis.transaction([['PING'], raw]),
  ]) {
    const error = await rejection(call);
    expect(error).toMatchObject({ code: 'ERR_REDIS_COMMAND', redisCode: 'ERR' });
    expect(error.message).not.toMatch(/planted/i);
  }
});

test('that fails names itself and the line, and shows no argument', async () => {
  const failing = defineScript({ name: 'failing', lua: '\n\nerror(ARGV[1])', billed: 1 });
  const error = await rejection(redis.script(failing, ['cache:7:x'], ['planted']));
  expect(error).toBeInstanceOf(RedisCommandError);
  expect(error).toMatchObject({ command: 'failing', keyPrefix: 'cache:7', tries: 1 });
  expect(error.message).toMatch(/in line 3 of the script/);
  expect(error.message).not.toContain('planted');
});
