import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { REDIS_COMMAND_CHANNEL, type RedisCommandMessage } from './index.js';
import { createHttpRedisIn, type Surroundings } from './create-http-redis.js';
import type { HttpRedis } from './http-redis.js';
import {
  hangs,
  html,
  json,
  resets,
  startMisbehavingServer,
  type MisbehavingServer,
} from './spec-support/misbehaving-server.js';
import { rejection } from './spec-support/rejection.js';

let server: MisbehavingServer;
let redis: HttpRedis;
let nowMs: number;
let betweenTries: () => void;
beforeEach(async () => {
  nowMs = 0;
  betweenTries = () => {};
  server = await startMisbehavingServer();
  const surroundings: Surroundings = {
    nowMs: () => nowMs,
    random: () => 0.5,
    retryDelayMs(policy, failures) {
      betweenTries();
      return policy === 'standard' && failures < 4 ? 1 : null;
    },
  };
  redis = createHttpRedisIn({ url: server.url, token: 't', retry: 'none' }, surroundings);
});
afterEach(async () => {
  await redis.close();
  await server.stop();
});

async function failTimes(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await rejection(redis.get('a', { timeoutMs: 50 }));
}

test.each([
  ['5xx', html(503)],
  ['resets', resets],
  ['answers of somebody else', html(200)],
  ['silence', hangs],
])(
  'five times %s in a row open it; then nothing is sent, and nothing is waited for',
  async (_, behaviour) => {
    server.always(behaviour);
    await failTimes(4);
    expect(redis.health().circuit).toBe('closed');
    await failTimes(1);
    expect(redis.health()).toMatchObject({ circuit: 'open', consecutiveFailures: 5 });
    const before = redis.health().lastFailure;
    let waits = 0;
    betweenTries = () => void (waits += 1);
    const error = await rejection(redis.get('cache:7:x', { retry: 'standard' }));
    expect(error).toMatchObject({ code: 'ERR_REDIS_UNAVAILABLE', reason: 'circuit-open', tries: 0 });
    expect(error).toMatchObject({ mayHaveBeenApplied: false });
    expect(server.requests).toHaveLength(5);
    expect(redis.health().lastFailure).toEqual(before);
    expect(waits).toBe(0);
  },
);

test('a refused command, a 4xx, a wrong token and a 429 open nothing', async () => {
  for (const status of [400, 401, 404, 429]) {
    server.always(json(status, { error: 'ERR no' }));
    for (let n = 0; n < 6; n += 1) await rejection(redis.get('a'));
    expect(redis.health()).toMatchObject({ circuit: 'closed', consecutiveFailures: 0 });
  }
});

test('after the wait one request goes out, and an answer closes it', async () => {
  server.always(html(503));
  await failTimes(5);
  nowMs = 500;
  expect(redis.health().circuit).toBe('half-open');
  await failTimes(1);
  expect([redis.health().circuit, server.requests.length]).toEqual(['open', 6]);
  nowMs = 1500;
  server.always((response) => void response.end('{"result":"x"}'));
  const probe = redis.get('a');
  await server.received(7);
  expect(await probe).toBe('x');
  expect(redis.health()).toMatchObject({ circuit: 'closed', consecutiveFailures: 0 });
});

test('while the probe is out, others are refused; those of its tick share it', async () => {
  server.always(html(503));
  await failTimes(5);
  nowMs = 500;
  server.always(hangs);
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const probes = [redis.get('a', options), redis.get('b', options)].map((call) =>
    call.catch((error: unknown) => error),
  );
  await server.received(6);
  expect(await rejection(redis.get('c'))).toMatchObject({ reason: 'circuit-open' });
  controller.abort('left');
  expect(await Promise.all(probes)).toEqual(['left', 'left']);
  server.always((response) => void response.end('{"result":"x"}'));
  expect(await redis.get('d')).toBe('x');
});

test('a call that is being repeated outlasts an open circuit', async () => {
  server.always(html(503));
  await failTimes(4);
  betweenTries = () => {
    if (redis.health().circuit === 'open' && server.requests.length === 5) nowMs += 300;
    if (nowMs >= 500) server.always((response) => void response.end('{"result":"x"}'));
  };
  expect(await redis.get('a', { retry: 'standard' })).toBe('x');
  expect(server.requests).toHaveLength(6);
});

test('the account shows that nothing went out', async () => {
  const messages: RedisCommandMessage[] = [];
  const listen = (message: unknown) => void messages.push(message as RedisCommandMessage);
  server.always(html(503));
  await failTimes(5);
  subscribe(REDIS_COMMAND_CHANNEL, listen);
  await failTimes(1);
  unsubscribe(REDIS_COMMAND_CHANNEL, listen);
  expect(messages).toEqual([
    expect.objectContaining({ tries: 0, billed: 0, outcome: 'unavailable', name: 'GET' }),
  ]);
});
