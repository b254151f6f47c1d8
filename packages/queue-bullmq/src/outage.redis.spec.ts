import {
  defineQueue,
  EngineUnavailableError,
  type EngineQueue,
  type QueueEngine,
} from '@switchyard/queue-contract';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { anything, eventually } from '@switchyard/queue-testing';
import { Redis, type RedisOptions } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBullMqEngine, type BullMqEngineOptions } from './index.js';

type Jobs = { readonly work: typeof anything };
const declare = (name: string) => defineQueue({ name, tier: 'medium', jobs: { work: anything } });

/** Of adds that are to reach it, and long enough for those that are not, on a busy machine. */
const LIMIT_MS = 1500;

const cleanups: (() => unknown)[] = [];
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown) => unhandled.push(reason);

beforeAll(() => process.on('unhandledRejection', onUnhandled));
afterAll(() => process.off('unhandledRejection', onUnhandled));
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  await sleep(0);
  expect(unhandled).toEqual([]);
});

/** Every write is on disk before it is answered. */
async function startDurable(): Promise<RedisServer> {
  const server = await startRedis({ settings: { appendonly: 'yes', appendfsync: 'always' } });
  cleanups.push(() => server.stop());
  return server;
}

function open(
  server: RedisServer,
  options: Partial<BullMqEngineOptions> = {},
  redis: RedisOptions = {},
): { engine: QueueEngine; connection: Redis; queue: EngineQueue<Jobs> } {
  const connection = new Redis(server.url, {
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
    ...redis,
  });
  cleanups.push(() => connection.disconnect());
  const engine = createBullMqEngine({ connection, ...options });
  cleanups.push(() => engine.close({ timeoutMs: 200 }));
  return { engine, connection, queue: engine.queue(declare('outage')) };
}

describe.each([
  ['shut down', false],
  ['killed', true],
])('Redis is %s and started again while 1000 jobs run', (_, kill) => {
  test('every job completes and nothing is left over', async () => {
    const server = await startDurable();
    const { queue } = open(server, { lockMs: 3000 });
    const references = await queue.producer.addMany(
      Array.from({ length: 1000 }, (__, n) => ({ name: 'work' as const, data: n })),
    );
    const succeeded = new Map<unknown, number>();
    let isDown: Promise<void> | undefined;
    queue.consumer.consume(
      {
        work: async ({ id }) => {
          await sleep(2);
          succeeded.set(id, (succeeded.get(id) ?? 0) + 1);
          if (succeeded.size === 300) isDown = server.restart({ kill });
        },
      },
      { concurrency: 10 },
    );
    await eventually('all jobs ran', () => succeeded.size === 1000);
    await isDown;
    await eventually(
      'all jobs are completed',
      async () => (await queue.inspector.counts()).completed === 1000,
    );
    expect(await queue.inspector.counts()).toEqual({
      waiting: 0,
      delayed: 0,
      active: 0,
      completed: 1000,
      failed: 0,
    });
    expect([...succeeded.keys()].sort()).toEqual(references.map(({ id }) => id).sort());
    // Only what was in a worker's hands when the connection broke may have run again.
    const reruns = [...succeeded.values()].filter((times) => times > 1);
    expect(reruns.length).toBeLessThanOrEqual(20);
  });
});

describe('[27] while the connection is away', () => {
  test.each([true, false])('adds wait for it (enableOfflineQueue: %s)', async (enableOfflineQueue) => {
    const server = await startDurable();
    const { connection, queue } = open(server, {}, { enableOfflineQueue });
    await new Promise((resolve) => connection.once('ready', resolve));
    await queue.producer.add('work', 'before', { id: 'before-1' });
    await server.kill();
    await eventually('the loss is noticed', () => connection.status !== 'ready');
    const adding = [
      queue.producer.add('work', 'one', { id: 'during-1' }),
      queue.producer.addMany([{ name: 'work', data: 'many', options: { id: 'during-2' } }]),
    ];
    await server.restart();
    await Promise.all(adding);
    const waiting = await queue.inspector.jobs(['waiting']);
    expect(waiting.map(({ id }) => id).sort()).toEqual(['before-1', 'during-1', 'during-2']);
  });

  test('adds that are on their way when it breaks arrive once', async () => {
    const server = await startDurable();
    const { queue } = open(server, { addTimeoutMs: 30_000 });
    await queue.producer.add('work', null, { id: 'first-1' });
    const bulks = Array.from({ length: 20 }, (_, bulk) =>
      queue.producer.addMany(
        Array.from({ length: 500 }, (__, n) => ({
          name: 'work' as const,
          data: n,
          options: { id: `b${bulk}-${n}` },
        })),
      ),
    );
    const singles = Array.from({ length: 200 }, (_, n) => queue.producer.add('work', n, { id: `s-${n}` }));
    const observer = new Redis(server.url);
    cleanups.push(() => observer.disconnect());
    observer.on('error', () => undefined);
    await eventually('some have arrived', async () => (await observer.llen('switchyard:outage:wait')) > 500);
    await server.restart({ kill: true });
    await Promise.all([...bulks, ...singles]);
    expect((await queue.inspector.counts()).waiting).toBe(1 + 20 * 500 + 200);
  });

  test.each([true, false])(
    'they give up at the limit (enableOfflineQueue: %s)',
    async (enableOfflineQueue) => {
      const server = await startDurable();
      const { connection, queue } = open(server, { addTimeoutMs: LIMIT_MS }, { enableOfflineQueue });
      await new Promise((resolve) => connection.once('ready', resolve));
      await server.kill();
      await eventually('the loss is noticed', () => connection.status !== 'ready');
      const startedAtMs = performance.now();
      const added = await Promise.allSettled([
        queue.producer.add('work', 'one'),
        queue.producer.addMany([{ name: 'work', data: 'many' }]),
        queue.inspector.counts(),
      ]);
      expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(LIMIT_MS - 5);
      for (const result of added) {
        expect(result).toMatchObject({ status: 'rejected', reason: expect.any(EngineUnavailableError) });
      }
      await server.restart();
      await eventually('it is back', () => connection.status === 'ready');
      await queue.producer.add('work', 'after');
    },
  );

  test('a server that hangs is given up on as well', async () => {
    const server = await startDurable();
    const { queue } = open(server, { addTimeoutMs: LIMIT_MS });
    await queue.producer.add('work', 'before');
    process.kill(server.pid, 'SIGSTOP');
    try {
      await expect(queue.producer.add('work', 'lost')).rejects.toBeInstanceOf(EngineUnavailableError);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
  });

  test('a connection that its owner closed is named at once', async () => {
    const server = await startDurable();
    const { connection, queue } = open(server);
    await queue.producer.add('work', null);
    connection.disconnect();
    await expect(queue.producer.add('work', null)).rejects.toThrow(/was closed/);
  });
});

describe('Redis is away', () => {
  test('at the start: consumers wait for it and then work', async () => {
    const server = await startDurable();
    await server.kill();
    const { engine, queue } = open(server, { addTimeoutMs: LIMIT_MS });
    await expect(engine.ready()).rejects.toBeInstanceOf(EngineUnavailableError);
    const ran: unknown[] = [];
    const consumer = queue.consumer.consume({ work: ({ data }) => ran.push(data) });
    const closedBefore = engine.queue(declare('never')).consumer.consume({ work: () => null });
    await closedBefore.close();
    await expect(closedBefore.ready()).rejects.toMatchObject({ code: 'SWITCHYARD_CLOSED' });
    await expect(queue.producer.add('work', 'too early')).rejects.toBeInstanceOf(EngineUnavailableError);
    await server.restart();
    await consumer.ready();
    await queue.producer.add('work', 'now');
    await eventually('it ran', () => ran.includes('now'));
  });

  test('one outage is reported once, however many queues and commands meet it; the next one again', async () => {
    const server = await startDurable();
    const reported: string[] = [];
    const { engine, connection } = open(server, {
      reportError: (error, { engine: name }) => void reported.push(`${name}: ${error.message}`),
    });
    const queues = Array.from({ length: 5 }, (_, n) => engine.queue(declare(`queue-${n}`)));
    const ran: unknown[] = [];
    const consumers = queues.map((queue) => queue.consumer.consume({ work: ({ data }) => ran.push(data) }));
    await Promise.all(consumers.map((consumer) => consumer.ready()));
    await queues[0]?.events.on('completed', () => undefined);
    for (const outage of [1, 2]) {
      await server.kill();
      await eventually('it is noticed', () => connection.status !== 'ready');
      await sleep(500);
      await server.restart();
      await eventually('it is back', () => connection.status === 'ready');
      await Promise.all(queues.map((queue) => queue.producer.add('work', outage)));
      await eventually('the consumers work again', () => ran.length === 5 * outage);
      expect(reported).toHaveLength(outage);
      expect(reported.at(-1)).toMatch(/^bullmq: /);
    }
  });
});

test('after SCRIPT FLUSH nothing is swallowed', async () => {
  const server = await startDurable();
  const { connection, queue } = open(server);
  const many = (from: number) =>
    Array.from({ length: 1200 }, (_, n) => ({ name: 'work' as const, data: from + n }));
  await queue.producer.addMany(many(0));
  await queue.schedules.upsert({ id: 'daily-1', rule: { cron: '0 9 * * *' }, name: 'work', data: null });
  await queue.schedules.suspend('daily-1');
  await connection.script('FLUSH');
  const references = await queue.producer.addMany(many(1200));
  expect(new Set(references.map(({ id }) => id)).size).toBe(1200);
  expect((await queue.inspector.counts()).waiting).toBe(2400);
  await connection.script('FLUSH');
  expect(await queue.schedules.resume('daily-1')).not.toBeNull();
  await connection.script('FLUSH');
  expect(await queue.schedules.suspend('daily-1')).not.toBeNull();
  await connection.script('FLUSH');
  await queue.producer.add('work', 'single');
  const ran = new Set<unknown>();
  queue.consumer.consume({ work: ({ data }) => void ran.add(data) }, { concurrency: 50 });
  await eventually('all ran', () => ran.size === 2401);
});

test('a first step that failed is taken again: queue and consumer recover when the user gets his rights', async () => {
  const server = await startDurable();
  const admin = new Redis(server.url);
  cleanups.push(() => admin.disconnect());
  await admin.call('ACL', 'SETUSER', 'app', 'on', '>pass', '~*', '&*', '+@all', '-info');
  const { queue } = open(
    server,
    { reportError: () => undefined },
    { username: 'app', password: 'pass', enableReadyCheck: false },
  );
  const consumer = queue.consumer.consume({ work: ({ data }) => data });
  await expect(queue.producer.add('work', 1)).rejects.toThrow(/does not allow this user/);
  await admin.call('ACL', 'SETUSER', 'app', '+info');
  const { id } = await queue.producer.add('work', 2);
  await consumer.ready();
  expect(await queue.events.waitForEnd(id, { timeoutMs: 10_000 })).toBe(2);
});
