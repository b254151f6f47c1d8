import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { jest } from '@jest/globals';
import {
  createHttpRedis,
  defineScript,
  readHttpRedisSettings,
  REDIS_COMMAND_CHANNEL,
  type HttpRedis,
  type RedisCommand,
} from './index.js';
import {
  cutsShort,
  hangs,
  html,
  json,
  resets,
  startMisbehavingServer,
  type Behaviour,
  type MisbehavingServer,
} from './spec-support/misbehaving-server.js';
import { createSpecClient } from './spec-support/spec-client.js';

const SECRET = 'XK7_PLANTED_9Q';
const seen: unknown[] = [];
const listen = (message: unknown) => void seen.push(message);
const printed: unknown[] = [];

let server: MisbehavingServer;
beforeAll(async () => {
  server = await startMisbehavingServer();
  subscribe(REDIS_COMMAND_CHANNEL, listen);
  const print = (...args: unknown[]) => void printed.push(...args);
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    jest.spyOn(console, method).mockImplementation(print);
  }
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => (print(text), true));
  }
  jest.spyOn(process, 'emitWarning').mockImplementation(print);
});
afterAll(async () => {
  unsubscribe(REDIS_COMMAND_CHANNEL, listen);
  jest.restoreAllMocks();
  await server.stop();
});

/** All that can be read of a thing, whichever way it is printed. */
function allOf(thing: unknown): string {
  const error = thing as Error;
  return [
    inspect(thing, { depth: null, showHidden: true, maxStringLength: null }),
    JSON.stringify(thing),
    JSON.stringify(Object.getOwnPropertyDescriptors(error)),
    String(thing),
    error?.stack,
    inspect(error?.cause),
  ].join('\n');
}

const script = defineScript({ name: 'spec-script', lua: `return '${SECRET}'`, billed: 3 });
const calls: Record<string, (redis: HttpRedis) => Promise<unknown>> = {
  set: (redis) => redis.set('cache:7:profile', SECRET),
  'set under a key that ends with it': (redis) => redis.set(`cache:7:${SECRET}`, 1),
  del: (redis) => redis.del([`session:7:${SECRET}`, SECRET]),
  zadd: (redis) => redis.zadd('z', [{ score: 1, member: SECRET }]),
  pipeline: (redis) =>
    redis.pipeline([
      ['SET', 'a', SECRET],
      ['APPEND', 'a', SECRET],
    ]),
  transaction: (redis) => redis.transaction([['SET', 'a', SECRET]]),
  script: (redis) => redis.script(script, ['k'], [SECRET]),
  'a raw script': (redis) => redis.command(['EVAL', `return '${SECRET}'`, 0, SECRET]),
  'a command without a key': (redis) => redis.command(['ECHO', SECRET]),
  'a command nobody knows': (redis) => redis.command(['SUBMIT', SECRET]),
  AUTH: (redis) => redis.command(['AUTH', SECRET]),
  'a line instead of a command': (redis) => redis.command([`SET key ${SECRET}`]),
  'an object as an argument': (redis) => redis.command(['SET', 'k', { SECRET }] as unknown as RedisCommand),
  'a pattern that begins with a wildcard': (redis) => redis.deletePattern(`*${SECRET}`),
  'a wrong time to live': (redis) => redis.set('k', SECRET, { ttlSeconds: 0.5 }),
};

const replies =
  (error: string): Behaviour =>
  (response, { path, commands }) =>
    path === '/'
      ? json(400, { error })(response)
      : json(
          200,
          commands.map(() => ({ error })),
        )(response);

const behaviours: Record<string, Behaviour> = {
  '500 that repeats it': json(500, { error: `ERR boom, command was: ${SECRET}` }),
  'HTML that repeats it': (response) => void response.end(`<html>${SECRET}</html>`),
  '404 that repeats it': (response) => void response.writeHead(404).end(SECRET),
  '401 that repeats it': json(401, { error: `WRONGPASS ${SECRET}` }),
  '429': json(429, { error: SECRET }, { 'retry-after': '86400' }),
  'an unknown command': replies(`ERR unknown command 'SUBMIT', with args beginning with: '${SECRET}' `),
  'an unknown command, cut': replies(
    `ERR unknown command 'SUBMIT', with args beginning with: '${SECRET.slice(0, 9)}' `,
  ),
  'a script that fails with its argument': replies(
    `ERR user_script:1: ${SECRET} script: 1, on @user_script:1.`,
  ),
  'a script that answers its argument as an error': replies(`-${SECRET}`),
  'an error of one word': replies(SECRET),
  'an error with lines': replies(`ERR syntax error\n${SECRET}`),
  'a body cut short': cutsShort,
  'a reset': resets,
  'no answer': hangs,
  '502': html(502),
};

describe.each(Object.entries(behaviours))('%s', (_, behaviour) => {
  test.each(Object.entries(calls))('%s shows no secret', async (_, call) => {
    server.always(behaviour);
    const redis = createSpecClient({
      url: server.url,
      token: `token-${SECRET}`,
      timeoutMs: 20,
      retry: 'once-quickly',
    });
    const before = seen.length;
    const outcome = await call(redis).catch((error: unknown) => error);
    expect(allOf(outcome)).not.toMatch(/planted/i);
    expect(allOf(outcome)).toMatch(/Error/);
    expect(allOf(seen.slice(before))).not.toMatch(/planted/i);
    expect(allOf(redis.health())).not.toMatch(/planted/i);
    expect(server.requests.every(({ authorization }) => authorization === `Bearer token-${SECRET}`)).toBe(
      true,
    );
    await redis.close();
  });
});

test('a refused connection shows no secret', async () => {
  const redis = createSpecClient({ url: 'http://127.0.0.1:9', token: SECRET });
  const outcome = await redis.set('k', SECRET).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ reason: 'refused' });
  expect(allOf(outcome)).not.toMatch(/planted/i);
  await redis.close();
});

test.each([
  { url: `https://default:${SECRET}@eu1.upstash.io`, token: 't' },
  { url: `redis://default:${SECRET}@eu1.upstash.io`, token: 't' },
  { url: `https://eu1.upstash.io?_token=${SECRET}`, token: 't' },
  { url: SECRET, token: 't' },
  { url: `${SECRET.replaceAll('_', '-')}:x`, token: 't' },
  { url: 'https://eu1.upstash.io', token: `${SECRET} ${SECRET}` },
  { url: 'https://eu1.upstash.io', token: `${SECRET}\u0000` },
])('a wrong setting is not shown', ({ url, token }) => {
  const environment = { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token };
  for (const use of [() => createHttpRedis({ url, token }), () => readHttpRedisSettings(environment)]) {
    let thrown: unknown;
    try {
      use();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Error);
    expect(allOf(thrown)).not.toMatch(/planted/i);
  }
});

test('nothing was printed that shows it', () => {
  expect(seen.length).toBeGreaterThan(100);
  expect(printed.map(String)).toEqual([]);
  console.warn('heard');
  process.stdout.write('heard');
  expect(printed).toEqual(['heard', 'heard']);
});
