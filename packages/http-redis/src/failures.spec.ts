import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import {
  HttpRedisError,
  RedisAuthError,
  RedisCommandError,
  RedisTimeoutError,
  RedisUnavailableError,
  type CallOptions,
  type HttpRedis,
} from './index.js';
import {
  cutsShort,
  endsEarly,
  hangs,
  hangsAfterHeaders,
  html,
  json,
  resets,
  resetsMidway,
  startMisbehavingServer,
  type Behaviour,
  type MisbehavingServer,
} from './spec-support/misbehaving-server.js';
import { rejection } from './spec-support/rejection.js';
import { createSpecClient, type SpecClient } from './spec-support/spec-client.js';

let server: MisbehavingServer;
let redis: SpecClient;
beforeEach(async () => {
  server = await startMisbehavingServer();
  redis = createSpecClient({ url: server.url, circuit: { failures: 100 } });
});
afterEach(async () => {
  await redis.close();
  await server.stop();
});

const write = (on: HttpRedis, options?: CallOptions) => on.set('cache:7:x', 'v', options);
const read = (on: HttpRedis, options?: CallOptions) => on.get('cache:7:x', options);
const SHORT = { timeoutMs: 100 };

/** What may or may not have been applied, by the reason that the error gives. */
const UNCERTAIN: [string, Behaviour, string, number | null][] = [
  ['500', json(500, { error: 'ERR internal' }), 'server-error', 500],
  ['502 with HTML', html(502), 'server-error', 502],
  ['503', json(503, { error: 'ERR gone' }), 'server-error', 503],
  ['408', json(408, {}), 'server-error', 408],
  ['HTML instead of JSON', html(200), 'malformed', 200],
  ['JSON of somebody else', json(200, { ok: true }), 'malformed', 200],
  ['an error that is no text', json(200, { result: 'x', error: null }), 'malformed', 200],
  ['nothing', (response) => void response.writeHead(204).end(), 'malformed', 204],
  ['a body cut short', cutsShort, 'broken', null],
  ['a body that ends early', endsEarly, 'malformed', 200],
  ['a reset', resets, 'broken', null],
  ['a reset midway', resetsMidway, 'broken', null],
];

describe.each(UNCERTAIN)('%s', (_, behaviour, reason, status) => {
  test('a write goes out once and may have been applied', async () => {
    server.always(behaviour);
    const error = await rejection<RedisUnavailableError>(write(redis));
    expect(error).toBeInstanceOf(RedisUnavailableError);
    expect(error).toMatchObject({
      code: 'ERR_REDIS_UNAVAILABLE',
      command: 'SET',
      keyPrefix: 'cache:7',
      tries: 1,
    });
    expect(error).toMatchObject({ reason, status, mayHaveBeenApplied: true });
    expect(server.requests).toHaveLength(1);
    expect(redis.waitsMs).toEqual([]);
  });

  test('a write that is safe to repeat and a read go out four times, after 1, 2 and 4 s', async () => {
    server.always(behaviour);
    expect(await rejection(write(redis, { isSafeToRepeat: true }))).toMatchObject({ tries: 4, reason });
    expect(redis.waitsMs).toEqual([1000, 2000, 4000]);
    expect(server.requests).toHaveLength(4);
    expect(await rejection(read(redis))).toMatchObject({ command: 'GET', tries: 4, reason });
    expect(server.requests).toHaveLength(8);
  });

  test('the next try brings the answer', async () => {
    server.next(behaviour, behaviour);
    expect(await read(redis)).toBe('cache:7:x');
    expect(server.requests).toHaveLength(3);
  });
});

describe.each([
  ['nothing at all', hangs],
  ['headers, and then nothing', hangsAfterHeaders],
])('%s', (_, behaviour) => {
  test('a write goes out once and ends with a time-out', async () => {
    server.always(behaviour);
    const error = await rejection<RedisTimeoutError>(write(redis, SHORT));
    expect(error).toBeInstanceOf(RedisTimeoutError);
    expect(error).toMatchObject({
      code: 'ERR_REDIS_TIMEOUT',
      timeoutMs: 100,
      tries: 1,
      mayHaveBeenApplied: true,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('a read is tried again', async () => {
    server.next(behaviour);
    expect(await read(redis, SHORT)).toBe('cache:7:x');
    expect(server.requests.length).toBeGreaterThan(1);
  });
});

describe('what was certainly not applied', () => {
  test('a refused connection: a write is tried again', async () => {
    await server.stop();
    const error = await rejection<RedisUnavailableError>(write(redis));
    expect(error).toMatchObject({ reason: 'refused', tries: 4 });
    expect(error).toMatchObject({ systemCode: 'ECONNREFUSED', mayHaveBeenApplied: false });
  });

  test('a host that does not exist', async () => {
    const lost = createSpecClient({ url: 'http://nowhere.invalid' });
    const error = await rejection(write(lost));
    expect(error).toMatchObject({ reason: 'refused', tries: 4, mayHaveBeenApplied: false });
  });

  test('a connection that never gets as far as the request: a write is tried again', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const waiting = createSpecClient({ url: `https://127.0.0.1:${port}` });
    const error = await rejection(write(waiting, SHORT));
    expect(error).toMatchObject({ code: 'ERR_REDIS_TIMEOUT', tries: 4, mayHaveBeenApplied: false });
    expect(sockets).toHaveLength(4);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  test('429: a write is tried again', async () => {
    server.next(json(429, { error: 'ERR slow down' }));
    expect(await write(redis)).toBe(true);
    expect(redis.waitsMs).toEqual([1000]);
  });
});

describe('Retry-After', () => {
  const throttled = (value: string, headers: Record<string, string> = {}) =>
    json(429, { error: 'ERR slow down' }, { 'retry-after': value, ...headers });

  test('in seconds counts where it is longer', async () => {
    server.next(throttled('3'), throttled('1'));
    await write(redis);
    expect(redis.waitsMs).toEqual([3000, 2000]);
  });

  test("as a date is measured by the server's clock", async () => {
    const date = 'Wed, 21 Oct 2015 07:28:00 GMT';
    server.next(throttled('Wed, 21 Oct 2015 07:28:05 GMT', { date }));
    await write(redis);
    expect(redis.waitsMs).toEqual([5000]);
  });

  test('of a 503 counts as well', async () => {
    server.next(json(503, {}, { 'retry-after': '2' }));
    await read(redis);
    expect(redis.waitsMs).toEqual([2000]);
  });

  test.each(['86400', 'Fri, 31 Dec 2100 23:59:59 GMT', '99999999999999999999'])(
    '%s ends the call',
    async (value) => {
      server.always(throttled(value));
      const error = await rejection<RedisUnavailableError>(write(redis));
      expect(error).toMatchObject({ reason: 'throttled', tries: 1 });
      expect(error.retryAfterMs).toBeGreaterThanOrEqual(86_400_000);
    },
  );

  test.each(['soon', '-1', '1.5', ''])('that is no such thing (%j) is not there', async (value) => {
    server.next(throttled(value));
    await write(redis);
    expect(redis.waitsMs).toEqual([1000]);
  });

  test('that does not fit into 50 ms ends a quick call', async () => {
    server.always(throttled('1'));
    expect(await rejection(read(redis, { retry: 'once-quickly' }))).toMatchObject({ tries: 1 });
    server.next(throttled('0'));
    server.always((response) => response.end('{"result":"x"}'));
    expect(await read(redis, { retry: 'once-quickly' })).toBe('x');
  });
});

describe('policies', () => {
  test('none goes out once, once-quickly twice within 50 ms', async () => {
    server.always(json(500, {}));
    expect(await rejection(read(redis, { retry: 'none' }))).toMatchObject({ tries: 1 });
    expect(redis.waitsMs).toEqual([]);
    expect(await rejection(read(redis, { retry: 'once-quickly' }))).toMatchObject({ tries: 2 });
    expect(redis.waitsMs).toHaveLength(1);
    expect(redis.waitsMs[0]).toBeLessThanOrEqual(50);
  });

  test('a pipeline is repeated when all of it reads, a transaction as well', async () => {
    server.always(html(200));
    const reads = [
      ['GET', 'a'],
      ['TTL', 'a'],
    ] as const;
    expect(await rejection(redis.pipeline(reads))).toMatchObject({ tries: 4 });
    expect(await rejection(redis.transaction(reads))).toMatchObject({ tries: 4 });
    expect(await rejection(redis.pipeline([...reads, ['DEL', 'a']]))).toMatchObject({ tries: 1 });
  });
});

describe('answers', () => {
  test.each([401, 403])('%i is about the token: no second try', async (status) => {
    server.always(json(status, { error: 'WRONGPASS invalid or missing auth token' }));
    const error = await rejection(read(redis));
    expect(error).toBeInstanceOf(RedisAuthError);
    expect(error).toMatchObject({ code: 'ERR_REDIS_AUTH', status, tries: 1 });
  });

  test('400 with an error is about the command: no second try', async () => {
    server.always(json(400, { error: 'ERR syntax error' }));
    const error = await rejection(read(redis));
    expect(error).toBeInstanceOf(RedisCommandError);
    expect(error).toMatchObject({
      code: 'ERR_REDIS_COMMAND',
      redisCode: 'ERR',
      problem: 'ERR syntax error',
      tries: 1,
    });
  });

  test('413 with an error reaches every call of the request', async () => {
    server.always(json(413, { error: 'ERR max request size exceeded. Limit: 10485760 bytes' }));
    const errors = await Promise.all([rejection(write(redis)), rejection(read(redis))]);
    for (const error of errors) expect(error).toBeInstanceOf(RedisCommandError);
  });

  test.each([
    ['404 with HTML', html(404)],
    ['a redirection', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ] as [string, Behaviour][])('%s is nobody who speaks the protocol: no second try', async (_, behaviour) => {
    server.always(behaviour);
    const error = await rejection(read(redis));
    expect(error).toMatchObject({ reason: 'malformed', tries: 1, mayHaveBeenApplied: false });
    expect(server.requests).toHaveLength(1);
  });

  test('an answer too few or too many is none', async () => {
    server.always(json(200, [{ result: 1 }]));
    expect(
      await rejection(
        redis.pipeline([
          ['DEL', 'a'],
          ['DEL', 'b'],
        ]),
      ),
    ).toMatchObject({ reason: 'malformed' });
    server.always(json(200, [{ result: 1 }, {}]));
    expect(
      await rejection(
        redis.pipeline([
          ['DEL', 'a'],
          ['DEL', 'b'],
        ]),
      ),
    ).toMatchObject({ reason: 'malformed' });
    server.always(json(200, [{ result: 1 }]));
    expect(await rejection(redis.command(['DEL', 'a']))).toMatchObject({ reason: 'malformed' });
  });

  test('one refused command of a request leaves the others alone', async () => {
    server.next(json(200, [{ error: 'ERR no such key' }, { result: 'b' }]));
    const [refused, answer] = await Promise.all([rejection(redis.get('a')), redis.get('b')]);
    expect(refused).toMatchObject({ redisCode: 'ERR', command: 'GET', keyPrefix: 'a' });
    expect(answer).toBe('b');
  });
});

test('every error is an HttpRedisError with a name and a problem that does not repeat the command', async () => {
  server.next(json(500, {}), json(401, {}), json(400, { error: 'ERR syntax error' }), hangs);
  for (const [type, name] of [
    [RedisUnavailableError, 'RedisUnavailableError'],
    [RedisAuthError, 'RedisAuthError'],
    [RedisCommandError, 'RedisCommandError'],
    [RedisTimeoutError, 'RedisTimeoutError'],
  ] as const) {
    const error = await rejection<HttpRedisError>(write(redis, { retry: 'none', ...SHORT }));
    expect(error).toBeInstanceOf(type);
    expect(error).toBeInstanceOf(HttpRedisError);
    expect(String(error)).toBe(`${name}: SET "cache:7": ${error.problem}`);
  }
});
