import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  countCommands,
  defineScript,
  REDIS_COMMAND_CHANNEL,
  type HttpRedis,
  type RedisCommandMessage,
} from './index.js';
import {
  hangs,
  html,
  json,
  startMisbehavingServer,
  type MisbehavingServer,
} from './spec-support/misbehaving-server.js';
import { rejection } from './spec-support/rejection.js';
import { createSpecClient } from './spec-support/spec-client.js';

let server: MisbehavingServer;
let redis: HttpRedis;
let messages: RedisCommandMessage[];
const listen = (message: unknown) => void messages.push(message as RedisCommandMessage);
beforeEach(async () => {
  messages = [];
  subscribe(REDIS_COMMAND_CHANNEL, listen);
  server = await startMisbehavingServer();
  redis = createSpecClient({ url: server.url });
});
afterEach(async () => {
  unsubscribe(REDIS_COMMAND_CHANNEL, listen);
  await redis.close();
  await server.stop();
});

test('one message a command, when its call has ended', async () => {
  await redis.set('cache:7:x', 'v', { source: 'cache' });
  const durationMs = expect.any(Number);
  expect(messages).toEqual([
    { source: 'cache', name: 'SET', billed: 1, durationMs, outcome: 'ok', tries: 1, keyPrefix: 'cache:7' },
  ]);
  expect(messages[0]?.durationMs).toBeGreaterThan(0);
});

test('of a pipeline each command has its own', async () => {
  server.next(json(200, [{ result: 1 }, { error: 'ERR syntax error' }, { result: 'PONG' }]));
  await redis.pipeline([['DEL', 'a'], ['EXPIRE', 'b', 'x'], ['PING']]);
  const told = messages.map(({ source, name, billed, outcome, keyPrefix }) => [
    source,
    name,
    billed,
    outcome,
    keyPrefix,
  ]);
  expect(told).toEqual([
    ['app', 'DEL', 1, 'ok', 'a'],
    ['app', 'EXPIRE', 1, 'refused', 'b'],
    ['app', 'PING', 0, 'ok', null],
  ]);
});

test('MULTI and EXEC are billed with the first command of a transaction', async () => {
  await redis.transaction([
    ['SET', 'a', 1],
    ['GET', 'a'],
  ]);
  expect(messages.map(({ billed }) => billed)).toEqual([3, 1]);
});

test('each try that may have arrived is billed', async () => {
  server.next(html(502), json(429, {}));
  await redis.get('a');
  expect(messages).toEqual([expect.objectContaining({ tries: 3, billed: 2, outcome: 'ok' })]);
});

test('a failure is told by its kind', async () => {
  server.next(hangs, html(502), json(401, {}), hangs);
  for (const timeoutMs of [50, undefined, undefined]) {
    await rejection(redis.get('a', { retry: 'none', timeoutMs }));
  }
  const controller = new AbortController();
  const left = redis.get('a', { signal: controller.signal }).catch(() => undefined);
  await server.received(4);
  controller.abort();
  await left;
  const told = messages.map(({ outcome, billed, tries }) => [outcome, billed, tries]);
  expect(told).toEqual([
    ['timeout', 1, 1],
    ['unavailable', 1, 1],
    ['auth', 0, 1],
    ['aborted', 1, 1],
  ]);
});

test('a script is billed as it declares, by its reply where it says so, and 1 more when it came as text', async () => {
  const fixed = defineScript({ name: 'fixed', lua: 'return 1', billed: 3 });
  const varying = defineScript({ name: 'varying', lua: 'return 2', billed: (reply) => Number(reply) });
  const noScript = json(400, { error: 'NOSCRIPT No matching script. Please use EVAL.' });
  server.next(
    json(200, { result: 7 }),
    noScript,
    json(200, { result: 7 }),
    json(200, { result: 7 }),
    html(502),
  );
  await redis.script(fixed, ['k:7:x'], []);
  await redis.script(fixed, ['k:7:x'], []);
  await redis.script(varying, [], []);
  await rejection(redis.script(varying, [], []));
  const told = messages.map(({ name, billed, outcome, keyPrefix, tries }) => [
    name,
    billed,
    outcome,
    keyPrefix,
    tries,
  ]);
  expect(told).toEqual([
    ['fixed', 3, 'ok', 'k:7', 1],
    ['fixed', 4, 'ok', 'k:7', 1],
    ['varying', 7, 'ok', null, 1],
    ['varying', 1, 'unavailable', null, 1],
  ]);
  expect(server.requests[2]?.commands).toEqual([['EVAL', 'return 1', '1', 'k:7:x']]);
});

test('a script whose bill cannot be told counts 1, and its call is not hurt', async () => {
  const odd = defineScript({
    name: 'odd',
    lua: 'return 1',
    billed: () => {
      throw new Error('cannot tell');
    },
  });
  const [answer] = await Promise.all([redis.script(odd, ['k'], []), redis.get('b')]);
  expect(answer).toBeDefined();
  expect(messages.map(({ billed }) => billed)).toEqual([1, 1]);
});

test('a counter adds up by source and name until it is stopped', async () => {
  const counter = countCommands();
  const cache = redis.with({ source: 'cache' });
  await Promise.all([cache.get('a'), cache.get('b'), redis.get('c'), cache.set('a', 1)]);
  server.next(json(400, { error: 'ERR syntax error' }));
  await rejection(redis.get('c'));
  expect(counter.counts()).toEqual([
    { source: 'cache', name: 'GET', calls: 2, billed: 2, failed: 0 },
    { source: 'app', name: 'GET', calls: 2, billed: 2, failed: 1 },
    { source: 'cache', name: 'SET', calls: 1, billed: 1, failed: 0 },
  ]);
  expect([counter.billed(), counter.billed('cache'), counter.billed('nobody')]).toEqual([5, 3, 0]);
  counter.stop();
  await redis.get('a');
  expect(counter.billed()).toBe(5);
});
