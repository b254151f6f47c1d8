import { startRedis, startRestEndpoint, type RedisServer, type RestEndpoint } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { createHttpRedis, RedisTimeoutError, RedisUnavailableError } from './index.js';
import { createSpecClient } from './spec-support/spec-client.js';

let server: RedisServer;
let behind: Redis;
let endpoint: RestEndpoint;
beforeAll(async () => {
  server = await startRedis();
  behind = new Redis(server.port, server.host);
});
beforeEach(async () => {
  await behind.flushall();
  endpoint = await startRestEndpoint({ redisUrl: server.url });
});
afterEach(() => endpoint.stop());
afterAll(async () => {
  behind.disconnect();
  await server.stop();
});

async function restart(isGraceful: boolean): Promise<void> {
  const { port, token } = endpoint;
  await endpoint.stop({ isGraceful });
  endpoint = await startRestEndpoint({ redisUrl: server.url, port, token });
}

test('killed and restarted under load: no write is applied twice, and none is lost that was answered', async () => {
  const redis = createHttpRedis({
    url: endpoint.url,
    token: endpoint.token,
    retry: 'standard',
    circuit: { failures: 3, firstWaitMs: 10, maxWaitMs: 20 },
  });
  const answered = new Set<string>();
  const uncertain = new Set<string>();
  let refused = 0;
  let isOver = false;
  let made = 0;

  const caller = async () => {
    while (!isOver) {
      const id = String((made += 1));
      try {
        // One list entry a write: whoever writes twice leaves two.
        await redis.command(['RPUSH', 'log', id]);
        answered.add(id);
      } catch (error) {
        const known = error instanceof RedisUnavailableError || error instanceof RedisTimeoutError;
        if (!known) throw error;
        if (error.mayHaveBeenApplied) uncertain.add(id);
        else refused += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };
  const answers = async (count: number) => {
    const target = answered.size + count;
    while (answered.size < target) await new Promise((resolve) => setImmediate(resolve));
  };

  const callers = Array.from({ length: 20 }, caller);
  for (const isGraceful of [false, true, false]) {
    await answers(500);
    await restart(isGraceful);
  }
  await answers(500);
  isOver = true;
  await Promise.all(callers);

  const log = await behind.lrange('log', 0, -1);
  const written = new Set(log);
  expect(written.size).toBe(log.length);
  expect([...answered].filter((id) => !written.has(id))).toEqual([]);
  expect([...written].filter((id) => !answered.has(id) && !uncertain.has(id))).toEqual([]);
  expect(answered.size + uncertain.size + refused).toBe(made);
  expect(uncertain.size).toBeGreaterThan(0);
  expect(redis.health().circuit).toBe('closed');
  await redis.close();
});

test('connections that are cut, before a command runs and after it: the same', async () => {
  endpoint.setFaults({ dropShare: 0.3, errorShare: 0.1 });
  const redis = createSpecClient({
    url: endpoint.url,
    token: endpoint.token,
    circuit: { failures: 1000 },
    maxRequests: 300,
  });
  const writes = Array.from({ length: 300 }, async (_, n) => {
    // A request each.
    for (let turn = 0; turn < n; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return redis.command(['RPUSH', 'log', n]).then(
      () => true,
      () => false,
    );
  });
  const outcomes = await Promise.all(writes);
  const log = await behind.lrange('log', 0, -1);
  expect(new Set(log).size).toBe(log.length);
  expect(outcomes.flatMap((isAnswered, n) => (isAnswered && !log.includes(String(n)) ? [n] : []))).toEqual(
    [],
  );
  const [failed, applied] = [outcomes.filter((each) => !each).length, log.length];
  expect(failed).toBeGreaterThan(0);
  expect(applied).toBeGreaterThan(300 - failed);
  await redis.close();
});

test('what is said to be safe to repeat gets through, as does what only reads', async () => {
  const [dropBefore, dropAfter, pass] = [0, 0.49, 0.9];
  const fates = [dropBefore, dropAfter, dropAfter, pass];
  const shaky = await startRestEndpoint({
    redisUrl: server.url,
    faults: { dropShare: 0.5 },
    random: () => fates.shift() ?? pass,
  });
  const redis = createSpecClient({ url: shaky.url, token: shaky.token });
  const answers = await Promise.all([redis.set('a', 'x', { isSafeToRepeat: true }), redis.get('a')]);
  expect(answers).toEqual([true, 'x']);
  expect([shaky.requests, fates]).toEqual([4, []]);
  await redis.close();
  await shaky.stop();
});

test('Redis behind it gone and back', async () => {
  const redis = createSpecClient({ url: endpoint.url, token: endpoint.token, retry: 'none' });
  await redis.set('a', 1);
  await server.kill();
  const failure = await redis.get('a').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RedisUnavailableError);
  await server.restart();
  let answer: unknown;
  while (answer !== true)
    answer = await redis.set('a', 1).catch(() => new Promise((resolve) => setImmediate(resolve)));
  expect(await redis.get('a')).toBe('1');
  await redis.close();
});
