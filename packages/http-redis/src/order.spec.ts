import { defineScript, type CallOptions, type HttpRedis } from './index.js';
import {
  hangs,
  holding,
  html,
  json,
  startMisbehavingServer,
  type MisbehavingServer,
} from './spec-support/misbehaving-server.js';
import { rejection } from './spec-support/rejection.js';
import { createSpecClient } from './spec-support/spec-client.js';

let server: MisbehavingServer;
let redis: HttpRedis;
beforeEach(async () => {
  server = await startMisbehavingServer();
  redis = createSpecClient({ url: server.url });
});
afterEach(async () => {
  await redis.close();
  await server.stop();
});

/** First arguments of what arrived, a list for each request. */
const arrived = () => server.requests.map(({ commands }) => commands.map(([, key]) => key));
const get = (key: string, options?: CallOptions) => redis.get(key, options);
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the calls of a tick', () => {
  test('a lone call is a plain POST', async () => {
    expect(await get('a')).toBe('a');
    expect(server.requests).toEqual([
      { path: '/', authorization: 'Bearer spec-token', commands: [['GET', 'a']] },
    ]);
  });

  test('go out as one request, reads and writes in the order in which they were made', async () => {
    const answers = [get('a'), redis.set('b', 1), get('c'), redis.del(['d']), get('e')];
    expect(await Promise.all(answers)).toEqual(['a', true, 'c', 'd', 'e']);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      path: '/pipeline',
      commands: [
        ['GET', 'a'],
        ['SET', 'b', '1'],
        ['GET', 'c'],
        ['DEL', 'd'],
        ['GET', 'e'],
      ],
    });
  });

  test('belong to it however many microtasks deep they are made', async () => {
    async function deep(depth: number): Promise<unknown> {
      for (let n = 0; n < depth; n += 1) await null;
      return get(String(depth));
    }
    await Promise.all([0, 1, 5, 50].map(deep));
    expect(arrived()).toEqual([['0', '1', '5', '50']]);
  });

  test('belong to it where it began with no microtask', async () => {
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        const first = get('a');
        const later = Promise.resolve().then(() => get('b'));
        resolve(Promise.all([first, later]).then(() => undefined));
      });
    });
    expect(arrived()).toEqual([['a', 'b']]);
  });

  test('fifty callers that go on after one answer share the next request', async () => {
    const caller = async (n: number) => {
      for (let round = 0; round < 4; round += 1) await get(`${n}`);
    };
    await Promise.all(Array.from({ length: 50 }, (_, n) => caller(n)));
    expect(server.requests).toHaveLength(4);
  });

  test('of another tick do not wait for the first', async () => {
    const held = holding();
    server.always(held.behaviour);
    const answers = [get('a')];
    await turn();
    answers.push(get('b'));
    await server.received(2);
    held.letGo(1);
    expect(await answers[1]).toBe('b');
    held.letGo();
    expect(await answers[0]).toBe('a');
  });

  test('a pipeline of a caller travels with them and gets its own answers', async () => {
    const answers = [
      get('a'),
      redis.pipeline([
        ['GET', 'b'],
        ['GET', 'c'],
      ]),
      get('d'),
    ];
    expect(await Promise.all(answers)).toEqual(['a', [{ reply: 'b' }, { reply: 'c' }], 'd']);
    expect(arrived()).toEqual([['a', 'b', 'c', 'd']]);
  });

  test('a transaction has a request of its own, before and after which others go out', async () => {
    const answers = [
      get('a'),
      redis.transaction([
        ['GET', 'b'],
        ['GET', 'c'],
      ]),
      get('d'),
      get('e'),
    ];
    expect(await Promise.all(answers)).toEqual(['a', ['b', 'c'], 'd', 'e']);
    const paths = server.requests.map(({ path, commands }) => `${path} ${commands.length}`);
    expect(paths.sort()).toEqual(['/ 1', '/multi-exec 2', '/pipeline 2']);
  });
});

describe('limits', () => {
  test('a request has so many commands', async () => {
    redis = createSpecClient({ url: server.url, maxCommandsPerRequest: 3 });
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => get(key)));
    expect(
      arrived()
        .map((keys) => keys.length)
        .sort(),
    ).toEqual([1, 3]);
  });

  test('a request has so many characters, and what is longer goes alone', async () => {
    redis = createSpecClient({ url: server.url, maxCharactersPerRequest: 100 });
    const long = 'x'.repeat(200);
    await Promise.all([get('a'), get(long), get('b'), get('c')]);
    expect(arrived().sort((a, b) => a.length - b.length)).toEqual(
      expect.arrayContaining([['a'], [long], ['b', 'c']]),
    );
  });

  test('so many requests are under way; calls wait and share the next one', async () => {
    redis = createSpecClient({ url: server.url, maxRequests: 2 });
    const held = holding();
    server.always(held.behaviour);
    const answers: Promise<unknown>[] = [];
    for (const key of ['a', 'b', 'c', 'd']) {
      answers.push(get(key));
      await turn();
    }
    await server.received(2);
    held.letGo(0);
    await server.received(3);
    expect(arrived().slice(2)).toEqual([['c', 'd']]);
    held.letGo();
    await Promise.all(answers);
  });

  test('a call that never went out for others ends with a time-out and was not applied', async () => {
    redis = createSpecClient({ url: server.url, maxRequests: 1, retry: 'none' });
    server.next(hangs);
    const controller = new AbortController();
    const first = redis.set('a', 1, { timeoutMs: 60_000, signal: controller.signal }).catch(() => 'left');
    await server.received(1);
    const second = await rejection(redis.set('b', 1, { timeoutMs: 50 }));
    expect(second).toMatchObject({ code: 'ERR_REDIS_TIMEOUT', tries: 0, mayHaveBeenApplied: false });
    controller.abort();
    expect(await first).toBe('left');
    expect(await get('c')).toBe('c');
    expect(arrived()).toEqual([['a'], ['c']]);
  });
});

describe('an order key', () => {
  const inOrder = { orderKey: 'k' };

  test('holds across ticks: the later call waits for the answer of the earlier one', async () => {
    const held = holding();
    server.always(held.behaviour);
    const answers = [get('a', inOrder)];
    await server.received(1);
    answers.push(get('b', inOrder), get('other'), get('c', inOrder));
    await server.received(2);
    await turn();
    expect(arrived()).toEqual([['a'], ['other']]);
    held.letGo();
    await server.received(3);
    expect(arrived()[2]).toEqual(['b', 'c']);
    held.letGo();
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'other', 'c']);
  });

  test('lets calls of one tick share a request', async () => {
    await Promise.all([get('a', inOrder), get('b', inOrder)]);
    expect(arrived()).toEqual([['a', 'b']]);
  });

  test('holds where a tick needs several requests', async () => {
    redis = createSpecClient({ url: server.url, maxCommandsPerRequest: 2 });
    const held = holding();
    server.always(held.behaviour);
    const answers = ['a', 'b', 'c', 'd', 'e'].map((key) => get(key, inOrder));
    await server.received(1);
    await turn();
    expect(arrived()).toEqual([['a', 'b']]);
    held.letGo();
    await server.received(2);
    held.letGo();
    await server.received(3);
    held.letGo();
    await Promise.all(answers);
    expect(arrived()).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('holds around a transaction', async () => {
    const answers = [get('a', inOrder), redis.transaction([['GET', 'b']], inOrder), get('c', inOrder)];
    await Promise.all(answers);
    expect(arrived()).toEqual([['a'], ['b'], ['c']]);
  });

  test('holds when the earlier call is tried again, and when it fails for good', async () => {
    server.next(html(502), html(502));
    const answers = [get('a', inOrder)];
    await server.received(1);
    answers.push(get('b', inOrder));
    expect(await Promise.all(answers)).toEqual(['a', 'b']);
    expect(arrived()).toEqual([['a'], ['a'], ['a'], ['b']]);

    server.next(json(400, { error: 'ERR syntax error' }));
    const failed = rejection(get('c', inOrder));
    await server.received(5);
    expect(await get('d', inOrder)).toBe('d');
    await failed;
  });

  test('holds when a request of two fails: each goes again in its turn', async () => {
    server.next(html(502));
    await Promise.all([get('a', inOrder), get('b', inOrder)]);
    const keys = arrived().slice(1).flat();
    expect(keys).toEqual(['a', 'b']);
  });

  test('waits no longer than the later call may', async () => {
    server.next(hangs);
    const controller = new AbortController();
    const first = get('a', { ...inOrder, timeoutMs: 60_000, signal: controller.signal }).catch(() => 'left');
    await server.received(1);
    const error = await rejection(get('b', { ...inOrder, timeoutMs: 50, retry: 'none' }));
    expect(error).toMatchObject({ code: 'ERR_REDIS_TIMEOUT', tries: 0 });
    controller.abort();
    expect(await first).toBe('left');
    expect(await get('c', inOrder)).toBe('c');
    expect(arrived()).toEqual([['a'], ['c']]);
  });

  test('holds when a script has to be sent as text: those behind it share no request with it', async () => {
    const script = defineScript({ name: 'spec', lua: 'return 1', billed: 1 });
    server.next(json(200, [{ error: 'NOSCRIPT No matching script. Please use EVAL.' }, { result: 'other' }]));
    await Promise.all([redis.script(script, ['k'], [], inOrder), get('b', inOrder), get('other')]);
    const names = server.requests.map(({ commands }) => commands.map(([name]) => name));
    expect(names).toEqual([['EVALSHA', 'GET'], ['EVAL'], ['GET']]);
  });

  test('ends a call whose time is over while one behind it, in the same request, is still waited for', async () => {
    const held = holding();
    server.next(held.behaviour);
    const safe = { ...inOrder, isSafeToRepeat: true };
    const first = rejection(redis.set('a', 1, { ...safe, timeoutMs: 50 }));
    const second = redis.set('b', 2, { ...safe, timeoutMs: 60_000 });
    await server.received(1);
    expect(await first).toMatchObject({ code: 'ERR_REDIS_TIMEOUT', tries: 1 });
    held.letGo();
    expect(await second).toBe(true);
    expect(arrived()).toEqual([['a', 'b']]);
  });

  test('holds when the time of both is over at once: both are repeated, in their order', async () => {
    server.next(hangs);
    const safe = { ...inOrder, isSafeToRepeat: true, timeoutMs: 100 };
    await Promise.all([redis.set('a', 1, safe), redis.set('b', 2, safe)]);
    expect(arrived()[0]).toEqual(['a', 'b']);
    const keys = arrived().slice(1).flat();
    expect(keys.lastIndexOf('a')).toBeLessThan(keys.indexOf('b'));
  });

  test('of another kind is another line', async () => {
    const held = holding();
    server.always(held.behaviour);
    const answers = [get('a', inOrder)];
    await server.received(1);
    answers.push(get('b', { orderKey: 'other' }));
    await server.received(2);
    held.letGo();
    await Promise.all(answers);
  });
});
