import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { jest } from '@jest/globals';
import { createHttpRedis, REDIS_COMMAND_CHANNEL, type RedisCommandMessage } from './index.js';
import {
  hangs,
  holding,
  html,
  startMisbehavingServer,
  type MisbehavingServer,
} from './spec-support/misbehaving-server.js';
import { rejection } from './spec-support/rejection.js';
import { createSpecClient, type SpecClient } from './spec-support/spec-client.js';

let server: MisbehavingServer;
let redis: SpecClient;
beforeEach(async () => {
  server = await startMisbehavingServer();
  redis = createSpecClient({ url: server.url });
});
afterEach(async () => {
  await redis.close();
  await server.stop();
});

const commandsOf = (at: number) => server.requests[at]?.commands.map(([name]) => name);

test('each call of a request keeps its own time-out', async () => {
  const held = holding();
  server.next(held.behaviour);
  const patient = redis.get('a', { timeoutMs: 60_000 });
  const hasty = rejection(redis.get('b', { timeoutMs: 50, retry: 'none' }));
  await server.received(1);
  expect(await hasty).toMatchObject({ code: 'ERR_REDIS_TIMEOUT', timeoutMs: 50 });
  held.letGo();
  expect(await patient).toBe('a');
  expect(server.requests).toHaveLength(1);
});

test('an answer to a try that was given up means nothing to the next one', async () => {
  const held = holding();
  const late = holding();
  server.next(held.behaviour, late.behaviour);
  let told = 0;
  const listen = () => void (told += 1);
  subscribe(REDIS_COMMAND_CHANNEL, listen);
  const patient = redis.get('a', { timeoutMs: 60_000 });
  const hasty = redis.get('b', { timeoutMs: 50 });
  await server.received(2);
  held.letGo();
  expect([await patient, told]).toEqual(['a', 1]);
  late.letGo();
  expect([await hasty, told]).toEqual(['b', 2]);
  unsubscribe(REDIS_COMMAND_CHANNEL, listen);
});

test('a request that nobody waits for any more ends', async () => {
  server.always(hangs);
  const calls = [redis.set('a', 1, { timeoutMs: 30 }), redis.set('b', 1, { timeoutMs: 60 })];
  await Promise.all(calls.map(rejection));
  await server.deserted();
});

test('each call of a failed request is repeated by its own rule', async () => {
  server.next(html(502));
  const answers = await Promise.allSettled([
    redis.set('once', 1),
    redis.get('again'),
    redis.get('never', { retry: 'none' }),
    redis.set('safe', 1, { isSafeToRepeat: true }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  const later = server.requests.slice(1).flatMap(({ commands }) => commands.map(([, key]) => key));
  expect(later.sort()).toEqual(['again', 'safe']);
});

test('calls that failed together go out again together', async () => {
  server.next(html(502), html(502));
  await Promise.all(['a', 'b', 'c'].map((key) => redis.get(key)));
  expect(server.requests.map(({ commands }) => commands.length)).toEqual([3, 3, 3]);
});

test('an abort ends one call with its reason, and the request when nobody waits for it', async () => {
  const held = holding();
  server.next(held.behaviour);
  const [one, two] = [new AbortController(), new AbortController()];
  const aborted = rejection(redis.get('a', { signal: one.signal }));
  const other = redis.get('b', { signal: two.signal });
  await server.received(1);
  const reason = new Error('the caller left');
  one.abort(reason);
  expect(await aborted).toBe(reason);
  held.letGo();
  expect(await other).toBe('b');

  server.next(hangs);
  const three = new AbortController();
  const alone = rejection(redis.get('c', { signal: three.signal }));
  await server.received(2);
  three.abort(reason);
  expect(await alone).toBe(reason);
  expect(redis.health()).toMatchObject({ consecutiveFailures: 0, lastFailure: null });
});

test.each([
  ['answered', 'ok', () => {}],
  ['refused by the open circuit', 'unavailable', (): void => server.always(html(502))],
])('a call that a listener aborts while its request is %s ends once', async (_, outcome, prepare) => {
  const strict = createSpecClient({ url: server.url, retry: 'none', circuit: { failures: 1 } });
  prepare();
  await strict.get('first').catch(() => undefined);
  const controller = new AbortController();
  const told: unknown[] = [];
  const listen = (message: unknown) => {
    told.push((message as RedisCommandMessage).outcome);
    controller.abort('enough');
  };
  subscribe(REDIS_COMMAND_CHANNEL, listen);
  const calls = [strict.get('a'), strict.get('b', { signal: controller.signal })];
  const [, aborted] = await Promise.allSettled(calls);
  unsubscribe(REDIS_COMMAND_CHANNEL, listen);
  expect(aborted).toEqual({ status: 'rejected', reason: 'enough' });
  expect(told).toEqual([outcome, 'aborted']);
});

test('an abort ends the wait for a try; one that came before sends nothing', async () => {
  const patient = createSpecClient({ url: server.url });
  const controller = new AbortController();
  server.always((response) => {
    html(502)(response);
    setImmediate(() => controller.abort('enough'));
  });
  const reason = await patient.get('a', { signal: controller.signal }).catch((error: unknown) => error);
  expect(reason).toBe('enough');
  const sent = server.requests.length;
  expect(await patient.get('b', { signal: controller.signal }).catch((error: unknown) => error)).toBe(
    'enough',
  );
  expect(server.requests).toHaveLength(sent);
});

test('a signal that many calls share holds no listener when they are over', async () => {
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => void ((listeners += 1), add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) =>
    void ((listeners -= 1), remove(...args));
  server.next(html(502));
  await Promise.all(Array.from({ length: 40 }, (_, n) => redis.get(String(n), { signal })));
  expect(listeners).toBe(0);
});

test('an answer that came while this process was busy is no time-out', async () => {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const answering = new Worker(
    `const { parentPort, workerData: answered } = require('node:worker_threads');
     const server = require('node:http').createServer((_, response) =>
       response.end('{"result":"x"}', () => {
         Atomics.add(answered, 0, 1);
         Atomics.notify(answered, 0);
       }));
     server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
    { eval: true, workerData: answered },
  );
  const [port] = (await once(answering, 'message')) as [number];
  const busy = createSpecClient({ url: `http://127.0.0.1:${port}`, retry: 'none' });
  await busy.get('a');
  Atomics.wait(answered, 0, 0);
  const answer = busy.get('a', { timeoutMs: 30 });
  await new Promise((resolve) => setImmediate(resolve));
  Atomics.wait(answered, 0, 1);
  Atomics.wait(answered, 0, 2, 50);
  expect(await answer).toBe('x');
  await busy.close();
  await answering.terminate();
});

test('a call that a test with a stopped clock makes still times out', async () => {
  jest.useFakeTimers();
  try {
    server.next(hangs);
    expect(await rejection(redis.get('a', { timeoutMs: 50, retry: 'none' }))).toMatchObject({
      timeoutMs: 50,
    });
    expect(await redis.get('b')).toBe('b');
  } finally {
    jest.useRealTimers();
  }
});

describe('close', () => {
  test('refuses further calls and waits for those under way', async () => {
    const held = holding();
    server.next(held.behaviour);
    const answer = redis.get('a');
    await server.received(1);
    let isClosed = false;
    const closed = redis.close().then(() => {
      isClosed = true;
    });
    expect(await rejection(redis.get('cache:7:x'))).toMatchObject({
      code: 'ERR_REDIS_UNAVAILABLE',
      reason: 'closed',
      keyPrefix: 'cache:7',
      tries: 0,
    });
    expect(isClosed).toBe(false);
    held.letGo();
    expect(await answer).toBe('a');
    await closed;
    await redis.close();
  });

  test('ends calls that wait for a try with what they failed with', async () => {
    const client = createHttpRedis({ url: server.url, token: 't' });
    server.always(html(502));
    const answer = rejection(client.get('a'));
    await server.received(1);
    while (client.health().lastFailure === null) await new Promise((resolve) => setImmediate(resolve));
    await client.close();
    expect(await answer).toMatchObject({ reason: 'server-error', tries: 1 });
    expect(server.requests).toHaveLength(1);
  });

  test('closes the connections, which stay open until then', async () => {
    await redis.get('a');
    await redis.get('b');
    expect(server.connections).toBe(1);
    await redis.close();
    await server.deserted();
  });

  test('of a view closes nothing', async () => {
    await redis.with({ source: 'cache' }).close();
    expect(await redis.get('a')).toBe('a');
    expect(commandsOf(0)).toEqual(['GET']);
  });
});
