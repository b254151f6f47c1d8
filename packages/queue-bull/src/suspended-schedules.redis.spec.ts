import { eventually } from '@switchyard/queue-testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type BullQueue from 'bull';
import { BULL_VERSIONS } from './spec-support/bull-versions.js';
import { consumeAll, useLegacyApp } from './spec-support/legacy-app.js';

const DAY_MS = 24 * 3600 * 1000;

describe.each(BULL_VERSIONS)('repeatable jobs of $version that are suspended', ({ Bull }) => {
  const app = useLegacyApp(Bull);

  test.each([
    ['cron without an id', { repeat: { cron: '15 5 * * *' } }],
    ['interval without an id', { repeat: { every: DAY_MS } }],
    [
      'cron with an id and a time zone',
      { jobId: 'x:y', repeat: { cron: '15 5 * * *', tz: 'Europe/Berlin' } },
    ],
    ['with an end and a limit', { jobId: 'z', repeat: { every: DAY_MS, limit: 3, endDate: '2099-01-01' } }],
  ])('are suspended and resumed as they were: %s', async (_, options) => {
    const { name, legacy, queue } = app.both();
    await legacy.add('send', { text: 'ünï "quoted"' }, options as BullQueue.JobOptions);
    const dump = async () => {
      const keys = (await app.connection.keys(`bull:${name}:*`))
        .filter((key) => !/:(id|stalled-check)$/.test(key))
        .sort();
      const contents = await Promise.all(
        keys.map(async (key) =>
          key.includes(':repeat:')
            ? await app.connection.hgetall(key)
            : await app.connection.zrange(key, 0, -1, 'WITHSCORES'),
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
    expect(await app.engine.withWork([name])).toEqual(new Set([name])); // somebody has to see to it
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
    await legacy.add('send', { text: 'ünï "quoted"' }, options as BullQueue.JobOptions);
    expect(await queue.schedules.list()).toHaveLength(1);
    expect(await queue.inspector.counts()).toMatchObject({ delayed: 1 });
  });

  test('[13] move away and back under the same member, so that the app adds no second', async () => {
    const { legacy, queue } = app.both();
    for (const options of [
      { repeat: { cron: '15 5 * * *' } },
      { jobId: 'x', repeat: { cron: '15 5 * * *', tz: 'Europe/Berlin' } },
      { repeat: { every: DAY_MS } },
      { jobId: 'local', repeat: { cron: '15 5 * * *' } },
      { jobId: 'utc', repeat: { cron: '15 5 * * *', utc: true } },
      { repeat: { cron: '15 5 * * *', utc: true } },
      { jobId: 'interval', repeat: { every: DAY_MS } },
      { jobId: 'ends', repeat: { cron: '0 6 * * *', endDate: '2099-01-01' } },
    ]) {
      const add = () => legacy.add('send', { n: 1 }, structuredClone(options) as BullQueue.JobOptions);
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
    const { queue } = app.both();
    const firstRunAtMs = Date.now() - 2000;
    await queue.control.pause();
    await queue.schedules.upsert(
      { id: 's', rule: { everyMs: DAY_MS }, name: 'send', data: 1 },
      { firstRunAtMs },
    );
    // A consumer moves it from the delayed to the paused ones.
    const ran: unknown[] = [];
    const consumer = consumeAll(queue, () => void ran.push(1));
    await eventually(
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
    await eventually(
      'it fired',
      () => ran.length,
      (length) => length === 1,
    );
    await eventually(
      'the next is set',
      () => queue.schedules.get('s'),
      (schedule) => schedule?.nextRunAtMs === firstRunAtMs + DAY_MS,
    );
    await consumer.close();
  });

  test('suspended while it fires: what is kept is the slot after it', async () => {
    const { queue } = app.both();
    const firstRunAtMs = Date.now() - 100;
    await queue.schedules.upsert(
      { id: 's', rule: { everyMs: DAY_MS }, name: 'send', data: 1, remainingRuns: 3 },
      { firstRunAtMs },
    );
    let finish: () => void = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const consumer = consumeAll(queue, () => finished);
    await eventually(
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
});
