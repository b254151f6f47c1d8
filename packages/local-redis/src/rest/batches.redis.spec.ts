import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '../redis-server.js';
import { ask, type Reply } from '../spec-support/ask.js';
import { startRestEndpoint, type RestEndpoint } from './rest-endpoint.js';

let server: RedisServer;
let redis: Redis;
let endpoint: RestEndpoint;

beforeAll(async () => {
  server = await startRedis({
    users: [{ name: 'plain', password: 'p', rules: '~* +@all -multi -exec' }],
  });
  redis = new Redis(server.url);
  endpoint = await startRestEndpoint({ redisUrl: server.url });
});

beforeEach(() => redis.flushall());

afterAll(async () => {
  redis.disconnect();
  await endpoint.stop();
  await server.stop();
});

const pipeline = (body: unknown) => ask(endpoint, '/pipeline', { method: 'POST', body });
const transaction = (body: unknown) => ask(endpoint, '/multi-exec', { method: 'POST', body });

describe.each(['/pipeline', '/multi-exec'])('%s', (path) => {
  it.each(['', '[]', '{}', 'null', '["PING"]', '[["PING"],"PING"]', '[["PING"]', '[[["PING"]'])(
    'refuses a body of %j',
    async (body) => {
      expect(await ask(endpoint, path, { method: 'POST', body })).toMatchObject({
        status: 400,
        json: { error: expect.stringMatching(/^ERR (failed to parse|empty) pipeline/) },
      });
    },
  );

  it('answers in order', async () => {
    const body = [
      ['RPUSH', 'l', 'a'],
      ['RPUSH', 'l', 'b', 'c'],
      ['LRANGE', 'l', 0, -1],
      ['GET', 'none'],
    ];
    expect(await ask(endpoint, path, { body })).toMatchObject({
      status: 200,
      json: [{ result: 1 }, { result: 3 }, { result: ['a', 'b', 'c'] }, { result: null }],
    });
  });

  it('gives a command that fails when it runs an error of its own', async () => {
    const body = [
      ['SET', 'k', 'text'],
      ['INCR', 'k'],
      ['LPUSH', 'k', 1],
      ['GET', 'k'],
    ];
    expect(await ask(endpoint, path, { body })).toMatchObject({
      status: 200,
      json: [
        { result: 'OK' },
        { error: 'ERR value is not an integer or out of range' },
        { error: expect.stringMatching(/^WRONGTYPE/) },
        { result: 'text' },
      ],
    });
  });

  it('takes a thousand commands', async () => {
    const body = Array.from({ length: 1000 }, (_, index) => ['ECHO', String(index)]);
    expect((await ask(endpoint, path, { body })).json).toEqual(body.map(([, result]) => ({ result })));
  });
});

it.each([
  ['/', ['GET', 'k'], 1],
  ['/pipeline', [['GET', 'k'], ['GET', 'k'], ['MULTI']], 2],
  [
    '/multi-exec',
    [
      ['GET', 'k'],
      ['GET', 'k'],
    ],
    4,
  ],
])('bills at %s what was sent, and MULTI and EXEC', async (path, body, billed) => {
  expect(await endpoint.costOf(() => ask(endpoint, path, { body }))).toMatchObject({ requests: 1, billed });
});

it('connects without being billed', async () => {
  const cost = await endpoint.costOf(async () => {
    const another = await startRestEndpoint({ redisUrl: `${server.url}/1` });
    await another.stop();
  });
  expect(cost.billed).toBe(0);
});

describe('a pipeline', () => {
  it('goes on behind what cannot be run', async () => {
    const body = [['NOSUCH'], [], ['SET', 'k', null], ['GET'], ['SET', 'k', 1]];
    expect(await pipeline(body)).toMatchObject({
      status: 200,
      json: [
        { error: expect.stringMatching(/^ERR unknown command/) },
        { error: 'ERR empty command' },
        { error: 'ERR unsupported arg type: null' },
        { error: expect.stringMatching(/^ERR wrong number of arguments/) },
        { result: 'OK' },
      ],
    });
  });

  it('of nothing that can be run is answered without Redis', async () => {
    expect((await pipeline([['MULTI'], []])).json).toEqual([
      { error: expect.any(String) },
      { error: 'ERR empty command' },
    ]);
  });
});

describe('a transaction', () => {
  it.each([
    ['an unknown command', ['NOSUCH'], 'ERR unknown command'],
    ['a lacking argument', ['GET'], 'ERR wrong number of arguments'],
    ['an empty command', [], 'ERR empty command'],
    ['null', ['SET', 'k', null], 'ERR unsupported arg type'],
  ])('is discarded as a whole for %s, with one error', async (_, bad, reason) => {
    const { status, json } = await transaction([['SET', 'k', 'v'], bad, ['SET', 'l', 'v']]);
    expect({ status, json }).toEqual({
      status: 400,
      json: { error: expect.stringMatching(`^EXECABORT Transaction discarded because of: ${reason}`) },
    });
    expect(await redis.dbsize()).toBe(0);
  });

  it('says so when Redis would not begin one', async () => {
    const weak = await startRestEndpoint({ redisUrl: `redis://plain:p@127.0.0.1:${server.port}` });
    try {
      const { status, json } = await ask(weak, '/multi-exec', { body: [['RPUSH', 'l', 'a']] });
      expect({ status, json }).toEqual({
        status: 400,
        json: { error: expect.stringMatching(/^NOPERM.*multi.* The commands ran without a transaction$/) },
      });
      expect(await redis.llen('l')).toBe(1);
    } finally {
      await weak.stop();
    }
  });

  it('never has anything of others in it', async () => {
    // Each transaction finds the counter even and leaves it even; whatever came between would see it odd.
    const step = [
      ['INCR', 'counter'],
      ['GET', 'counter'],
      ['INCR', 'counter'],
    ];
    const others = Array.from({ length: 60 }, (_, index) =>
      index % 2 === 0
        ? ask(endpoint, '/get/counter').then(({ json }) => [json as { result: string | null }])
        : pipeline([
            ['GET', 'counter'],
            ['GET', 'counter'],
          ]).then(({ json }) => json as { result: string }[]),
    );
    const transactions = Array.from({ length: 60 }, () => transaction(step));
    for (const { json } of await Promise.all(transactions)) {
      const [first, between, last] = (json as { result: number | string }[]).map(({ result }) =>
        Number(result),
      );
      expect([between, last]).toEqual([first, Number(first) + 1]);
      expect(Number(first) % 2).toBe(1);
    }
    const seen = (await Promise.all(others)).flat().map(({ result }) => Number(result ?? 0));
    expect(seen.filter((value) => value % 2 === 1)).toEqual([]);
    expect(await redis.get('counter')).toBe('120');
  });
});

it('keeps a reply that is nested too deeply for JSON from those who ask beside it', async () => {
  const nest = 'local t = {} for _ = 1, 7000 do t = {t} end return t';
  const asked = [
    ask(endpoint, '/', { body: ['EVAL', nest, 0] }),
    pipeline([['EVAL', nest, 0], ['PING']]),
    transaction([['EVAL', nest, 0], ['PING']]),
    ...Array.from({ length: 5 }, () => ask(endpoint, '/ping')),
  ];
  const [deep, among, within, ...others] = await Promise.all(asked);
  for (const { status, json } of [deep, among, within] as Reply[]) {
    expect([status, json]).toEqual([500, { error: 'ERR internal error' }]);
  }
  for (const { json } of others) expect(json).toEqual({ result: 'PONG' });
});
