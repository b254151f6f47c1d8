import { setTimeout as sleep } from 'node:timers/promises';
import { defineQueue, UNNAMED_JOB } from '@switchyard/queue-contract';
import { eventually } from '@switchyard/queue-testing';
import { createBullEngine } from './create-bull-engine.js';
import { localTimeZone } from './schedule-slots.js';
import { BULL_VERSIONS } from './spec-support/bull-versions.js';
import { consumeAll, LEGACY_JOBS, useLegacyApp } from './spec-support/legacy-app.js';

const DAY_MS = 24 * 3600 * 1000;

describe.each(BULL_VERSIONS)('repeatable jobs of an app on $version', ({ Bull }) => {
  const app = useLegacyApp(Bull);

  test('[13] are listed as the app made them', async () => {
    const { legacy, queue } = app.both();
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
    const { legacy, queue } = app.both();
    await legacy.add('send', { n: 1 }, { repeat: { every: 500, limit: 4 } });
    const fired: { id: string; scheduleId: string | null; atMs: number }[] = [];
    const consumer = consumeAll(
      queue,
      ({ id, scheduleId }) => void fired.push({ id, scheduleId, atMs: Date.now() }),
    );
    await eventually(
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
    const { queue } = app.both();
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
    await eventually(
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
    const { legacy, queue } = app.both();
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
    await eventually(
      'Bull fired it',
      () => fired.length,
      (length) => length >= 2,
    );
    await legacy.pause(true);
    const legacyFired = fired.length;
    const consumer = consumeAll(queue, ({ id }) => void fired.push(slotOf(id)));
    await eventually(
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
    const { legacy, queue } = app.both();
    await legacy.add('send', { n: 1 }, { jobId: 'same', repeat: { cron: '0 1 * * *' } });
    await legacy.add('send', { n: 2 }, { jobId: 'same', repeat: { cron: '0 2 * * *' } });
    const ids = (await queue.schedules.list()).map(({ id }) => id).sort();
    expect(ids).toEqual(['send:same:::0 1 * * *', 'send:same:::0 2 * * *']);
    expect(await queue.schedules.suspend('send:same:::0 2 * * *')).toMatchObject({ data: { n: 2 } });
    expect(await queue.schedules.list()).toMatchObject([{ data: { n: 1 } }]);
  });

  test('many instances that upsert at once leave one schedule with one firing', async () => {
    const { name, queue } = app.both();
    const definition = defineQueue({ name, tier: 'medium', jobs: LEGACY_JOBS });
    const engines = Array.from({ length: 6 }, () => createBullEngine({ connection: app.connection }));
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
    const { queue } = app.both();
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
    const { queue } = app.both();
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
    await eventually(
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
