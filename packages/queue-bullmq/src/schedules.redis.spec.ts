import { eventually } from '@switchyard/queue-testing';
import { Queue, Worker } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { createScript } from './script.js';
import { useLab, type LabQueue } from './spec-support/lab.js';
import { suspendScheduleLua } from './suspend-schedule.lua.js';

const HOUR_MS = 3_600_000;
/** Long enough for a busy machine to put a schedule in place before it is due. */
const SOON_MS = 500;

const lab = useLab();
let queue: LabQueue;
let name = '';
const closings: (() => unknown)[] = [];
beforeEach(() => void ({ name, queue } = lab.declare()));
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

const key = (type: string) => `switchyard:${name}:${type}`;
const hourly = { id: 'hourly:1', rule: { everyMs: HOUR_MS }, name: 'work', data: null } as const;
const stock = () => ({ connection: { host: '127.0.0.1', port: lab.server.port }, prefix: 'switchyard' });

describe('where schedules lie', () => {
  test('the entry, its hash and the pending job, under an id that BullMQ does not misread', async () => {
    const firstRunAtMs = Date.now() + 60_000;
    await queue.schedules.upsert(hourly, { firstRunAtMs });
    expect(await lab.connection.zrange(key('repeat'), 0, -1, 'WITHSCORES')).toEqual([
      '~hourly%3A1',
      String(firstRunAtMs),
    ]);
    expect(await lab.connection.hget(key('repeat:~hourly%3A1'), 'data')).toBe('null');
    expect(await lab.connection.zrange(key('delayed'), 0, -1)).toEqual([
      `repeat:~hourly%3A1:${firstRunAtMs}`,
    ]);
  });

  test('suspended, both are gone and lie together in one field of the side hash', async () => {
    await queue.schedules.upsert(hourly);
    await queue.schedules.suspend(hourly.id);
    expect(await lab.connection.keys(`${key('repeat')}*`)).toEqual([]);
    expect(await lab.connection.exists(key('delayed'))).toBe(0);
    expect(await lab.connection.hkeys(key('switchyard:suspended'))).toEqual(['~hourly%3A1']);
    expect(await lab.engine.withWork([name])).toEqual(new Set([name])); // somebody has to see to it
    await queue.schedules.forget(hourly.id);
    expect(await lab.connection.exists(key('switchyard:suspended'))).toBe(0);
  });
});

describe('an upsert', () => {
  test('keeps the pending slot when payload or options change, and moves it when told to', async () => {
    const first = await queue.schedules.upsert(hourly);
    await sleep(20);
    const changed = await queue.schedules.upsert({ ...hourly, data: 0, options: { attempts: 3 } });
    expect(changed).toMatchObject({ nextRunAtMs: first.nextRunAtMs, data: 0, options: { attempts: 3 } });
    const firstRunAtMs = Date.now() + 1_234_567;
    const moved = await queue.schedules.upsert(
      { ...hourly, data: 0, options: { attempts: 3 } },
      { firstRunAtMs },
    );
    expect(moved.nextRunAtMs).toBe(firstRunAtMs);
    expect(await lab.connection.zrange(key('delayed'), 0, -1)).toEqual([
      `repeat:~hourly%3A1:${firstRunAtMs}`,
    ]);
    expect(await queue.schedules.suspended()).toEqual([]);
  });

  const soon = () => Date.now() + 60_000;
  const onTheHour = () => Math.floor(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS;

  test.each<[string, () => Promise<unknown>, number]>([
    [
      'fires first when it was told to',
      () => queue.schedules.upsert(hourly, { firstRunAtMs: soon() }),
      HOUR_MS,
    ],
    ['falls on the hour', () => queue.schedules.upsert(hourly, { firstRunAtMs: onTheHour() }), HOUR_MS],
    [
      'got another payload',
      async () => {
        await queue.schedules.upsert(hourly, { firstRunAtMs: soon() });
        await queue.schedules.upsert({ ...hourly, data: 'other' });
      },
      HOUR_MS,
    ],
    [
      'got another interval',
      async () => {
        await queue.schedules.upsert(hourly, { firstRunAtMs: soon() });
        await queue.schedules.upsert({ ...hourly, rule: { everyMs: HOUR_MS / 2 + 7000 } });
      },
      HOUR_MS / 2 + 7000,
    ],
  ])('an interval that %s keeps its grid when nobody was there for hours', async (_, upsert, everyMs) => {
    await upsert();
    const slotMs = (await queue.schedules.get(hourly.id))?.nextRunAtMs ?? 0;
    // As if it had been made, and all processes stopped, ten slots earlier.
    await rewind(slotMs, slotMs - 10 * everyMs);
    const consumer = queue.consumer.consume({ work: () => null });
    await eventually('it fired', async () => (await queue.inspector.counts()).completed === 1);
    await consumer.close();
    expect(((await queue.schedules.get(hourly.id))?.nextRunAtMs ?? 0) - slotMs).toBeCloseTo(0, 0);
  });

  async function rewind(slotMs: number, toMs: number): Promise<void> {
    const [from, to] = [slotMs, toMs].map((at) => `repeat:~hourly%3A1:${at}`) as [string, string];
    await lab.connection
      .multi()
      .zadd(key('repeat'), toMs, '~hourly%3A1')
      .rename(key(from), key(to))
      .zrem(key('delayed'), from)
      .zadd(key('delayed'), toMs * 4096, to)
      .zadd(key('marker'), 0, '1')
      .exec();
  }

  test('refused because it would never fire, it leaves the old schedule alone', async () => {
    const before = await queue.schedules.upsert(hourly);
    const never = { ...hourly, endAtMs: Date.now() + 1000 };
    await expect(queue.schedules.upsert(never, { firstRunAtMs: Date.now() + 5000 })).rejects.toMatchObject({
      code: 'SWITCHYARD_INVALID_OPTION',
    });
    expect(await queue.schedules.get(hourly.id)).toEqual(before);
  });

  test('a call that was cut off between suspending and placing is made good by the next', async () => {
    await queue.schedules.upsert(hourly);
    await queue.schedules.suspend(hourly.id);
    const firstRunAtMs = Date.now() + 77_000;
    expect((await queue.schedules.upsert(hourly, { firstRunAtMs })).nextRunAtMs).toBe(firstRunAtMs);
    expect(await queue.schedules.suspended()).toEqual([]);
    expect(await queue.schedules.list()).toHaveLength(1);
  });
});

describe('suspending', () => {
  test('a firing that is due but not taken goes along, and happens once on resume', async () => {
    await queue.control.pause();
    await queue.schedules.upsert(hourly, { firstRunAtMs: Date.now() + SOON_MS });
    const due = (await queue.inspector.jobs(['delayed']))[0]?.id ?? '';
    await queue.inspector.promote(due);
    await sleep(SOON_MS);
    expect((await queue.inspector.counts()).waiting).toBe(1);
    const suspended = await queue.schedules.suspend(hourly.id);
    expect((await queue.inspector.counts()).waiting).toBe(0);
    await queue.control.resume();
    let runs = 0;
    queue.consumer.consume({ work: () => void runs++ });
    const resumed = await queue.schedules.resume(hourly.id);
    await eventually('it fired', () => runs === 1);
    expect(resumed).toEqual(suspended);
    expect(await queue.schedules.resume(hourly.id)).toBeNull();
  });

  test('a firing that a worker has taken is left to it: the next slot is what moves', async () => {
    const slotMs = Date.now() + 60_000;
    await queue.schedules.upsert({ ...hourly, remainingRuns: 4 }, { firstRunAtMs: slotMs });
    // The moment between BullMQ's taking a firing and its placing the next: taken, and the entry still at its slot.
    const id = `repeat:~hourly%3A1:${slotMs}`;
    await lab.connection
      .multi()
      .zrem(key('delayed'), id)
      .lpush(key('active'), id)
      .hset(key(id), 'ats', 1)
      .exec();
    const suspended = await queue.schedules.suspend(hourly.id);
    expect(suspended).toMatchObject({ nextRunAtMs: slotMs + HOUR_MS, remainingRuns: 3 });
    expect(await lab.connection.exists(key(id))).toBe(1);
    expect(await lab.connection.lrange(key('active'), 0, -1)).toEqual([id]);
    expect(await queue.schedules.resume(hourly.id)).toMatchObject({
      nextRunAtMs: slotMs + HOUR_MS,
      remainingRuns: 3,
    });
  });

  test('a resume that was cut off before it forgot is made good without a second firing', async () => {
    // Its job leaves no id behind that would keep a second one out.
    const fleeting = { ...hourly, options: { removeOnComplete: true } };
    await queue.schedules.upsert(fleeting, { firstRunAtMs: Date.now() + SOON_MS });
    await queue.schedules.suspend(hourly.id);
    const aside = await lab.connection.hgetall(key('switchyard:suspended'));
    await sleep(SOON_MS);
    let runs = 0;
    queue.consumer.consume({ work: () => void runs++ });
    await queue.schedules.resume(hourly.id);
    await eventually('it fired', () => runs === 1);
    await lab.connection.hset(key('switchyard:suspended'), aside);
    expect(await queue.schedules.resume(hourly.id)).toMatchObject({ id: hourly.id });
    expect(await queue.schedules.suspended()).toEqual([]);
    await sleep(100);
    expect(runs).toBe(1);
  });

  test('costs no more than its header says', async () => {
    await queue.schedules.upsert(hourly);
    const script = createScript(suspendScheduleLua);
    const keys = [
      'repeat',
      'repeat:~hourly%3A1',
      'delayed',
      'prioritized',
      'wait',
      'switchyard:suspended',
    ].map(key);
    await lab.connection.config('RESETSTAT');
    expect(await script(lab.connection, keys, ['~hourly%3A1', key(''), 'keep'])).toEqual(expect.any(String));
    const stats = await lab.connection.info('commandstats');
    const calls = [...stats.matchAll(/^cmdstat_(?!info|config|eval)[^:]+:calls=(\d+)/gm)].map(([, n]) =>
      Number(n),
    );
    expect(calls.reduce((sum, n) => sum + n, 0)).toBe(8);
  });
});

describe('beside stock BullMQ', () => {
  test('a schedule whose runs a stock worker used up reads as gone, and is no work', async () => {
    await queue.schedules.upsert({ ...hourly, remainingRuns: 1 }, { firstRunAtMs: Date.now() + SOON_MS });
    const worker = new Worker(name, async () => 'done', stock());
    closings.push(() => worker.close());
    await eventually('it fired', async () => (await queue.inspector.counts()).completed === 1);
    expect(await lab.connection.zcard(key('repeat'))).toBe(1);
    expect(await queue.schedules.get(hourly.id)).toBeNull();
    expect(await queue.schedules.list()).toEqual([]);
    expect(await queue.schedules.suspend(hourly.id)).toBeNull();
    expect(await queue.schedules.suspended()).toEqual([]);
    expect(await lab.engine.withWork([name])).toEqual(new Set());
  });

  test('a last firing that a stock worker tried and that waits for its retry is not taken along', async () => {
    const options = { attempts: 2, backoff: { type: 'fixed', delayMs: 60_000 } } as const;
    await queue.schedules.upsert(
      { ...hourly, remainingRuns: 1, options },
      { firstRunAtMs: Date.now() + SOON_MS },
    );
    const worker = new Worker(name, () => Promise.reject(new Error('once')), stock());
    closings.push(() => worker.close());
    worker.on('error', () => undefined);
    const retried = async () =>
      (await queue.inspector.jobs(['delayed'])).filter(({ attemptsMade }) => attemptsMade === 1);
    await eventually('it failed once', async () => (await retried()).length === 1);
    expect(await lab.connection.zcard(key('repeat'))).toBe(1);
    expect(await queue.schedules.suspend(hourly.id)).toBeNull();
    expect(await retried()).toHaveLength(1);
  });

  test('a scheduler that stock BullMQ made is read, suspended and resumed', async () => {
    const stockQueue = new Queue(name, stock());
    closings.push(() => stockQueue.close());
    await stockQueue.upsertJobScheduler(
      'daily-9',
      { pattern: '0 9 * * *', tz: 'Europe/Berlin' },
      { name: 'work', data: 1 },
    );
    const read = await queue.schedules.get('daily-9');
    expect(read).toMatchObject({
      id: 'daily-9',
      rule: { cron: '0 9 * * *', timeZone: 'Europe/Berlin' },
      name: 'work',
      data: 1,
      engine: 'bullmq',
    });
    expect(await queue.schedules.suspend('daily-9')).toEqual(read);
    expect(await queue.schedules.resume('daily-9')).toEqual(read);
  });
});

test('the last firing takes the entry along, and an interval does not fire after its end', async () => {
  let runs = 0;
  queue.consumer.consume({ work: () => void runs++ });
  const soon = Date.now() + SOON_MS;
  await queue.schedules.upsert({ ...hourly, remainingRuns: 1 }, { firstRunAtMs: soon });
  await queue.schedules.upsert(
    { ...hourly, id: 'ends', endAtMs: soon + HOUR_MS - 1 },
    { firstRunAtMs: soon },
  );
  await eventually('both fired', () => runs === 2);
  await eventually('both entries are gone', async () => (await lab.connection.zcard(key('repeat'))) === 0);
  expect(await lab.connection.exists(key('delayed'))).toBe(0);
});

test('a pending firing is a job like others, and goes with its schedule', async () => {
  await queue.schedules.upsert(hourly);
  const [firing] = await queue.inspector.jobs(['delayed']);
  expect(firing).toMatchObject({ scheduleId: hourly.id, state: 'delayed' });
  expect(await queue.inspector.job(firing?.id ?? '')).toEqual(firing);
  // A caller's own id of that shape names another job.
  await queue.producer.add('work', 'own', { id: 'repeat:own:1700000000000' });
  expect(await queue.inspector.job('repeat:own:1700000000000')).toMatchObject({
    data: 'own',
    scheduleId: null,
  });
  expect(await queue.schedules.remove(hourly.id)).toBe(true);
  expect(await queue.inspector.job(firing?.id ?? '')).toBeNull();
});
