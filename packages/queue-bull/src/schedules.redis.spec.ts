import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import {
  defineQueue,
  UNNAMED_JOB,
  type QueueEngine,
  type RunningJob,
  type StandardSchema,
} from '@switchyard/queue-contract';
import Bull from 'bull';
import { Redis } from 'ioredis';
import { createBullEngine } from './create-bull-engine.js';
import { localTimeZone } from './schedule-slots.js';

const anything: StandardSchema = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
};
const jobs = { [UNNAMED_JOB]: anything, send: anything, sync: anything };
const DAY_MS = 24 * 3600 * 1000;

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

describe('repeatable jobs of a Bull app', () => {
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

  function both() {
    const name = `repeat-${++queueNumber}`;
    const legacy = new Bull(name, server.url);
    legacyQueues.push(legacy);
    return { name, legacy, queue: engine.queue(defineQueue({ name, tier: 'medium', jobs })) };
  }
  type Queue = ReturnType<typeof both>['queue'];
  const consumeAll = (queue: Queue, handle: (job: RunningJob) => unknown) =>
    queue.consumer.consume({ [UNNAMED_JOB]: handle, send: handle, sync: handle });

  test('are listed as the app made them', async () => {
    const { legacy, queue } = both();
    const soon = Date.now();
    await legacy.add({ n: 1 }, { repeat: { cron: '30 4 * * *' } });
    await legacy.add(
      'send',
      { n: 2 },
      { jobId: 'nightly', attempts: 3, repeat: { cron: '0 3 * * *', tz: 'Asia/Tokyo' } },
    );
    await legacy.add('sync', { n: 3 }, { jobId: 'a:b', priority: 4, repeat: { every: DAY_MS, limit: 7 } });
    await legacy.add(
      'sync',
      { n: 4 },
      { repeat: { cron: '@daily', endDate: new Date(soon + 30 * DAY_MS) }, removeOnComplete: 5 },
    );
    const list = await queue.schedules.list();
    const nextOf = (id: string) => list.find((schedule) => schedule.id === id)?.nextRunAtMs;
    expect([...list].sort((a, b) => JSON.stringify(a.data).localeCompare(JSON.stringify(b.data)))).toEqual([
      {
        id: `${UNNAMED_JOB}::::30 4 * * *`,
        rule: { cron: '30 4 * * *', timeZone: localTimeZone() },
        name: UNNAMED_JOB,
        data: { n: 1 },
        options: { attempts: 1 },
        engine: 'bull',
        nextRunAtMs: expect.any(Number),
      },
      {
        id: 'nightly',
        rule: { cron: '0 3 * * *', timeZone: 'Asia/Tokyo' },
        name: 'send',
        data: { n: 2 },
        options: { attempts: 3 },
        engine: 'bull',
        nextRunAtMs: expect.any(Number),
      },
      {
        id: 'a:b',
        rule: { everyMs: DAY_MS },
        name: 'sync',
        data: { n: 3 },
        options: { attempts: 1 },
        remainingRuns: 7,
        engine: 'bull',
        nextRunAtMs: expect.any(Number),
      },
      {
        id: expect.stringContaining('@daily'),
        rule: { cron: '0 0 * * *', timeZone: localTimeZone() },
        name: 'sync',
        data: { n: 4 },
        options: { attempts: 1, removeOnComplete: { count: 5 } },
        endAtMs: soon + 30 * DAY_MS,
        engine: 'bull',
        nextRunAtMs: expect.any(Number),
      },
    ]);
    const legacyList = await legacy.getRepeatableJobs();
    expect(list.map(({ nextRunAtMs }) => nextRunAtMs).sort()).toEqual(
      legacyList.map(({ next }) => next).sort(),
    );
    expect((nextOf('a:b') ?? 1) % DAY_MS).toBe(0);
    expect(new Date(nextOf('nightly') ?? 0).getUTCHours()).toBe(18);
  });

  test('go on firing here, each slot once, on the grid and to their limit', async () => {
    const { legacy, queue } = both();
    await legacy.add('send', { n: 1 }, { repeat: { every: 500, limit: 4 } });
    const fired: { id: string; scheduleId: string | null; atMs: number }[] = [];
    const consumer = consumeAll(
      queue,
      ({ id, scheduleId }) => void fired.push({ id, scheduleId, atMs: Date.now() }),
    );
    await until(
      'four fired',
      () => fired.length,
      (length) => length === 4,
    );
    await sleep(700);
    await consumer.close();
    expect(fired).toHaveLength(4);
    const slots = fired.map(({ id }) => Number(id.split(':').at(-1)));
    expect(slots.map((slot) => slot % 500)).toEqual([0, 0, 0, 0]);
    expect(new Set(slots).size).toBe(4);
    for (const [n, { atMs }] of fired.entries()) expect(atMs).toBeGreaterThanOrEqual(slots[n] ?? Infinity);
    expect(new Set(fired.map(({ scheduleId }) => scheduleId))).toEqual(new Set(['send:::500']));
    expect(await queue.schedules.list()).toEqual([]);
    expect(await legacy.getRepeatableJobs()).toEqual([]);
  });

  test('keep their payload and options from firing to firing, falsy data included', async () => {
    const { queue } = both();
    await queue.schedules.upsert({
      id: 'zero',
      rule: { everyMs: 1000 },
      name: 'send',
      data: 0,
      options: { attempts: 2 },
    });
    const fired: unknown[] = [];
    const consumer = consumeAll(queue, ({ data, attempts, attempt }) => {
      fired.push([data, attempts, attempt]);
      if (attempt === 1) throw new Error('once');
    });
    await until(
      'it fired twice',
      () => fired.length,
      (length) => length === 4,
    );
    await consumer.close();
    expect(fired).toEqual([
      [0, 2, 1],
      [0, 2, 2],
      [0, 2, 1],
      [0, 2, 2],
    ]);
    expect(await queue.schedules.list()).toHaveLength(1);
  });

  test('of ours go on under a plain Bull worker, and come back to their own grid', async () => {
    const { legacy, queue } = both();
    const firstRunAtMs = Math.ceil(Date.now() / 1000) * 1000 + 250;
    await queue.schedules.upsert(
      { id: 'ours', rule: { everyMs: 1000 }, name: 'send', data: 1 },
      { firstRunAtMs },
    );
    const fired: number[] = [];
    const slotOf = (id: string) => Number(id.split(':').at(-1));
    void legacy.process('send', ({ id }) => {
      fired.push(slotOf(String(id)));
      return Promise.resolve();
    });
    await until(
      'Bull fired it',
      () => fired.length,
      (length) => length >= 2,
    );
    await legacy.pause(true);
    const legacyFired = fired.length;
    const consumer = consumeAll(queue, ({ id }) => void fired.push(slotOf(id)));
    await until(
      'we fired it',
      () => fired.length,
      (length) => length >= legacyFired + 3,
    );
    await consumer.close();
    expect(fired[0]).toBe(firstRunAtMs);
    expect(new Set(fired).size).toBe(fired.length);
    expect((fired.at(-1) ?? 0) % 1000).toBe(250);
    expect(await queue.schedules.list()).toMatchObject([{ id: 'ours' }]);
  });

  test('that share an id are told apart by what Bull tells them apart by', async () => {
    const { legacy, queue } = both();
    await legacy.add('send', { n: 1 }, { jobId: 'same', repeat: { cron: '0 1 * * *' } });
    await legacy.add('send', { n: 2 }, { jobId: 'same', repeat: { cron: '0 2 * * *' } });
    const ids = (await queue.schedules.list()).map(({ id }) => id).sort();
    expect(ids).toEqual(['send:same:::0 1 * * *', 'send:same:::0 2 * * *']);
    expect(await queue.schedules.suspend('send:same:::0 2 * * *')).toMatchObject({ data: { n: 2 } });
    expect(await queue.schedules.list()).toMatchObject([{ data: { n: 1 } }]);
  });

  test.each([
    ['cron without an id', { repeat: { cron: '15 5 * * *' } }],
    ['interval without an id', { repeat: { every: DAY_MS } }],
    [
      'cron with an id and a time zone',
      { jobId: 'x:y', repeat: { cron: '15 5 * * *', tz: 'Europe/Berlin' } },
    ],
    ['with an end and a limit', { jobId: 'z', repeat: { every: DAY_MS, limit: 3, endDate: '2099-01-01' } }],
  ])('are suspended and resumed as they were: %s', async (_, options) => {
    const { name, legacy, queue } = both();
    await legacy.add('send', { text: 'ünï "quoted"' }, options as Bull.JobOptions);
    const dump = async () => {
      const keys = (await connection.keys(`bull:${name}:*`))
        .filter((key) => !/:(id|stalled-check)$/.test(key))
        .sort();
      const contents = await Promise.all(
        keys.map(async (key) =>
          key.includes(':repeat:')
            ? await connection.hgetall(key)
            : await connection.zrange(key, 0, -1, 'WITHSCORES'),
        ),
      );
      return Object.fromEntries(keys.map((key, n) => [key, contents[n]]));
    };
    const before = await dump();
    const [listed] = await queue.schedules.list();
    const suspended = await queue.schedules.suspend(listed?.id ?? '');
    expect(suspended).toEqual(listed);
    expect(await queue.schedules.list()).toEqual([]);
    expect(await legacy.getRepeatableJobs()).toEqual([]);
    expect(await queue.inspector.counts()).toMatchObject({ delayed: 0, waiting: 0 });
    expect(await engine.withWork([name])).toEqual(new Set());
    expect(await queue.schedules.suspended()).toEqual([listed]);
    expect(await queue.schedules.suspend(listed?.id ?? '')).toBeNull();
    expect(await queue.schedules.resume(listed?.id ?? '')).toEqual(listed);
    expect(await queue.schedules.suspended()).toEqual([]);
    const after = await dump();
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const stable = (state: typeof before) =>
      JSON.stringify(state, (key, value: unknown) => (/^(timestamp|delay)$/.test(key) ? undefined : value))
        // The low 12 bits of a delayed job's score are its number.
        .replace(/"(\d{16,})"/g, (_match, score: string) => String(Math.floor(Number(score) / 4096)));
    expect(stable(after)).toBe(stable(before));
    // The legacy app's own code, run once more, adds no second.
    await legacy.add('send', { text: 'ünï "quoted"' }, options as Bull.JobOptions);
    expect(await queue.schedules.list()).toHaveLength(1);
    expect(await queue.inspector.counts()).toMatchObject({ delayed: 1 });
  });

  test('move away and back under the same member, so that the app adds no second', async () => {
    const { legacy, queue } = both();
    for (const options of [
      { repeat: { cron: '15 5 * * *' } },
      { jobId: 'x', repeat: { cron: '15 5 * * *', tz: 'Europe/Berlin' } },
      { repeat: { every: DAY_MS } },
    ]) {
      const add = () => legacy.add('send', { n: 1 }, structuredClone(options) as Bull.JobOptions);
      await add();
      const [before] = await legacy.getRepeatableJobs();
      const [listed] = await queue.schedules.list();
      if (!listed) throw new Error('not listed');
      await queue.schedules.suspend(listed.id);
      await queue.schedules.forget(listed.id);
      expect(await queue.schedules.suspended()).toEqual([]);
      // What a roll back does with a schedule that lived elsewhere meanwhile.
      const { engine: _engine, nextRunAtMs, ...schedule } = listed;
      await queue.schedules.upsert(schedule, { firstRunAtMs: nextRunAtMs });
      expect(await legacy.getRepeatableJobs()).toEqual([before]);
      await add();
      expect(await queue.inspector.counts()).toMatchObject({ delayed: 1 });
      await queue.schedules.remove(listed.id);
      expect(await queue.inspector.counts()).toMatchObject({ delayed: 0 });
    }
  });

  test('a firing that is due but waits is taken along, with its slot', async () => {
    const { queue } = both();
    const firstRunAtMs = Date.now() - 2000;
    await queue.control.pause();
    await queue.schedules.upsert(
      { id: 's', rule: { everyMs: DAY_MS }, name: 'send', data: 1 },
      { firstRunAtMs },
    );
    // A consumer moves it from the delayed to the paused ones.
    const ran: unknown[] = [];
    const consumer = consumeAll(queue, () => void ran.push(1));
    await until(
      'it is due',
      () => queue.inspector.counts(),
      ({ waiting }) => waiting === 1,
    );
    expect(await queue.schedules.suspend('s')).toMatchObject({ nextRunAtMs: firstRunAtMs });
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 0 });
    await queue.control.resume();
    await sleep(100);
    expect(ran).toEqual([]);
    await queue.schedules.resume('s');
    await until(
      'it fired',
      () => ran.length,
      (length) => length === 1,
    );
    await until(
      'the next is set',
      () => queue.schedules.get('s'),
      (schedule) => schedule?.nextRunAtMs === firstRunAtMs + DAY_MS,
    );
    await consumer.close();
  });

  test('suspended while it fires: what is kept is the slot after it', async () => {
    const { queue } = both();
    const firstRunAtMs = Date.now() - 100;
    await queue.schedules.upsert(
      { id: 's', rule: { everyMs: DAY_MS }, name: 'send', data: 1, remainingRuns: 3 },
      { firstRunAtMs },
    );
    let finish: () => void = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const consumer = consumeAll(queue, () => finished);
    await until(
      'it fires',
      () => consumer.running,
      (running) => running === 1,
    );
    expect(await queue.schedules.suspend('s')).toMatchObject({
      nextRunAtMs: firstRunAtMs + DAY_MS,
      remainingRuns: 2,
    });
    finish();
    await consumer.close();
    expect(await queue.inspector.counts()).toMatchObject({ completed: 1, delayed: 0, waiting: 0 });
    expect(await queue.schedules.list()).toEqual([]);
  });

  test('many instances that upsert at once leave one schedule with one firing', async () => {
    const { name, queue } = both();
    const definition = defineQueue({ name, tier: 'medium', jobs });
    const engines = Array.from({ length: 6 }, () => createBullEngine({ connection }));
    const upsert = (n: number, everyMs: number) =>
      engines[n % 6]
        ?.queue(definition)
        .schedules.upsert({ id: 's', rule: { everyMs }, name: 'send', data: 1 });
    await Promise.all(Array.from({ length: 12 }, (_, n) => upsert(n, DAY_MS)));
    expect(await queue.schedules.list()).toHaveLength(1);
    await Promise.all(Array.from({ length: 12 }, (_, n) => upsert(n, DAY_MS + (n % 3) * 1000)));
    expect(await queue.schedules.list()).toHaveLength(1);
    expect(await queue.inspector.counts()).toMatchObject({ delayed: 1 });
    for (const each of engines) await each.close();
  });

  test('a schedule goes on when one of its firings is removed, waiting or not', async () => {
    const { queue } = both();
    const firstRunAtMs = Date.now() + DAY_MS;
    await queue.schedules.upsert(
      { id: 's', rule: { everyMs: DAY_MS }, name: 'send', data: 1 },
      { firstRunAtMs },
    );
    const [firing] = await queue.inspector.jobs(['delayed']);
    expect(firing).toMatchObject({ scheduleId: 's', name: 'send' });
    expect(await queue.inspector.remove(firing?.id ?? '')).toBe(true);
    expect(await queue.schedules.get('s')).toMatchObject({ nextRunAtMs: firstRunAtMs + DAY_MS });
    expect(await queue.inspector.counts()).toMatchObject({ delayed: 1 });

    const [next] = await queue.inspector.jobs(['delayed']);
    await queue.inspector.promote(next?.id ?? '');
    await queue.producer.add('send', 2);
    await queue.producer.add('send', 3, { delayMs: 60_000 });
    await queue.control.removeWaiting();
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 2 });
    await queue.control.removeWaiting({ delayed: true });
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 1 });
    expect(await queue.schedules.get('s')).toMatchObject({ nextRunAtMs: firstRunAtMs + 2 * DAY_MS });
  });

  test('a firing that is tried again starts no second series, not even when its schedule was changed meanwhile', async () => {
    const { queue } = both();
    const schedule = { id: 's', rule: { everyMs: DAY_MS }, name: 'send', options: { attempts: 3 } } as const;
    await queue.schedules.upsert({ ...schedule, data: 1 }, { firstRunAtMs: Date.now() - 100 });
    const seen: unknown[] = [];
    const consumer = consumeAll(queue, async ({ data, attempt }) => {
      seen.push([data, attempt]);
      if (attempt === 1) {
        await queue.schedules.upsert({ ...schedule, data: 2 }, { firstRunAtMs: Date.now() + 3_600_000 });
      }
      if (attempt < 3) throw new Error('again');
    });
    await until(
      'it completed',
      () => queue.inspector.counts(),
      ({ completed }) => completed === 1,
    );
    await consumer.close();
    expect(seen).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    expect(await queue.inspector.counts()).toMatchObject({ delayed: 1, waiting: 0 });
    expect(await queue.schedules.list()).toMatchObject([{ id: 's', data: 2 }]);
  });
});
