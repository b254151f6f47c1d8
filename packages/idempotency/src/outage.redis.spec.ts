import { createHttpRedis, HttpRedisError } from '@switchyard/http-redis';
import { startRedis, startRestEndpoint, type RedisServer, type RestEndpoint } from '@switchyard/local-redis';
import { setTimeout as pause } from 'node:timers/promises';
import { createIdempotency, IdempotencyError } from './index.js';

const KEYS = 40;

let server: RedisServer;
let endpoint: RestEndpoint;

beforeAll(async () => {
  server = await startRedis();
  endpoint = await startRestEndpoint({ redisUrl: server.url });
});
afterAll(async () => {
  await endpoint.stop();
  await server.stop();
});

/** Several callers of every key, with clients of their own; counts how often each key's work was done. */
function startCallers(name: string) {
  const runs = new Map<string, number>();
  const { url, token } = endpoint;
  const clients = [1, 2].map(() => createHttpRedis({ url, token, circuit: { failures: 1_000_000 } }));
  const calls = clients.flatMap((redis) => {
    const idempotency = createIdempotency({ redis });
    return Array.from({ length: KEYS }, async (_, n) => {
      const key = `${name}-${n}`;
      const work = async () => {
        await pause(10);
        runs.set(key, (runs.get(key) ?? 0) + 1);
        return key;
      };
      await pause(n * 20);
      return idempotency.once(key, work, { waitSeconds: 10 });
    });
  });
  const ended = Promise.allSettled(calls).finally(() => Promise.all(clients.map((redis) => redis.close())));
  return { runs, ended };
}

/** Whoever was not told the result was told why, by an error that says so. */
function expectTyped(ends: readonly PromiseSettledResult<string>[]): void {
  for (const end of ends) {
    if (end.status === 'fulfilled') continue;
    const isTyped = end.reason instanceof HttpRedisError || end.reason instanceof IdempotencyError;
    expect([String(end.reason), isTyped]).toEqual([String(end.reason), true]);
  }
}

test('nothing runs twice while requests fail and answers are lost', async () => {
  endpoint.setFaults({ errorShare: 0.1, dropShare: 0.3 });
  const { runs, ended } = startCallers('faults');
  const ends = await ended;
  endpoint.setFaults({});
  expectTyped(ends);
  expect([...runs.values()].filter((count) => count > 1)).toEqual([]);
  expect(runs.size).toBeGreaterThan(KEYS / 2);
});

test('nothing runs twice when the endpoint is killed and started again', async () => {
  const { port, token } = endpoint;
  const { runs, ended } = startCallers('restart');
  while (runs.size < KEYS / 4) await pause(5);
  await endpoint.stop({ isGraceful: false });
  await pause(300);
  endpoint = await startRestEndpoint({ redisUrl: server.url, port, token });
  const ends = await ended;
  expectTyped(ends);
  expect([...runs.values()].filter((count) => count > 1)).toEqual([]);
  // The retries outlast the restart.
  expect(runs.size).toBe(KEYS);
});
