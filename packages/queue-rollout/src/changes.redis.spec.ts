import { EngineUnavailableError, type EngineQueue, type QueueEngine } from '@switchyard/queue-contract';
import { anything, contacts, eventually, range, recorder, startInstance } from './spec-support/instance.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();

/** Puts something between the rollout and its queue on one engine. */
const throughQueue =
  (engineName: string, wrap: (queue: EngineQueue) => EngineQueue) =>
  (engine: QueueEngine): QueueEngine => ({
    ...engine,
    queue: (definition) =>
      engine.name === engineName
        ? (wrap(engine.queue(definition) as unknown as EngineQueue) as never)
        : engine.queue(definition),
  });

function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test('[17] a pause is carried also to a side where an instance that only adds was first', async () => {
  const web = startInstance(redis.url, 100);
  await web.rollout.start();
  const worker = startInstance(redis.url, 100);
  const { handlers, ran } = recorder();
  await worker.engines.legacy.queue(contacts).control.pause();
  await worker.engines.legacy.queue(contacts).producer.add('sync', { n: 1 });
  await web.rollout.queue(contacts).producer.add('sync', { n: 2 });
  const queue = worker.rollout.queue(contacts);
  queue.consumer.consume(handlers);
  await worker.rollout.start();
  await eventually(() => expect(worker.rollout.status()[0]!.consuming).toEqual(['bull', 'bullmq']));
  expect(await queue.control.isPaused()).toBe(true);
  expect(ran()).toEqual([]);
  await queue.control.resume();
  await eventually(() => expect(ran()).toEqual([1, 2]));
});

test('[17] a queue that is paused while it is empty stays paused on the engine it moves to, and back', async () => {
  const { rollout, share, engines } = startInstance(redis.url, 0);
  const { handlers, ran } = recorder();
  const queue = rollout.queue(contacts);
  await engines.legacy.queue(contacts).control.pause();
  queue.consumer.consume(handlers);
  await rollout.start();
  for (const percent of [100, 0]) {
    share(percent);
    await queue.producer.add('sync', { n: percent });
    await eventually(() =>
      expect(rollout.status()[0]!.consuming).toContain(percent === 100 ? 'bullmq' : 'bull'),
    );
    expect(await queue.control.isPaused()).toBe(true);
  }
  expect(ran()).toEqual([]);
});

test('whoever listens to a queue hears the first job on the engine it moves to, from its beginning', async () => {
  const { rollout, share, engines } = startInstance(redis.url, 0, { idleCheckMs: 60_000 });
  const queue = rollout.queue(contacts);
  queue.consumer.consume(recorder().handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  const heard: string[] = [];
  await queue.events.on('active', ({ jobId }) => heard.push(jobId));
  const added = await engines.target
    .queue(contacts)
    .producer.addMany(range(0, 4).map((n) => ({ name: 'sync', data: { n } })));
  share(100);
  await eventually(() => expect([...heard].sort()).toEqual(added.map(({ id }) => id).sort()), 5000);
});

test('a subscription that comes while the flags change hears both engines', async () => {
  let go = () => {};
  const slowly = new Promise<void>((resolve) => (go = resolve));
  const through = throughQueue('bull', (queue) => ({
    ...queue,
    events: {
      ...queue.events,
      on: async (event, listener) => slowly.then(() => queue.events.on(event, listener)),
    },
  }));
  const { rollout, share, engines } = startInstance(redis.url, 0, {
    through,
    idleCheckMs: 60_000,
    switchingCheckMs: 60_000,
  });
  const queue = rollout.queue(contacts);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  const heard: string[] = [];
  const subscribing = queue.events.on('waiting', ({ jobId }) => heard.push(jobId));
  share(100);
  await eventually(() => expect(rollout.status()[0]!.phase).toBe('target'));
  go();
  await subscribing;
  const { id } = await engines.target.queue(contacts).producer.add('sync', { n: 1 });
  await eventually(() => expect(heard).toEqual([id]), 3000);
});

test('a subscription that one engine refuses, or that ends while it begins elsewhere, holds nothing', async () => {
  const held = { bull: 0, bullmq: 0 };
  let refuses = false;
  let slowly = Promise.resolve();
  const count = (engine: 'bull' | 'bullmq') =>
    throughQueue(engine, (queue) => ({
      ...queue,
      events: {
        ...queue.events,
        async on(event, listener) {
          if (refuses && engine === 'bullmq') throw new EngineUnavailableError('bullmq', 'away');
          await slowly;
          const end = await queue.events.on(event, listener);
          held[engine] += 1;
          return async () => {
            held[engine] -= 1;
            await end();
          };
        },
      },
    }));
  const through = (engine: QueueEngine) => count('bull')(count('bullmq')(engine));
  const { rollout, share } = startInstance(redis.url, 50, { through, idleCheckMs: 60_000 });
  const { events } = rollout.queue(contacts);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  refuses = true;
  await expect(events.on('completed', () => {})).rejects.toThrow('away');
  expect(held).toEqual({ bull: 0, bullmq: 0 });

  refuses = false;
  share(0);
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  const end = await events.on('completed', () => {});
  expect(held).toEqual({ bull: 1, bullmq: 0 });
  let go = () => {};
  slowly = new Promise((resolve) => (go = resolve));
  share(100);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const ending = end();
  go();
  await ending;
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  expect(held).toEqual({ bull: 0, bullmq: 0 });
});

test('[13] a schedule that is changed or removed while it moves is not brought back as it was', async () => {
  /** Held by the first upsert of each, which is the move's. */
  const moves = new Map(['changed', 'removed'].map((id) => [id, { reached: latch(), goOn: latch() }]));
  const through = throughQueue('bullmq', (queue) => ({
    ...queue,
    schedules: {
      ...queue.schedules,
      async upsert(schedule, options) {
        const move = moves.get(schedule.id);
        moves.delete(schedule.id);
        move?.reached.open();
        await move?.goOn.opened;
        return queue.schedules.upsert(schedule, options);
      },
    },
  }));
  const { rollout, share } = startInstance(redis.url, 0, { through });
  const { schedules, consumer } = rollout.queue(contacts);
  consumer.consume(recorder().handlers);
  await rollout.start();
  const schedule = (id: string, n: number) =>
    ({ id, rule: { cron: '0 3 * * *' }, name: 'sync', data: { n } }) as const;
  for (const id of moves.keys()) await schedules.upsert(schedule(id, 1));
  const changes = [...moves].map(async ([id, { reached, goOn }]) => {
    await reached.opened;
    const changing = id === 'changed' ? schedules.upsert(schedule(id, 2)) : schedules.remove(id);
    await new Promise((resolve) => setTimeout(resolve, 100));
    goOn.open();
    await changing;
  });
  share(100);
  await Promise.all(changes);
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  expect(await schedules.list()).toMatchObject([{ id: 'changed', data: { n: 2 }, engine: 'bullmq' }]);
  expect(await schedules.suspended()).toEqual([]);
});

test('what a process left suspended when it died is finished by one that runs on', async () => {
  const { rollout, engines } = startInstance(redis.url, 100, { idleCheckMs: 300 });
  const { schedules, consumer } = rollout.queue(contacts);
  consumer.consume(recorder().handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  // Another brought it back to life there, began to move it, and died.
  const legacy = engines.legacy.queue(contacts).schedules;
  await legacy.upsert({ id: 'nightly', rule: { cron: '0 3 * * *' }, name: 'sync', data: { n: 1 } });
  await legacy.suspend('nightly');
  await eventually(async () => {
    expect(await schedules.get('nightly')).toMatchObject({ engine: 'bullmq' });
    expect(await schedules.suspended()).toEqual([]);
  }, 5000);
});

test('[13] a schedule that the target refuses goes on where it was and keeps no other from moving', async () => {
  const errors: string[] = [];
  const reportError = ({ message }: Error) => errors.push(message);
  const { rollout, share, engines } = startInstance(redis.url, 0, { reportError });
  const { schedules, consumer } = rollout.queue(contacts);
  consumer.consume(recorder().handlers);
  await rollout.start();
  const rule = { cron: '0 3 * * *' };
  for (const id of ['a', 'b', 'c']) await schedules.upsert({ id, rule, name: 'sync', data: { n: 1 } });
  // As code of before the switch may have it: a payload that nobody checked.
  const unchecked = { ...contacts, jobs: { sync: anything } };
  const legacy = engines.legacy.queue(unchecked).schedules;
  await legacy.upsert({ id: 'b', rule, name: 'sync', data: { n: 'one' } });
  expect(await legacy.get('b')).toMatchObject({ data: { n: 'one' } });
  share(100);
  await eventually(async () => {
    const moved = (await schedules.list()).map(({ id, engine }) => `${id} ${engine}`);
    expect(moved.sort()).toEqual(['a bullmq', 'b bull', 'c bullmq']);
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain('n must be a number');
});
