import { defineQueue, type QueueEngine } from '@switchyard/queue-contract';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { anything, eventually } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { createBullMqEngine } from './index.js';

const definition = defineQueue({ name: 'mail', tier: 'medium', jobs: { work: anything } });
/** The engine gives a store that does not answer two seconds more than it was told. */
const ENOUGH_MS = 8000;

let server: RedisServer;
let connection: Redis;
beforeEach(async () => {
  server = await startRedis();
  connection = new Redis(server.url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  connection.on('error', () => undefined);
});
afterEach(async () => {
  connection.disconnect();
  await server.stop();
});

/** An engine that listens, waits for a job to end, and consumes; optionally with a handler that never ends. */
async function busyEngine(isRunning: boolean): Promise<QueueEngine> {
  const engine = createBullMqEngine({ connection });
  const { producer, consumer, events } = engine.queue(definition);
  await events.on('completed', () => undefined);
  const consuming = consumer.consume({ work: () => new Promise(() => undefined) });
  const taken = new Promise((resolve) => consuming.on('active', resolve));
  await consuming.ready();
  if (isRunning) {
    const job = await producer.add('work', null);
    await taken;
    void events.waitForEnd(job, { timeoutMs: 60_000 }).catch(() => undefined);
  }
  return engine;
}

describe.each([
  ['idle', false],
  ['in the middle of a job', true],
])('an engine that is %s', (_, isRunning) => {
  test.each([
    ['closes within its limit', false],
    ['closes within the limit of a second call', true],
  ])('%s though the store says nothing', async (__, isSecond) => {
    const engine = await busyEngine(isRunning);
    process.kill(server.pid, 'SIGSTOP');
    const startMs = performance.now();
    const closes = isSecond ? [engine.close()] : [];
    closes.push(engine.close({ timeoutMs: 100 }));
    await Promise.all(closes);
    const tookMs = performance.now() - startMs;
    process.kill(server.pid, 'SIGCONT');
    expect(tookMs).toBeLessThan(ENOUGH_MS);
    await expect(engine.ready()).rejects.toMatchObject({ code: 'SWITCHYARD_CLOSED' });
  });

  test('closes within its limit though the store is away', async () => {
    const engine = await busyEngine(isRunning);
    const lost = new Promise((resolve) => connection.once('close', resolve));
    await server.kill();
    await lost;
    const startMs = performance.now();
    await engine.close({ timeoutMs: 100 });
    expect(performance.now() - startMs).toBeLessThan(ENOUGH_MS);
    await server.restart();
  });
});

test('what was still at work when the engine let go ends once the store answers again', async () => {
  const engine = await busyEngine(false);
  process.kill(server.pid, 'SIGSTOP');
  await engine.close({ timeoutMs: 0 });
  process.kill(server.pid, 'SIGCONT');
  const others = async () => ((await connection.client('LIST')) as string).trim().split('\n').length - 1;
  await eventually('all its connections are gone', async () => (await others()) === 0);
});
