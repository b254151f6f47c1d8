import type { ScheduleRule } from '@switchyard/queue-contract';
import {
  contacts,
  eventually,
  range,
  recorder,
  startInstance,
  type Instance,
} from './spec-support/instance.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();

const enginesOf = async ({ engines }: Instance, id: string) => {
  const holders = await Promise.all(
    [engines.legacy, engines.target].map(async (engine) => {
      const { schedules } = engine.queue(contacts);
      return (await schedules.get(id)) ? [engine.name] : [];
    }),
  );
  return holders.flat();
};

test('[13] instances that disagree and upsert the same schedules at the same moment never create one twice', async () => {
  const pair = [startInstance(redis.url, 0), startInstance(redis.url, 100)] as const;
  const ids = range(0, 20).map((n) => `schedule ${n}`);
  const rule: ScheduleRule = { cron: '0 3 * * *' };
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(
      pair.flatMap(({ rollout }) =>
        ids.map((id) => rollout.queue(contacts).schedules.upsert({ id, rule, name: 'sync', data: { n: 1 } })),
      ),
    );
    const holders = await Promise.all(ids.map((id) => enginesOf(pair[0], id)));
    expect(holders.filter((engines) => engines.length !== 1)).toEqual([]);
  }
  await Promise.all(
    pair.flatMap(({ rollout }) => ids.map((id) => rollout.queue(contacts).schedules.remove(id))),
  );
  expect(await pair[0].rollout.queue(contacts).schedules.list()).toEqual([]);
});

test('[13] a schedule that two instances tug at, each with its own flags, fires once a slot', async () => {
  const ran = recorder();
  // Far more often than once a minute.
  const often = { idleCheckMs: 100, switchingCheckMs: 30 };
  const pair = [startInstance(redis.url, 0, often), startInstance(redis.url, 100, often)] as const;
  for (const { rollout } of pair) rollout.queue(contacts).consumer.consume(ran.handlers);
  await Promise.all(pair.map(({ rollout }) => rollout.start()));
  const { schedules } = pair[0].rollout.queue(contacts);
  const rule = { everyMs: 1000 };
  const first = await schedules.upsert({ id: 'tug', rule, name: 'sync', data: { n: 1 } });
  await eventually(() => expect(ran.runs.length).toBeGreaterThanOrEqual(8), 30_000);
  await schedules.remove('tug');
  const slots = ran.runs.map(({ id }) => Number(/(\d+)$/.exec(id)?.[1])).sort((a, b) => a - b);
  expect(slots).toEqual(range(0, slots.length).map((n) => first.nextRunAtMs + n * 1000));
  expect(await enginesOf(pair[0], 'tug')).toEqual([]);
});

test('[13] a schedule moves with its pending firing: verified where it goes, gone where it was', async () => {
  const { rollout, share, engines } = startInstance(redis.url, 0);
  rollout.queue(contacts).consumer.consume(recorder().handlers);
  await rollout.start();
  const { schedules, inspector } = rollout.queue(contacts);
  const before = await schedules.upsert({
    id: 'nightly',
    rule: { cron: '0 3 * * *', timeZone: 'Europe/Berlin' },
    name: 'sync',
    data: { n: 1 },
  });
  share(100);
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  expect(await schedules.list()).toEqual([{ ...before, engine: 'bullmq' }]);
  const legacy = engines.legacy.queue(contacts);
  expect(await legacy.schedules.list()).toEqual([]);
  expect(await legacy.schedules.suspended()).toEqual([]);
  expect(await legacy.inspector.counts()).toMatchObject({ delayed: 0, waiting: 0 });
  const [firing, ...others] = await inspector.jobs(['delayed']);
  expect(firing).toMatchObject({ scheduleId: 'nightly', engine: 'bullmq' });
  expect(others).toEqual([]);
});

test('[13] a schedule that was left suspended by a process that died can be removed for good', async () => {
  const { rollout, engines } = startInstance(redis.url, 0, { idleCheckMs: 200 });
  const legacy = engines.legacy.queue(contacts).schedules;
  await legacy.upsert({ id: 'nightly', rule: { cron: '0 3 * * *' }, name: 'sync', data: { n: 1 } });
  await legacy.suspend('nightly');
  const { schedules, consumer } = rollout.queue(contacts);
  expect(await schedules.remove('nightly')).toBe(true);
  expect(await schedules.remove('nightly')).toBe(false);
  consumer.consume(recorder().handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  expect(await schedules.list()).toEqual([]);
  expect(await schedules.suspended()).toEqual([]);
});

test('an upsert replaces a schedule that its new engine refuses as it is', async () => {
  const { rollout, share, engines } = startInstance(redis.url, 0);
  const rule = { cron: '0 3 * * *' };
  const anything = {
    '~standard': { version: 1, vendor: 'spec', validate: (value: unknown) => ({ value }) },
  } as const;
  const unchecked = { ...contacts, jobs: { sync: anything } };
  await engines.legacy.queue(unchecked).schedules.upsert({ id: 's', rule, name: 'sync', data: { n: 'one' } });
  share(100);
  const { schedules } = rollout.queue(contacts);
  await expect(
    schedules.upsert({ id: 's', rule, name: 'sync', data: { n: 'two' } as never }),
  ).rejects.toMatchObject({
    code: 'SWITCHYARD_INVALID_PAYLOAD',
  });
  expect(await schedules.list()).toMatchObject([{ data: { n: 'one' }, engine: 'bull' }]);
  await schedules.upsert({ id: 's', rule, name: 'sync', data: { n: 2 } });
  expect(await schedules.list()).toMatchObject([{ data: { n: 2 }, engine: 'bullmq' }]);
  expect(await schedules.suspended()).toEqual([]);
});

test('[13] at a share, a schedule that another instance takes to the target is brought back, though that was empty', async () => {
  const { rollout, engines } = startInstance(redis.url, 50, { idleCheckMs: 300 });
  const queue = rollout.queue(contacts);
  queue.consumer.consume(recorder().handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  const rule: ScheduleRule = { cron: '0 3 * * *' };
  const { schedules } = engines.target.queue(contacts);
  await schedules.upsert({ id: 'nightly', rule, name: 'sync', data: { n: 1 } });
  await eventually(async () => {
    expect(await queue.schedules.get('nightly')).toMatchObject({ engine: 'bull' });
    expect(await schedules.list()).toEqual([]);
  });
});
