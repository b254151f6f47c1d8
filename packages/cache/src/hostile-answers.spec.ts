import { createHttpRedis, type HttpRedis } from '@switchyard/http-redis';
import fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cacheEntry, createCache, type Cache } from './index.js';

const entries = {
  PROFILE: cacheEntry<string>({ tags: ['profiles'] }),
  STALE: cacheEntry<string>({ staleSeconds: 60 }),
};

let server: Server;
let http: HttpRedis;
let answer: (response: ServerResponse) => void;
let nowMs: number;
let cache: Cache<typeof entries>;

beforeEach(async () => {
  nowMs = 0;
  server = createServer((request, response) => {
    request.resume().on('end', () => answer(response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // The circuit stays closed: each call is to get its answer.
  http = createHttpRedis({
    url: `http://127.0.0.1:${port}`,
    token: 'x',
    circuit: { failures: 1_000_000 },
  });
  cache = createCache({
    redis: http,
    entries,
    monotonicMs: () => nowMs,
    timeoutMs: 100,
  });
});
afterEach(async () => {
  await http.close();
  server.closeAllConnections();
  server.close();
});

const say = (status: number, body: string, headers: Record<string, string> = {}) => {
  answer = (response) => void response.writeHead(status, headers).end(body);
};

/** Everything there is to do, where HTTP Redis answers nonsense. */
async function expectItLivesOn(): Promise<void> {
  const ada = cache.forUser('ada');
  expect(await ada.get('PROFILE')).toBeUndefined();
  expect(await ada.exists('PROFILE')).toBe(false);
  expect(await ada.getMany(['PROFILE', 'STALE'])).toEqual([undefined, undefined]);
  expect(await ada.getOrSet('PROFILE', () => 'fetched')).toBe('fetched');
  expect(await ada.set('STALE', 'set')).toBe(false);
  nowMs += 5000;
  expect(await ada.get('PROFILE')).toBeUndefined();
  // What came as an answer may as well say that there is nothing.
  expect(['set', undefined]).toContain(await ada.get('STALE'));
  expect(await cache.getOrSet('PROFILE', () => null as unknown as string)).toBeNull();
  const failing = cache.getOrSet(['PROFILE', 1], () => Promise.reject(new Error('mine')));
  await expect(failing).rejects.toThrow('mine');
  expect(cache.stats().droppedWrites).toBeGreaterThan(0);
}

const page = '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>';

describe('a cache whose HTTP Redis answers', () => {
  test.each([
    ['a page', 200, page],
    ['a page as an error', 502, page],
    ['nothing', 200, ''],
    ['half an answer', 200, '[{"result":"sy1p:00000000:['],
    ['JSON of something else', 200, '{"message":"hello"}'],
    ['no object', 200, '42'],
    ['null', 200, 'null'],
    ['an empty list', 200, '[]'],
    ['fewer replies than asked for', 200, '{"result":[]}'],
    ['another kind of reply', 200, '{"result":7}'],
    ['a reply that is an object', 200, '{"result":{"length":3}}'],
    ['numbers for texts', 200, '{"result":[1,2,3]}'],
    ['lists for texts', 200, '{"result":[["x"],["x"],["x"]]}'],
    ['no such database', 404, '{"error":"not found"}'],
    ['a limit', 429, '{"error":"ERR max requests limit exceeded"}'],
    ['an error of its own', 500, '{"error":"internal"}'],
    ['another place', 302, ''],
  ])('%s lives on', async (_, status, body) => {
    say(status, body, status === 302 ? { location: 'http://127.0.0.1:9/' } : {});
    await expectItLivesOn();
  });

  test('and hangs up in the middle of it lives on', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('[{"result"');
      setImmediate(() => response.destroy());
    };
    await expectItLivesOn();
  });

  test('never lives on', async () => {
    answer = () => undefined;
    await expectItLivesOn();
  });

  test('whatever JSON there is never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), fc.boolean(), async (json, isResult) => {
        say(200, JSON.stringify(isResult ? { result: json } : json));
        cache = createCache({ redis: http, entries });
        const ada = cache.forUser('ada');
        expect(await ada.get('PROFILE')).toBeUndefined();
        expect(await ada.getMany(['STALE', 'PROFILE'])).toEqual([undefined, undefined]);
        expect(await ada.getOrSet('STALE', () => 'fetched')).toBe('fetched');
        await ada.set('PROFILE', 'set');
      }),
      { numRuns: 50 },
    );
  });
});
