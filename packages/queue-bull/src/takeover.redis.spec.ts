import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import {
  defineQueue,
  UNNAMED_JOB,
  type QueueDefinition,
  type QueueEngine,
  type RunningJob,
  type StandardSchema,
} from '@switchyard/queue-contract';
import Bull from 'bull';
import { Redis } from 'ioredis';
import { createBullEngine, type BullEngineOptions } from './create-bull-engine.js';

const anything: StandardSchema = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
};

/** The names that the legacy app's jobs have. */
const jobs = { [UNNAMED_JOB]: anything, send: anything, sync: anything };

async function until<T>(what: string, look: () => Promise<T> | T, good: (value: T) => boolean): Promise<T> {
  const deadlineMs = performance.now() + 20_000;
  for (;;) {
    const value = await look();
    if (good(value)) return value;
    if (performance.now() > deadlineMs)
      throw new Error(`not in time: ${what}, last ${JSON.stringify(value)}`);
    await sleep(15);
  }
}

describe('taking over the queues of a Bull app', () => {
  let server: RedisServer;
  let connection: Redis;
  let engine: QueueEngine;
  let queueNumber = 0;
  const legacyQueues: Bull.Queue[] = [];

  beforeAll(async () => {
    server = await startRedis();
    connection = new Redis(server.url, { maxRetriesPerRequest: null });
    engine = createBullEngine({ connection });
  });
  afterEach(async () => {
    for (const queue of legacyQueues.splice(0)) await queue.close();
  });
  afterAll(async () => {
    await engine?.close();
    connection?.disconnect();
    await server?.stop();
  });

  /** A queue as the legacy app has it, and the same as the app has it now. */
  function both(
    settings: Partial<QueueDefinition<typeof jobs>> = {},
    legacyOptions: Bull.QueueOptions = {},
    engineOptions?: Partial<BullEngineOptions>,
  ) {
    const name = `legacy-${++queueNumber}`;
    const legacy = new Bull(name, server.url, legacyOptions);
    legacyQueues.push(legacy);
    const definition = defineQueue({ name, tier: 'medium', jobs, ...settings });
    const used = engineOptions ? createBullEngine({ connection, ...engineOptions }) : engine;
    return { legacy, definition, queue: used.queue(definition), used };
  }

  function consumeAll(queue: ReturnType<typeof both>['queue'], handle: (job: RunningJob) => unknown) {
    return queue.consumer.consume({ [UNNAMED_JOB]: handle, send: handle, sync: handle });
  }

  test('runs what waits, each job exactly once and in the order of Bull', async () => {
    const { legacy, queue } = both({ priorities: true });
    const added = [
      await legacy.add({ n: 'first unnamed' }),
      await legacy.add('send', { n: 'named' }),
      await legacy.add('send', { n: 'low' }, { priority: 20 }),
      await legacy.add('send', { n: 'urgent' }, { priority: 1 }),
      await legacy.add('send', { n: 'colon' }, { jobId: 'user:42' }),
      await legacy.add('send', { n: 'lifo' }, { lifo: true }),
      await legacy.add({ n: 'last unnamed' }),
    ];
    const order = ['lifo', 'urgent', 'low', 'first unnamed', 'named', 'colon', 'last unnamed'];
    const waiting = await queue.inspector.jobs(['waiting']);
    expect(waiting.map(({ data }) => (data as { n: string }).n)).toEqual(order);
    expect(waiting.map(({ id }) => id).sort()).toEqual(added.map(({ id }) => String(id)).sort());
    expect(waiting[3]).toMatchObject({ id: '1', name: UNNAMED_JOB, priority: null, attempts: 1 });
    expect(waiting[1]).toMatchObject({ name: 'send', priority: 1 });

    const ran: { id: string; n: string }[] = [];
    const consumer = consumeAll(queue, ({ id, data }) => void ran.push({ id, n: (data as { n: string }).n }));
    await until(
      'all ran',
      () => ran.length,
      (length) => length === 7,
    );
    await consumer.close();
    expect(ran.map(({ n }) => n)).toEqual(order);
    expect(ran.map(({ id }) => id)).toContain('user:42');
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, active: 0, completed: 7, failed: 0 });
    // A plain Bull sees them as completed, too.
    expect((await legacy.getJob('user:42'))?.finishedOn).toBeGreaterThan(0);
  });

  test('runs what is delayed when it falls due, and counts retries on from where they are', async () => {
    const { legacy, queue } = both();
    const due = Date.now() + 600;
    await legacy.add('send', { n: 1 }, { delay: 600 });
    const flaky = await legacy.add(
      'sync',
      { n: 2 },
      { attempts: 4, backoff: { type: 'exponential', delay: 200 } },
    );
    // The legacy worker makes the first attempt and goes.
    const failedOnce = new Promise<void>((resolve) => legacy.once('failed', () => resolve()));
    void legacy.process('sync', () => Promise.reject(new Error('legacy worker')));
    await failedOnce;
    await legacy.pause(true);
    expect(await queue.inspector.job(String(flaky.id))).toMatchObject({
      state: 'delayed',
      attemptsMade: 1,
      failedReason: 'legacy worker',
    });

    const attempts: { attempt: number; atMs: number }[] = [];
    let delayedRanAtMs = 0;
    const consumer = consumeAll(queue, ({ name, attempt }) => {
      if (name === 'send') delayedRanAtMs = Date.now();
      else attempts.push({ attempt, atMs: performance.now() });
      if (name === 'sync' && attempt < 4) throw new Error(`attempt ${attempt}`);
    });
    await until(
      'the flaky one completed',
      () => queue.inspector.job(String(flaky.id)),
      (job) => job?.state === 'completed',
    );
    await until('the delayed one ran', () => delayedRanAtMs, Boolean);
    await consumer.close();
    expect(delayedRanAtMs).toBeGreaterThanOrEqual(due);
    expect(attempts.map(({ attempt }) => attempt)).toEqual([2, 3, 4]);
    const waits = attempts.slice(1).map(({ atMs }, n) => atMs - (attempts[n]?.atMs ?? 0));
    // 2ⁿ⁻¹ · 200 after the second and third attempt, where Bull itself would wait (2ⁿ − 1) · 200.
    expect(waits[0]).toBeGreaterThanOrEqual(395);
    expect(waits[0]).toBeLessThan(600);
    expect(waits[1]).toBeGreaterThanOrEqual(795);
    expect(waits[1]).toBeLessThan(1400);
  });

  test("asks the queue's function for a backoff that only the legacy app knows by name", async () => {
    const asked: number[] = [];
    const { legacy, queue } = both({
      backoffDelayMs(attemptsMade) {
        asked.push(attemptsMade);
        return 1;
      },
    });
    await legacy.add('send', null, { attempts: 3, backoff: { type: 'jitter' } });
    let runs = 0;
    const consumer = consumeAll(queue, () => {
      if (++runs < 3) throw new Error('again');
    });
    await until(
      'it completed',
      () => queue.inspector.counts(),
      ({ completed }) => completed === 1,
    );
    await consumer.close();
    expect(asked).toEqual([1, 2]);
  });

  test('obeys the time-out of a legacy job, and tells its handler', async () => {
    const { legacy, queue } = both();
    const { id } = await legacy.add('send', {}, { timeout: 100 });
    let aborted = false;
    const consumer = consumeAll(queue, async ({ signal }) => {
      await sleep(10_000, null, { signal }).catch(() => {});
      aborted = signal.aborted;
    });
    const job = await until(
      'it failed',
      () => queue.inspector.job(String(id)),
      (found) => found?.state === 'failed',
    );
    expect(job?.failedReason).toContain('100 ms');
    await until('its handler was told', () => aborted, Boolean);
    await consumer.close();
  });

  test('a paused queue stays paused until it is resumed here', async () => {
    const { legacy, queue } = both();
    await legacy.add('send', { n: 1 });
    await legacy.pause();
    await legacy.add('send', { n: 2 });
    expect(await queue.control.isPaused()).toBe(true);
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 2 });
    expect((await queue.inspector.jobs(['waiting'])).map(({ data }) => data)).toEqual([{ n: 1 }, { n: 2 }]);
    const ran: unknown[] = [];
    const consumer = consumeAll(queue, ({ data }) => void ran.push(data));
    await consumer.ready();
    await sleep(200);
    expect(ran).toEqual([]);
    await queue.control.resume();
    await until(
      'both ran',
      () => ran.length,
      (length) => length === 2,
    );
    await consumer.close();
    expect(ran).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('reads what has completed and failed, and can retry it', async () => {
    const { legacy, queue } = both();
    const good = await legacy.add('send', { n: 1 });
    const bad = await legacy.add('sync', { n: 2 }, { attempts: 2 });
    let fixed = false;
    void legacy.process('send', () => Promise.resolve({ sent: true }));
    void legacy.process('sync', () => (fixed ? Promise.resolve(7) : Promise.reject(new Error('broken'))));
    const ended = await until(
      'both ended',
      () => queue.inspector.counts(),
      ({ completed, failed }) => completed === 1 && failed === 1,
    );
    expect(ended).toMatchObject({ waiting: 0, active: 0 });
    expect(await queue.inspector.job(String(good.id))).toMatchObject({
      state: 'completed',
      result: { sent: true },
      attemptsMade: 1,
    });
    expect(await queue.inspector.job(String(bad.id))).toMatchObject({
      state: 'failed',
      failedReason: 'broken',
      attemptsMade: 2,
      stackTraces: [expect.stringContaining('broken'), expect.stringContaining('broken')],
    });
    await legacy.pause(true);
    fixed = true;
    await queue.inspector.retry(String(bad.id));
    const consumer = consumeAll(queue, () => 'mended');
    const job = await until(
      'it completed',
      () => queue.inspector.job(String(bad.id)),
      (found) => found?.state === 'completed',
    );
    await consumer.close();
    expect(job).toMatchObject({ result: 'mended', attemptsMade: 3, failedReason: null });
  });

  test("a caller's id of digits only never meets a number of Bull's own, and each is found", async () => {
    const { legacy, queue } = both();
    const numbered = await legacy.add('send', { by: 'legacy' });
    expect(numbered.id).toBe('1');
    expect(await queue.inspector.job('1')).toMatchObject({ id: '1', data: { by: 'legacy' } });
    const own = await queue.producer.add('send', { by: 'us' }, { id: '3' });
    expect(own.id).toBe('3');
    // Bull counts every add and hands out 3 now: under that key it would find the job of ours and add nothing.
    const next = await legacy.add('send', { by: 'legacy again' });
    expect(next.id).toBe('3');
    expect((await queue.inspector.counts()).waiting).toBe(3);
    expect(await queue.inspector.job('3')).toMatchObject({ id: '3', data: { by: 'us' } });
    expect(await queue.inspector.remove('3')).toBe(true);
    expect(await queue.inspector.job('3')).toMatchObject({ id: '3', data: { by: 'legacy again' } });
    expect(await queue.inspector.remove('1')).toBe(true);
    expect(await legacy.getJob('1')).toBeNull();
  });

  test('a legacy producer and this engine mean the same job by the same id', async () => {
    const { legacy, queue } = both();
    await legacy.add('send', { n: 'legacy' }, { jobId: 'order:7' });
    await queue.producer.add('send', { n: 'us' }, { id: 'order:7' });
    await queue.producer.add('send', { n: 'us' }, { id: 'order:8' });
    await legacy.add('send', { n: 'legacy' }, { jobId: 'order:8' });
    const waiting = await queue.inspector.jobs(['waiting']);
    expect(waiting.map(({ id, data }) => [id, data])).toEqual([
      ['order:7', { n: 'legacy' }],
      ['order:8', { n: 'us' }],
    ]);
  });

  test('a plain Bull worker can run what is added here, falsy data included', async () => {
    const { legacy, queue } = both();
    const payloads = [null, 0, '', false, [], { a: 1 }];
    await queue.producer.addMany(payloads.map((data) => ({ name: 'send' as const, data })));
    const ran: unknown[] = [];
    void legacy.process('send', ({ data }) => {
      ran.push(data);
      return Promise.resolve();
    });
    await until(
      'all ran',
      () => ran.length,
      (length) => length === payloads.length,
    );
    expect(ran).toEqual(payloads);
  });

  test.each([
    ['prefix', { prefix: 'acme' }, { prefix: 'acme' }],
    ['[2] redis.keyPrefix', { redis: { keyPrefix: 'acme:' } }, { keyPrefix: 'acme:' }],
    [
      '[2] redis.keyPrefix, which wins over a prefix',
      { prefix: 'other', redis: { keyPrefix: 'k' } },
      { prefix: 'other', keyPrefix: 'k' },
    ],
  ])('finds the queues under the %s of the app', async (_, legacyOptions, engineOptions) => {
    const { port } = server;
    const options = {
      ...legacyOptions,
      redis: { port, ...('redis' in legacyOptions ? legacyOptions.redis : {}) },
    };
    const name = `legacy-${++queueNumber}`;
    const legacy = new Bull(name, options);
    legacyQueues.push(legacy);
    const used = createBullEngine({ connection, ...engineOptions });
    const queue = used.queue(defineQueue({ name, tier: 'medium', jobs }));
    await legacy.add('send', { n: 1 });
    expect([...(await used.withWork([name, 'nothing']))]).toEqual([name]);
    const consumer = consumeAll(queue, () => 'found');
    expect(await queue.events.waitForEnd('1', { timeoutMs: 10_000 })).toBe('found');
    await consumer.close();
    expect([...(await used.withWork([name]))]).toEqual([]);
    await used.close();
  });

  test('a lent connection with a key prefix of its own changes nothing', async () => {
    const { legacy, definition } = both();
    const prefixed = new Redis(server.url, { maxRetriesPerRequest: null, keyPrefix: 'else:' });
    const used = createBullEngine({ connection: prefixed });
    await legacy.add('send', { n: 1 });
    const queue = used.queue(definition);
    const consumer = consumeAll(queue, () => 'found');
    expect(await queue.events.waitForEnd('1', { timeoutMs: 10_000 })).toBe('found');
    await consumer.close();
    await used.close();
    expect(await connection.keys('else:*')).toEqual([]);
    prefixed.disconnect();
  });

  test('runs a whole legacy data set, each job exactly once', async () => {
    const { legacy, queue } = both({ priorities: true });
    const ids = new Set<string>();
    const remember = ({ id }: Bull.Job) => void ids.add(String(id));
    for (let n = 0; n < 200; n++) {
      const options: Bull.JobOptions = {
        ...(n % 3 === 0 ? { priority: 1 + (n % 7) } : {}),
        ...(n % 5 === 0 ? { delay: n * 3 } : {}),
        ...(n % 4 === 0 ? { attempts: 3, backoff: { type: 'exponential', delay: 20 } } : {}),
        ...(n % 10 === 0 ? { jobId: `thing:${n}` } : {}),
        ...(n % 11 === 0 ? { lifo: true } : {}),
      };
      remember(n % 2 ? await legacy.add({ n }, options) : await legacy.add('send', { n }, options));
    }
    await legacy.pause();
    const succeeded = new Map<string, number>();
    const consumer = queue.consumer.consume(
      Object.fromEntries(
        Object.keys(jobs).map((name) => [
          name,
          ({ id, attempt, attempts }: RunningJob) => {
            if (attempts === 3 && attempt < 3) throw new Error('twice');
            succeeded.set(id, (succeeded.get(id) ?? 0) + 1);
          },
        ]),
      ) as never,
      { concurrency: 10 },
    );
    await queue.control.resume();
    await until(
      'all completed',
      () => queue.inspector.counts(),
      ({ completed }) => completed === 200,
    );
    await consumer.close();
    expect(new Set(succeeded.keys())).toEqual(ids);
    expect([...succeeded.values()].every((runs) => runs === 1)).toBe(true);
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 0, active: 0, failed: 0 });
  });
});
