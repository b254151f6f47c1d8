import {
  createHttpRedis,
  InvalidHttpRedisSettingsError,
  InvalidRedisOptionError,
  readHttpRedisSettings,
} from './index.js';
import { startMisbehavingServer } from './spec-support/misbehaving-server.js';

const environment = (url?: string, token?: string) => ({
  UPSTASH_REDIS_REST_URL: url,
  UPSTASH_REDIS_REST_TOKEN: token,
});

function problemsOf(url?: string, token?: string): readonly string[] {
  try {
    readHttpRedisSettings(environment(url, token));
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidHttpRedisSettingsError);
    return (error as InvalidHttpRedisSettingsError).problems;
  }
  return [];
}

test('trims, since secrets come with a newline at their end', () => {
  const settings = readHttpRedisSettings(environment(' https://eu1.upstash.io\n', 'AX==\r\n'));
  expect(settings).toEqual({ url: 'https://eu1.upstash.io', token: 'AX==' });
});

test('one error lists everything', () => {
  expect(problemsOf()).toEqual([
    'UPSTASH_REDIS_REST_URL is missing, allowed: such as https://eu1-quick-fox-1234.upstash.io',
    'UPSTASH_REDIS_REST_TOKEN is missing, allowed: printable ASCII without spaces',
  ]);
  expect(problemsOf('  ', '\n')).toHaveLength(2);
  expect(() => readHttpRedisSettings({})).toThrow(/_URL is missing.*; UPSTASH_REDIS_REST_TOKEN is missing/);
});

test.each([
  ['eu1.upstash.io', 'no URL'],
  ['redis://eu1.upstash.io', 'of another kind'],
  ['https://user@eu1.upstash.io', 'a URL with credentials'],
  ['https://eu1.upstash.io?x=1', 'a URL with a query'],
  ['"https://eu1.upstash.io"', 'no URL'],
])('a URL that is %s', (url, problem) => {
  expect(problemsOf(url, 't')).toEqual([expect.stringContaining(`_URL is ${problem}`)]);
  expect(() => createHttpRedis({ url, token: 't' })).toThrow(InvalidRedisOptionError);
});

test.each(['two words', 'tökén', 'a\nb', 'a\u0000'])('a token that is %j', (token) => {
  expect(problemsOf('https://eu1.upstash.io', token)).toHaveLength(1);
  expect(() => createHttpRedis({ url: 'https://eu1.upstash.io', token })).toThrow(InvalidRedisOptionError);
});

test('a client trims as well, and keeps the path of its URL', async () => {
  const server = await startMisbehavingServer();
  const redis = createHttpRedis({ url: `${server.url}/redis/ \n`, token: 'spec\n' });
  server.always((response) => void response.end('{"result":"x"}'));
  expect(await redis.get('a')).toBe('x');
  expect(server.requests[0]).toMatchObject({ path: '/redis/', authorization: 'Bearer spec' });
  await redis.close();
  await server.stop();
});

test.each([
  [{ timeoutMs: 0 }, 'timeoutMs is 0'],
  [{ timeoutMs: 2 ** 31 }, 'timeoutMs is 2147483648'],
  [{ timeoutMs: '5' }, 'timeoutMs is "5"'],
  [{ retry: 'often' }, 'retry is "often"'],
  [{ source: 'two words' }, 'source is "two words"'],
  [{ maxRequests: 0 }, 'maxRequests is 0'],
  [{ maxCommandsPerRequest: 1.5 }, 'maxCommandsPerRequest is 1.5'],
  [{ maxCharactersPerRequest: NaN }, 'maxCharactersPerRequest is NaN'],
  [{ circuit: { failures: -1 } }, 'circuit.failures is -1'],
])('%j is refused with its value', (options, message) => {
  const all = { url: 'https://eu1.upstash.io', token: 't', ...options } as Parameters<
    typeof createHttpRedis
  >[0];
  expect(() => createHttpRedis(all)).toThrow(InvalidRedisOptionError);
  expect(() => createHttpRedis(all)).toThrow(message);
});
