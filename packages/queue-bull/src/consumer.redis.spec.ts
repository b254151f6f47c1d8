import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { defineQueue, JobNotFoundError, type QueueEngine, type RunningJob } from '@switchyard/queue-contract';
import { anything, eventually } from '@switchyard/queue-testing';
import Bull from 'bull';
import { Redis } from 'ioredis';
import { createBullEngine } from './create-bull-engine.js';

describe('consuming', () => {
  let server: RedisServer;
  let connection: Redis;
  let engine: QueueEngine;
  let reported: string[];
  let queueNumber = 0;

  beforeAll(async () => {
    server = await startRedis();
    connection = new Redis(server.url, { maxRetriesPerRequest: null });
  });
  beforeEach(() => {
    reported = [];
    engine = createBullEngine({
      connection,
      lockMs: 1000,
      reportError: (error) => reported.push(error.message),
    });
  });
  afterEach(() => engine.close({ timeoutMs: 1000 }));
  afterAll(async () => {
    connection?.disconnect();
    await server?.stop();
  });

  function declare() {
    const name = `consuming-${++queueNumber}`;
    return { name, queue: engine.queue(defineQueue({ name, tier: 'medium', jobs: { work: anything } })) };
  }

  test('jobs given back at close are the next to run, before those behind them', async () => {
    const { queue } = declare();
    for (const data of ['a', 'b', 'c']) await queue.producer.add('work', data);
    const consumer = queue.consumer.consume({ work: () => sleep(60_000, null, { ref: false }) });
    await eventually(
      'it runs',
      () => consumer.running,
      (running) => running === 1,
    );
    await consumer.close({ timeoutMs: 50 });
    const waiting = await queue.inspector.jobs(['waiting']);
    expect(waiting.map(({ data }) => data)).toEqual(['a', 'b', 'c']);
    expect(waiting[0]).toMatchObject({ attemptsMade: 0, failedReason: null });
    expect(reported).toEqual([]);
  });

  test('[22] what a handler does to a job that is gone is a JobNotFoundError', async () => {
    const { name, queue } = declare();
    let tell: (refused: unknown[]) => void = () => undefined;
    const told = new Promise<unknown[]>((resolve) => (tell = resolve));
    queue.consumer.consume({
      async work(job) {
        await connection.del(...(await connection.keys(`*:${name}:*gone*`)));
        const calls = [job.updateProgress(1), job.log('line'), job.updateData('x')];
        tell((await Promise.allSettled(calls)).map((each) => each.status === 'rejected' && each.reason));
      },
    });
    await queue.producer.add('work', null, { id: 'gone:1' });
    const refused = await told;
    expect(refused).toEqual(Array.from({ length: 3 }, () => expect.any(JobNotFoundError)));
    expect(refused).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining({ queue: name, jobId: 'gone:1' })),
    );
  });

  test('whoever waits for the start of a consumer that is closed meanwhile hears of it', async () => {
    const { queue } = declare();
    const consumer = queue.consumer.consume({ work: () => null });
    const ready = expect(consumer.ready()).rejects.toMatchObject({ code: 'SWITCHYARD_CLOSED' });
    await consumer.close();
    await ready;
  });

  test('closed while it starts, whenever that is, it reports nothing', async () => {
    const { queue } = declare();
    for (let turns = 0; turns < 30; turns++) {
      const consumer = queue.consumer.consume({ work: () => null }, { concurrency: 2 });
      for (let turn = 0; turn < turns; turn++) await null;
      await consumer.close();
    }
    expect(reported).toEqual([]);
  });

  test('one that was closed before it started is not kept by the engine', async () => {
    const { queue } = declare();
    const consumer = queue.consumer.consume({ work: () => null }, { signal: AbortSignal.abort() });
    let closes = 0;
    Object.assign(consumer, { close: async () => void closes++ });
    await engine.close();
    expect(closes).toBe(0);
  });

  test('given back on a paused queue, a job waits with the others', async () => {
    const { queue } = declare();
    await queue.producer.add('work', 'a');
    const consumer = queue.consumer.consume({ work: () => sleep(60_000, null, { ref: false }) });
    await eventually(
      'it runs',
      () => consumer.running,
      (running) => running === 1,
    );
    await queue.control.pause();
    await consumer.close({ timeoutMs: 50 });
    const next = queue.consumer.consume({ work: () => 'ran' });
    await next.ready();
    await sleep(150);
    expect((await queue.inspector.counts()).waiting).toBe(1);
    await queue.control.resume();
    await eventually(
      'it ran',
      () => queue.inspector.counts(),
      ({ completed }) => completed === 1,
    );
  });

  test('a job that was done but whose lock was lost counts no failed attempt', async () => {
    const { name, queue } = declare();
    let runs = 0;
    queue.consumer.consume({
      work: async ({ id }: RunningJob) => {
        // As when this process stood still for longer than the lock.
        if (++runs === 1) await connection.del(`bull:${name}:${id}:lock`);
        return runs;
      },
    });
    const { id } = await queue.producer.add('work', null, { attempts: 3 });
    const job = await eventually(
      'it completed',
      () => queue.inspector.job(id),
      (found) => found?.state === 'completed',
    );
    expect(job).toMatchObject({ result: 2, attemptsMade: 1, stackTraces: [] });
    expect(reported).toEqual([expect.stringContaining('lock')]);
  });

  test('[18] plain Bull workers of the same queue share its rate limit', async () => {
    const { name, queue } = declare();
    const limit = { max: 2, durationMs: 700 };
    const legacy = new Bull(name, server.url, { limiter: { max: limit.max, duration: limit.durationMs } });
    const startsAtMs: number[] = [];
    const start = () => void startsAtMs.push(performance.now());
    await queue.producer.addMany(Array.from({ length: 8 }, (_, n) => ({ name: 'work', data: n })));
    queue.consumer.consume({ work: start }, { limit });
    void legacy.process('work', () => Promise.resolve(start()));
    await eventually(
      'all ran',
      () => startsAtMs.length,
      (length) => length === 8,
    );
    await legacy.close();
    for (const [n, startMs] of startsAtMs.slice(2).entries()) {
      expect(startMs - (startsAtMs[n] ?? 0)).toBeGreaterThan(550);
    }
    expect(await connection.exists(`bull:${name}:limiter:limited`)).toBe(0);
  });

  test('an add whose connection breaks before its answer comes is made again, once', async () => {
    const hasty = new Redis(server.url, { maxRetriesPerRequest: 0, connectionName: 'hasty' });
    const used = createBullEngine({ connection: hasty });
    const { name } = declare();
    const { producer, inspector } = used.queue(
      defineQueue({ name, tier: 'medium', jobs: { work: anything } }),
    );
    await used.ready();
    const clientId = await hasty.client('ID');
    await connection.client('PAUSE', 300, 'WRITE');
    const adding = [
      producer.add('work', 1),
      producer.addMany(Array.from({ length: 20 }, (_, n) => ({ name: 'work' as const, data: n }))),
    ];
    await sleep(50);
    await connection.client('KILL', 'ID', clientId);
    await Promise.all(adding);
    expect((await inspector.counts()).waiting).toBe(21);
    await used.close();
    hasty.disconnect();
  });

  test('what a listener throws is reported and costs the job nothing', async () => {
    const { queue } = declare();
    const consumer = queue.consumer.consume({ work: () => 'fine' });
    consumer.on('completed', () => {
      throw new Error('listener');
    });
    const { id } = await queue.producer.add('work', null);
    expect(await queue.events.waitForEnd(id, { timeoutMs: 5000 })).toBe('fine');
    await eventually(
      'it was reported',
      () => reported,
      (messages) => messages.includes('listener'),
    );
  });

  test('[5] a job that is given back or tried again by hand keeps its place among the priorities', async () => {
    const name = `consuming-${++queueNumber}`;
    const definition = defineQueue({ name, tier: 'medium', jobs: { work: anything }, priorities: true });
    const queue = engine.queue(definition);
    const add = (data: string, priority?: number) =>
      queue.producer.add('work', data, priority === undefined ? {} : { priority });
    const order = async () => (await queue.inspector.jobs(['waiting'])).map(({ data }) => data);

    await add('none');
    await add('taken', 5);
    const consumer = queue.consumer.consume({ work: () => sleep(60_000, null, { ref: false }) });
    await eventually(
      'it runs',
      () => consumer.running,
      (running) => running === 1,
    );
    await add('equal', 5);
    await add('urgent', 1);
    await consumer.close({ timeoutMs: 20 });
    expect(await order()).toEqual(['urgent', 'taken', 'equal', 'none']);
    await add('urgent too', 1);
    await add('middle', 3);
    await add('last', 9);
    expect(await order()).toEqual(['urgent', 'urgent too', 'middle', 'taken', 'equal', 'last', 'none']);

    await queue.control.removeWaiting();
    const failed = await add('failed', 5);
    const failing = queue.consumer.consume({
      work: () => {
        throw new Error('once');
      },
    });
    await eventually(
      'it failed',
      () => queue.inspector.counts(),
      (counts) => counts.failed === 1,
    );
    await failing.close();
    await add('none');
    await add('equal', 5);
    await add('urgent', 1);
    await queue.inspector.retry(failed.id);
    await add('middle', 3);
    expect(await order()).toEqual(['urgent', 'middle', 'equal', 'failed', 'none']);
  });
});
