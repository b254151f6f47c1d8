import { useLab, type LabQueue } from './spec-support/lab.js';

const HOUR_MS = 3_600_000;
const hourly = { id: 'hourly-1', rule: { everyMs: HOUR_MS }, name: 'work', data: 1 } as const;

const lab = useLab();
let queue: LabQueue;
let name = '';
beforeEach(() => void ({ name, queue } = lab.declare()));

test('a slot that has fired does not fire again, and the grid goes on', async () => {
  const firstRunAtMs = Date.now() - 1000;
  await queue.schedules.upsert(hourly, { firstRunAtMs });
  let runs = 0;
  const consumer = queue.consumer.consume({ work: () => void runs++ });
  await new Promise<void>((resolve) => consumer.on('completed', () => resolve()));
  await consumer.close();
  expect(await queue.schedules.remove(hourly.id)).toBe(true);
  const again = await queue.schedules.upsert({ ...hourly, remainingRuns: 2 }, { firstRunAtMs });
  expect(again).toMatchObject({ nextRunAtMs: firstRunAtMs + HOUR_MS, remainingRuns: 1 });
  expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 1, completed: 1 });
  expect(runs).toBe(1);
});

test('a firing that is due lies like one that came due, with the entry at its slot', async () => {
  const firstRunAtMs = Date.now() - 2 * HOUR_MS;
  await queue.schedules.upsert(hourly, { firstRunAtMs });
  expect(await lab.connection.zrange(`switchyard:${name}:repeat`, 0, -1, 'WITHSCORES')).toEqual([
    'hourly-1',
    String(firstRunAtMs),
  ]);
  expect(await lab.connection.zrange(`switchyard:${name}:delayed`, 0, -1, 'WITHSCORES')).toEqual([
    `repeat:hourly-1:${firstRunAtMs}`,
    String(firstRunAtMs * 4096),
  ]);
});

test('putting one in place costs what its header says', async () => {
  const total = async () => {
    const stats = await lab.connection.info('commandstats');
    const calls = [...stats.matchAll(/^cmdstat_(?:zscore|exists|del|hdel|zadd|hset|xadd):calls=(\d+)/gm)];
    return calls.reduce((sum, [, n]) => sum + Number(n), 0);
  };
  await queue.schedules.upsert({ ...hourly, id: 'warm' }, { firstRunAtMs: Date.now() - 1000 });
  await lab.connection.config('RESETSTAT');
  await queue.schedules.upsert(hourly, { firstRunAtMs: Date.now() - 1000 });
  // All of them but the one HGET; one ZSCORE more is the look at what was there.
  expect(await total()).toBe(11);
});
