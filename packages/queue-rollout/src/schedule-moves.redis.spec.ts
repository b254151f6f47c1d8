import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { createBullMqEngine } from '@switchyard/queue-bullmq';
import {
  defineQueue,
  type EngineQueue,
  type QueueDefinition,
  type QueueEngine,
  type StandardSchema,
} from '@switchyard/queue-contract';
import { Redis } from 'ioredis';
import { bringSchedulesHome, schedulesAreAstray } from './schedule-moves.js';
import { createLegacyEngine } from './spec-support/legacy-engine.js';

const anything: StandardSchema = {
  '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) },
};
const heartbeats: QueueDefinition = defineQueue({
  name: 'heartbeats',
  tier: 'medium',
  jobs: { beat: anything },
  worker: { concurrency: 20 },
});

let redis: RedisServer;
let connection: Redis;
let engines: QueueEngine[];
let bull: EngineQueue;
let bullmq: EngineQueue;

beforeAll(async () => {
  redis = await startRedis();
});

beforeEach(async () => {
  connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  await connection.flushall();
  const engineOf = [createLegacyEngine({ connection }), createBullMqEngine({ connection })] as const;
  engines = [...engineOf];
  bull = engineOf[0].queue(heartbeats);
  bullmq = engineOf[1].queue(heartbeats);
});

afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  connection.disconnect();
});

afterAll(() => redis.stop());

class Died extends Error {}

/** The queue as seen by a process that dies at the given call of any of its roles, before or after it took effect. */
function dyingAt(queue: EngineQueue, calls: { left: number }, takesEffect: boolean): EngineQueue {
  const mortal = <T extends object>(role: T): T =>
    new Proxy(role, {
      get(target, property, receiver) {
        const method: unknown = Reflect.get(target, property, receiver);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]): Promise<unknown> => {
          calls.left -= 1;
          if (calls.left > 0) return method.apply(target, args);
          if (calls.left === 0 && takesEffect) await method.apply(target, args);
          throw new Died();
        };
      },
    });
  return { ...queue, schedules: mortal(queue.schedules), producer: mortal(queue.producer) };
}

async function until(check: () => boolean, timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!check()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Every slot in which each schedule fired: the ids of firings end in it, on both engines and for plain ones. */
function consumeBoth(): Map<string, number[]> {
  const slots = new Map<string, number[]>();
  for (const queue of [bull, bullmq]) {
    queue.consumer.consume({
      beat: ({ id, data }) => {
        const { schedule } = data as { schedule: string };
        slots.set(schedule, [...(slots.get(schedule) ?? []), Number(/(\d+)$/.exec(id)?.[1])]);
      },
    });
  }
  return slots;
}

test('[13] schedules moved forth and back, by processes that die at every step, fire once a slot', async () => {
  const ids = Array.from({ length: 6 }, (_, index) => `every-${index}`);
  const slots = consumeBoth();
  for (const id of ids) {
    await bull.schedules.upsert({ id, rule: { everyMs: 1000 }, name: 'beat', data: { schedule: id } });
  }
  const fired = () => [...slots.values()].flat().length;
  for (let move = 0; move < 24; move += 1) {
    const [home, away] = move % 2 === 0 ? [bullmq, bull] : [bull, bullmq];
    const calls = { left: 1 + move };
    const takesEffect = move % 3 === 0;
    const dying = bringSchedulesHome(dyingAt(home, calls, takesEffect), dyingAt(away, calls, takesEffect));
    await expect(dying).rejects.toThrow(Died);
    // Two processes carry on from there at the same time.
    while (await schedulesAreAstray(home, away)) {
      await Promise.all([bringSchedulesHome(home, away), bringSchedulesHome(home, away)]);
    }
    expect((await home.schedules.list()).map(({ id }) => id).sort()).toEqual(ids);
    // Now and then a slot comes due between two moves, at other times in the middle of one.
    const before = fired();
    if (move % 3 === 2) await until(() => fired() > before);
  }
  const before = fired();
  await until(() => fired() >= before + ids.length * 2);
  for (const id of ids) await Promise.all([bull, bullmq].map(({ schedules }) => schedules.remove(id)));

  for (const id of ids) {
    const inOrder = slots.get(id)!.sort((a, b) => a - b);
    const gaps = inOrder.slice(1).map((slot, index) => slot - inOrder[index]!);
    expect({ id, gaps: [...new Set(gaps)] }).toEqual({ id, gaps: [1000] });
  }
});

test.each(['bullmq', 'bull'])('a cron keeps zone, template and next slot on its way to %s', async (to) => {
  const [home, away] = to === 'bullmq' ? [bullmq, bull] : [bull, bullmq];
  const schedule = {
    id: 'nightly: 3 o’clock',
    rule: { cron: '0 3 * * *', timeZone: 'Europe/Berlin' },
    name: 'beat',
    data: { schedule: 'nightly' },
    options: { attempts: 4, backoff: { type: 'exponential' as const, delayMs: 50 } },
    endAtMs: Date.UTC(2199, 0, 1),
    remainingRuns: 7,
  };
  const { nextRunAtMs } = await away.schedules.upsert(schedule);
  await bringSchedulesHome(home, away);
  expect(await home.schedules.list()).toMatchObject([{ ...schedule, engine: to, nextRunAtMs }]);
  expect(await away.schedules.list()).toEqual([]);
  expect(await away.schedules.suspended()).toEqual([]);
});

test.each([
  ['bullmq', 'is nearly due', 60],
  ['bull', 'is nearly due', 60],
  ['bullmq', 'has come due on the way', 10],
  ['bull', 'has come due on the way', 10],
])('on the way to %s, a slot that %s fires once', async (to, _when, inMs) => {
  const [home, away] = to === 'bullmq' ? [bullmq, bull] : [bull, bullmq];
  const firstRunAtMs = Date.now() + inMs;
  await away.schedules.upsert(
    { id: 's', rule: { everyMs: 60_000 }, name: 'beat', data: { schedule: 's' } },
    { firstRunAtMs },
  );
  await away.schedules.suspend('s');
  if (inMs < 50) await until(() => Date.now() > firstRunAtMs);
  const slots = consumeBoth();
  await bringSchedulesHome(home, away);
  await until(() => slots.size > 0);
  await bringSchedulesHome(home, away);
  expect(slots.get('s')).toEqual([firstRunAtMs]);
  expect(await home.schedules.get('s')).toMatchObject({ nextRunAtMs: firstRunAtMs + 60_000 });
});

test('the last run of a schedule moves, and when it has fired no schedule is left', async () => {
  const slots = consumeBoth();
  const firstRunAtMs = Date.now() + 200;
  await bull.schedules.upsert(
    { id: 's', rule: { everyMs: 60_000 }, name: 'beat', data: { schedule: 's' }, remainingRuns: 1 },
    { firstRunAtMs },
  );
  await bringSchedulesHome(bullmq, bull);
  await until(() => slots.size > 0);
  expect(slots.get('s')).toEqual([firstRunAtMs]);
  expect(await bullmq.schedules.list()).toEqual([]);
  expect(await schedulesAreAstray(bullmq, bull)).toBe(false);
});

test.each(['bullmq', 'bull'])(
  'a firing that waits behind a backlog is not lost on the way to %s',
  async (to) => {
    const [home, away] = to === 'bullmq' ? [bullmq, bull] : [bull, bullmq];
    const slots: number[] = [];
    const busy = away.consumer.consume(
      {
        beat: async ({ id, data }) => {
          if ((data as { schedule?: string }).schedule) slots.push(Number(/(\d+)$/.exec(id)?.[1]));
          else await new Promise((resolve) => setTimeout(resolve, 100));
        },
      },
      { concurrency: 1 },
    );
    await away.producer.addMany(Array.from({ length: 15 }, () => ({ name: 'beat', data: {} })));
    const firstRunAtMs = Date.now() + 200;
    const rule = { everyMs: 1000 };
    await away.schedules.upsert({ id: 's', rule, name: 'beat', data: { schedule: 's' } }, { firstRunAtMs });
    await until(() => Date.now() > firstRunAtMs + 300);
    await bringSchedulesHome(home, away);
    home.consumer.consume({
      beat: ({ id }) => void slots.push(Number(/(\d+)$/.exec(id)?.[1])),
    });
    await until(() => slots.length >= 4);
    await home.schedules.remove('s');
    await busy.close();
    const inOrder = slots.sort((a, b) => a - b).slice(0, 4);
    expect(inOrder.map((slot) => slot - firstRunAtMs)).toEqual([0, 1000, 2000, 3000]);
  },
);

test('[13] what is suspended is read a few times however many schedules come home', async () => {
  const ids = Array.from({ length: 12 }, (_, n) => `schedule ${n}`);
  for (const id of ids) {
    await bull.schedules.upsert({ id, rule: { cron: '0 3 * * *' }, name: 'beat', data: {} });
  }
  let reads = 0;
  const suspended: typeof bull.schedules.suspended = async () => {
    reads += 1;
    return bull.schedules.suspended();
  };
  await bringSchedulesHome(bullmq, { ...bull, schedules: { ...bull.schedules, suspended } });
  expect(await bullmq.schedules.list()).toHaveLength(ids.length);
  expect(await schedulesAreAstray(bullmq, bull)).toBe(false);
  expect(reads).toBe(1);
});
