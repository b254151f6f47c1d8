import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '../redis-server.js';
import { ask } from '../spec-support/ask.js';
import { startRestEndpoint, type RestEndpoint } from './rest-endpoint.js';

let server: RedisServer;
let redis: Redis;
let endpoint: RestEndpoint;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  endpoint = await startRestEndpoint({ redisUrl: server.url });
});

beforeEach(() => redis.flushall());

afterAll(async () => {
  redis.disconnect();
  await endpoint.stop();
  await server.stop();
});

const binary = Buffer.from([0xff, 0x00, 0x0d, 0x0a, 0xfe]);

describe('what is refused', () => {
  const refusals = [
    ...['BLPOP k 0', 'brpop k 0', 'BRPOPLPUSH a b 0', 'BLMOVE a b LEFT LEFT 0', 'BLMPOP 0 1 k LEFT'],
    ...['BZPOPMIN k 0', 'BzPopMax k 0', 'BZMPOP 0 1 k MIN', 'WAIT 1 0', 'WAITAOF 1 0 0'],
    ...[
      'XREAD BLOCK 0 STREAMS s $',
      'xread count 1 block 0 streams s $',
      'XREADGROUP GROUP g c BLOCK 0 STREAMS s >',
    ],
    ...['SUBSCRIBE c', 'PSUBSCRIBE c', 'SSUBSCRIBE c', 'UNSUBSCRIBE', 'MONITOR'],
    ...['WATCH k', 'UNWATCH', 'MULTI', 'EXEC', 'DISCARD'],
    ...['AUTH x', 'HELLO 3', 'SeLeCt 1', 'QUIT', 'RESET', 'CLIENT REPLY OFF', 'CLIENT KILL TYPE normal'],
    ...[
      'CONFIG GET *',
      'DEBUG SLEEP 1',
      'SHUTDOWN',
      'REPLICAOF NO ONE',
      'MODULE LIST',
      'SYNC',
      'SCRIPT DEBUG YES',
    ],
  ].map((line) => line.split(' '));

  /** SUBSCRIBE and MONITOR have paths of their own. */
  const isPath = ([name]: readonly string[]) => /^(p?subscribe|monitor)$/i.test(name ?? '');

  it.each(refusals)('%s %s', async (...command) => {
    const body = command.filter((part) => part !== undefined);
    const error = {
      error: expect.stringMatching(`^ERR Command is not available: '${body[0]?.toUpperCase()}'`),
    };
    const refused = { status: 400, json: error };
    expect(await ask(endpoint, '/', { body })).toMatchObject(refused);
    if (!isPath(body)) {
      expect(await ask(endpoint, `/${body.map(encodeURIComponent).join('/')}`)).toMatchObject(refused);
    }
    const set = ['SET', 'k', 'v'];
    expect(await ask(endpoint, '/pipeline', { body: [set, body, ['GET', 'k']] })).toMatchObject({
      status: 200,
      json: [{ result: 'OK' }, error, { result: 'v' }],
    });
    expect(await ask(endpoint, '/multi-exec', { body: [['SET', 'k', 'w'], body] })).toMatchObject({
      status: 400,
      json: {
        error: expect.stringMatching(/^EXECABORT Transaction discarded because of: ERR Command is not/),
      },
    });
    expect(await redis.get('k')).toBe('v');
    expect((await ask(endpoint, '/ping')).json).toEqual({ result: 'PONG' });
  });

  it('a name that only Redis would take for another', async () => {
    for (let suffix = 0; suffix < 300; suffix += 1) {
      const { status, json } = await ask(endpoint, '/', { body: [`SELECT\0${suffix}`, '1'] });
      expect({ status, json }).toEqual({
        status: 400,
        json: { error: expect.stringMatching(/^ERR unknown command/) },
      });
    }
  });

  it.each([
    ['', 'ERR empty command'],
    ['[]', 'ERR empty command'],
    ['{}', 'ERR failed to parse command: not an array'],
    ['["GET"', 'ERR failed to parse command: not JSON'],
    ['["SET","k",null]', 'ERR unsupported arg type: null'],
    [Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), 'ERR failed to parse command: not UTF-8'],
  ])('a body of %j', async (body, error) => {
    expect(await ask(endpoint, '/', { method: 'POST', body })).toMatchObject({
      status: 400,
      json: { error },
    });
  });

  it('more arguments than a Redis takes', async () => {
    const body = `["DEL"${',1'.repeat(1024 * 1024)}]`;
    expect(await ask(endpoint, '/', { body })).toMatchObject({
      status: 400,
      json: { error: 'ERR too many arguments' },
    });
  });

  it('what Redis refuses, in its words', async () => {
    await redis.set('text', 'a');
    expect(await ask(endpoint, '/incr/text')).toMatchObject({
      status: 400,
      json: { error: 'ERR value is not an integer or out of range' },
    });
    expect(await ask(endpoint, '/', { body: ['NOSUCH', 'a'] })).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/^ERR unknown command 'NOSUCH'/) },
    });
  });
});

describe('path style', () => {
  it.each(['GET', 'HEAD', 'POST', 'PUT'])('%s', async (method) => {
    expect((await ask(endpoint, '/set/k/v', { method })).status).toBe(200);
    expect(await redis.get('k')).toBe('v');
  });

  it('takes a body as the last argument of the path, and parameters behind it', async () => {
    expect((await ask(endpoint, '/set/k?EX=100&NX', { body: '{"a":1}' })).json).toEqual({ result: 'OK' });
    expect(await redis.get('k')).toBe('{"a":1}');
    expect(await redis.ttl('k')).toBeGreaterThan(90);
  });

  it('takes any bytes', async () => {
    const path = [...binary].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    await ask(endpoint, `/set/${path}`, { body: binary });
    expect(await redis.getBuffer(binary)).toEqual(binary);
    await ask(endpoint, `/set/other/${path}`);
    expect(await redis.getBuffer('other')).toEqual(binary);
  });

  it.each(['a b', 'a/b', `"quoted' \\`, 'two\nlines\r\n', '🙂 é', '%', 'a?b&c=d#e', '', ' '])(
    'takes %j as a key and a value',
    async (text) => {
      await ask(endpoint, `/set/${encodeURIComponent(`k${text}`)}/${encodeURIComponent(text)}`);
      expect(await redis.get(`k${text}`)).toBe(text);
      expect((await ask(endpoint, '/', { body: ['GET', `k${text}`] })).json).toEqual({ result: text });
    },
  );
});

describe('replies', () => {
  it.each([
    ['nil', ['GET', 'none'], null],
    ['an integer', ['INCRBY', 'n', 9007199254740991], 9007199254740991],
    ['an integer that JSON would round', ['INCRBY', 'n', '9007199254740993'], '9007199254740993'],
    ['the largest integer', ['INCRBY', 'n', '9223372036854775807'], '9223372036854775807'],
    ['nested arrays', ['EVAL', 'return {1,{"a",{false,{}}}}', 0], [1, ['a', [null, []]]]],
    ['a status', ['PING'], 'PONG'],
    ['a boolean argument', ['ECHO', true], 'true'],
  ])('%s', async (_, body, result) => {
    expect((await ask(endpoint, '/', { body })).json).toEqual({ result });
  });

  it('an integer that was sent beyond 2^53', async () => {
    expect((await ask(endpoint, '/', { body: '["ECHO",12345678901234567890]' })).json).toEqual({
      result: '12345678901234567890',
    });
  });

  it('base64 of every string but OK', async () => {
    const headers = { 'upstash-encoding': 'base64' };
    expect((await ask(endpoint, '/set/k', { headers, body: binary })).json).toEqual({ result: 'OK' });
    expect((await ask(endpoint, '/get/k', { headers })).json).toEqual({ result: binary.toString('base64') });
    const body = [['MGET', 'k', 'none'], ['DBSIZE'], ['NOSUCH']];
    expect((await ask(endpoint, '/pipeline', { headers, body })).json).toEqual([
      { result: [binary.toString('base64'), null] },
      { result: 1 },
      { error: expect.stringMatching(/^ERR unknown command/) },
    ]);
  });

  it('as Redis sent them', async () => {
    const headers = { 'upstash-response-format': 'resp2' };
    await redis.set('k', binary);
    const { bytes, headers: answered } = await ask(endpoint, '/get/k', { headers });
    expect(bytes).toEqual(Buffer.concat([Buffer.from('$5\r\n'), binary, Buffer.from('\r\n')]));
    expect(answered.get('content-type')).toBe('application/octet-stream');
    const refused = await ask(endpoint, '/incr/k', { headers });
    expect(refused.status).toBe(400);
    expect(String(refused.bytes)).toBe('-ERR value is not an integer or out of range\r\n');
    const body = [['PING'], ['MULTI'], ['DBSIZE']];
    expect(String((await ask(endpoint, '/pipeline', { headers, body })).bytes)).toMatch(
      /^\+PONG\r\n-ERR Command is not available: 'MULTI'[^\r\n]*\r\n:1\r\n$/,
    );
    expect((await ask(endpoint, '/multi-exec', { headers, body: [['PING']] })).json).toEqual([
      { result: 'PONG' },
    ]);
  });

  it.each([
    { 'upstash-response-format': 'resp3' },
    { 'upstash-response-format': 'resp2', 'upstash-encoding': 'base64' },
  ])('not as %j', async (headers) => {
    expect((await ask(endpoint, '/ping', { headers: headers as Record<string, string> })).status).toBe(400);
  });

  it('a sync token that is new each time, whatever was sent', async () => {
    const headers = { 'upstash-sync-token': 'from elsewhere' };
    const tokens = [await ask(endpoint, '/ping', { headers }), await ask(endpoint, '/ping')].map((reply) =>
      reply.headers.get('upstash-sync-token'),
    );
    expect(tokens).toEqual([expect.any(String), expect.any(String)]);
    expect(new Set(tokens).size).toBe(2);
  });
});

describe('code in Redis', () => {
  it('runs as EVAL, EVALSHA, SCRIPT and FUNCTION', async () => {
    expect((await ask(endpoint, '/', { body: ['EVAL', 'return ARGV[1]', 0, 'a'] })).json).toEqual({
      result: 'a',
    });
    const { json } = await ask(endpoint, '/', { body: ['SCRIPT', 'LOAD', 'return KEYS[1]'] });
    const { result: hash } = json as { result: string };
    expect((await ask(endpoint, `/evalsha/${hash}/1/k`)).json).toEqual({ result: 'k' });
    expect(await ask(endpoint, '/evalsha/ffffffffffffffffffffffffffffffffffffffff/0')).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/^NOSCRIPT/) },
    });
    const library = "#!lua name=lib\nredis.register_function('f', function(keys, args) return args[1] end)";
    expect((await ask(endpoint, '/', { body: ['FUNCTION', 'LOAD', library] })).json).toEqual({
      result: 'lib',
    });
    expect((await ask(endpoint, '/fcall/f/0/a')).json).toEqual({ result: 'a' });
  });

  it('may not block either', async () => {
    const body = ['EVAL', "return redis.call('BLPOP', KEYS[1], 0)", 1, 'k'];
    expect((await ask(endpoint, '/', { body })).status).toBe(400);
  });
});

it('counts requests, the refused ones too', async () => {
  const before = endpoint.requests;
  await ask(endpoint, '/ping');
  await ask(endpoint, '/pipeline', { body: [['PING'], ['PING'], ['PING']] });
  await ask(endpoint, '/ping', { token: 'wrong' });
  expect(endpoint.requests - before).toBe(3);
});
