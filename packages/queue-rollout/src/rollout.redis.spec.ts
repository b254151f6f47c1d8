import { countConnections, parseClientList, startRedis, type RedisServer } from '@switchyard/local-redis';
import { createBullMqEngine } from '@switchyard/queue-bullmq';
import { Redis } from 'ioredis';
import { createFlagSource, createRollout, RolloutConfigurationError } from './index.js';
import {
  closeInstances,
  contacts,
  eventually,
  queues,
  range,
  recorder,
  reminders,
  startInstance as startInstanceOn,
} from './spec-support/instance.js';
import { hasBull } from './spec-support/legacy-engine.js';

let redis: RedisServer;
let observer: Redis;

beforeAll(async () => {
  redis = await startRedis({ settings: { appendonly: 'yes' } });
  observer = new Redis(redis.url, { maxRetriesPerRequest: null });
});

afterEach(async () => {
  await closeInstances();
  await observer.flushall();
});

afterAll(async () => {
  observer.disconnect();
  await redis.stop();
});

const startInstance = (percent: number) => startInstanceOn(redis.url, percent);

/** Without the observer's own. */
const connections = async () => countConnections(parseClientList(String(await observer.client('LIST'))));

test('a queue moves with its backlog drained by its own engine, and back, and every job runs once', async () => {
  const { rollout, share, engines } = startInstance(0);
  const { handlers, ran, runs } = recorder();
  const queue = rollout.queue(contacts);
  await engines.legacy
    .queue(contacts)
    .producer.addMany(range(0, 50).map((n) => ({ name: 'sync', data: { n } })));
  queue.consumer.consume(handlers);
  await rollout.start();
  await queue.producer.addMany(range(50, 100).map((n) => ({ name: 'sync', data: { n } })));
  expect((await rollout.settled(contacts.name, { timeoutMs: 5000 })).phase).toBe('legacy');

  share(100);
  await queue.producer.addMany(range(100, 150).map((n) => ({ name: 'sync', data: { n } })));
  const moved = await rollout.settled(contacts.name, { timeoutMs: 15_000 });
  expect(moved).toMatchObject({ phase: 'target', consuming: ['bullmq'] });
  await eventually(() => expect(ran()).toEqual(range(0, 150)));
  expect(runs.filter(({ n }) => n < 100).every(({ engine }) => engine === 'bull')).toBe(true);
  expect(runs.filter(({ n }) => n >= 100).every(({ engine }) => engine === 'bullmq')).toBe(true);

  share(0);
  await queue.producer.addMany(range(150, 200).map((n) => ({ name: 'sync', data: { n } })));
  const back = await rollout.settled(contacts.name, { timeoutMs: 15_000 });
  expect(back).toMatchObject({ phase: 'legacy', consuming: ['bull'] });
  await eventually(() => expect(ran()).toEqual(range(0, 200)));
});

test('once every queue has moved and the old side is empty, the process holds two connections', async () => {
  const { rollout, share } = startInstance(0);
  for (const definition of [contacts, reminders])
    rollout.queue(definition).consumer.consume(recorder().handlers);
  await rollout.start();
  const before = await connections();
  share(100);
  for (const { name } of queues) await rollout.settled(name, { timeoutMs: 15_000 });
  await eventually(async () => expect(await connections()).toBe(2));
  // Without Bull the old side is a BullMQ, which shares as well.
  if (hasBull) expect(before).toBeGreaterThan(2);
});

test('a share sends each routing key one way, and both engines are consumed', async () => {
  const { rollout } = startInstance(40);
  const { handlers, runs } = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(handlers);
  await rollout.start();
  const jobs = range(0, 120).map((n) => ({ name: 'sync' as const, data: { n, user: `user-${n % 30}` } }));
  await queue.producer.addMany(jobs);
  await eventually(() => expect(runs).toHaveLength(120));

  const enginesOf = new Map<number, Set<string>>();
  for (const { n, engine } of runs) enginesOf.set(n % 30, (enginesOf.get(n % 30) ?? new Set()).add(engine));
  expect([...enginesOf.values()].every((engines) => engines.size === 1)).toBe(true);
  expect(new Set(runs.map(({ engine }) => engine))).toEqual(new Set(['bull', 'bullmq']));
  expect(rollout.status()[0]).toMatchObject({ phase: 'canary', consuming: ['bull', 'bullmq'] });
});

test('while both engines are consumed, concurrency holds for both together', async () => {
  const { rollout, engines } = startInstance(50);
  const slow = recorder();
  slow.hold();
  for (const engine of [engines.legacy, engines.target]) {
    await engine.queue(contacts).producer.addMany(range(0, 20).map((n) => ({ name: 'sync', data: { n } })));
  }
  rollout.queue(contacts).consumer.consume(slow.handlers);
  await rollout.start();
  await eventually(() => expect(slow.running).toBe(4));
  slow.letGo();
  await eventually(() => expect(slow.runs).toHaveLength(40));
  expect(slow.peak).toBe(4);
});

test('[26] instances with old and new settings run side by side: every job runs once', async () => {
  const old = startInstance(0);
  const fresh = startInstance(100);
  const ran = [recorder(), recorder()];
  old.rollout.queue(contacts).consumer.consume(ran[0]!.handlers);
  fresh.rollout.queue(contacts).consumer.consume(ran[1]!.handlers);
  await Promise.all([old.rollout.start(), fresh.rollout.start()]);
  await Promise.all([
    ...range(0, 100).map((n) => old.rollout.queue(contacts).producer.add('sync', { n })),
    ...range(100, 200).map((n) => fresh.rollout.queue(contacts).producer.add('sync', { n })),
  ]);
  const all = () => [...ran[0]!.ran(), ...ran[1]!.ran()].sort((a, b) => a - b);
  await eventually(() => expect(all()).toEqual(range(0, 200)));

  // The old instances go away; what a straggler still adds to the old engine is noticed and run.
  await old.rollout.close();
  await fresh.rollout.settled(contacts.name, { timeoutMs: 15_000 });
  await old.engines.legacy.queue(contacts).producer.add('sync', { n: 200 });
  await eventually(() => expect(all()).toEqual(range(0, 201)));
  await eventually(() =>
    expect(fresh.rollout.status()[0]).toMatchObject({ phase: 'target', consuming: ['bullmq'] }),
  );
});

test('[17] a paused queue stays paused on the engine it moves to, until it is resumed through the port', async () => {
  const { rollout, share, engines } = startInstance(0);
  const { handlers, ran } = recorder();
  const queue = rollout.queue(contacts);
  await engines.legacy.queue(contacts).control.pause();
  await queue.producer.add('sync', { n: 0 });
  queue.consumer.consume(handlers);
  await rollout.start();
  share(100);
  await eventually(() => expect(rollout.status()[0]!.consuming).toEqual(['bull', 'bullmq']));
  await queue.producer.add('sync', { n: 1 });
  expect(await queue.control.isPaused()).toBe(true);
  expect(await queue.inspector.counts()).toMatchObject({ waiting: 2, active: 0, completed: 0 });
  expect(ran()).toEqual([]);

  await queue.control.resume();
  await eventually(() => expect(ran()).toEqual([0, 1]));
  await rollout.settled(contacts.name, { timeoutMs: 15_000 });
});

test('[13] a schedule fires once a slot around its move, forth and back', async () => {
  const { rollout, share } = startInstance(0);
  const { handlers, runs } = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(handlers);
  await rollout.start();
  const everyMs = 1000;
  const first = await queue.schedules.upsert({
    id: 'heartbeat',
    rule: { everyMs },
    name: 'sync',
    data: { n: 7 },
  });
  const firings = () =>
    runs.filter(({ scheduleId, id }) => scheduleId !== null || id.startsWith('schedule:'));

  for (const percent of [100, 0, 100]) {
    const before = firings().length;
    await eventually(() => firings().length >= before + 2);
    share(percent);
    await rollout.settled(contacts.name, { timeoutMs: 15_000 });
    const home = percent === 100 ? 'bullmq' : 'bull';
    await eventually(async () => {
      const [schedule, ...others] = await queue.schedules.list();
      expect(others).toEqual([]);
      expect(schedule).toMatchObject({ id: 'heartbeat', engine: home });
    });
  }
  await eventually(() => firings().length >= 8);
  await queue.schedules.remove('heartbeat');

  const slots = firings().map(({ atMs }) => Math.round((atMs - first.nextRunAtMs) / everyMs));
  expect(slots).toEqual(range(slots[0]!, slots[0]! + slots.length));
});

test('[13] what a process that died left suspended is finished by the next', async () => {
  const dead = startInstance(0);
  const schedule = { id: 'nightly', rule: { cron: '0 3 * * *' }, name: 'sync' as const, data: { n: 1 } };
  const legacy = dead.engines.legacy.queue(contacts).schedules;
  const { nextRunAtMs } = await legacy.upsert(schedule);
  await legacy.suspend('nightly'); // and here it died
  await dead.close();

  const { rollout } = startInstance(100);
  rollout.queue(contacts).consumer.consume(recorder().handlers);
  await rollout.start();
  const { schedules } = rollout.queue(contacts);
  await eventually(async () =>
    expect(await schedules.get('nightly')).toMatchObject({ engine: 'bullmq', nextRunAtMs }),
  );
  expect(await schedules.suspended()).toEqual([]);
});

test('an id that is still pending on the other engine is the same job', async () => {
  const { rollout, share } = startInstance(0);
  const { handlers, ran, ...slow } = recorder();
  const queue = rollout.queue(contacts);
  await queue.producer.add('sync', { n: 1 }, { id: 'only-once', delayMs: 500 });
  queue.consumer.consume(handlers);
  await rollout.start();
  share(100);
  await queue.producer.add('sync', { n: 2 }, { id: 'only-once' });
  await queue.producer.addMany([{ name: 'sync', data: { n: 3 }, options: { id: 'only-once' } }]);
  await rollout.settled(contacts.name, { timeoutMs: 15_000 });
  expect(ran()).toEqual([1]);
  expect(slow.runs[0]).toMatchObject({ id: 'only-once', engine: 'bull' });
});

test('[16] look-ups, counts and waiting for the end reach both engines', async () => {
  const { rollout, engines } = startInstance(50);
  const queue = rollout.queue(contacts);
  const onBull = await engines.legacy.queue(contacts).producer.add('sync', { n: 1 });
  const onBullMq = await engines.target.queue(contacts).producer.add('sync', { n: 2 });
  expect(await queue.inspector.job(onBull.id)).toMatchObject({ engine: 'bull', data: { n: 1 } });
  expect(await queue.inspector.job(onBullMq.id)).toMatchObject({ engine: 'bullmq', data: { n: 2 } });
  expect(await queue.inspector.counts()).toMatchObject({ waiting: 2 });
  expect(await queue.inspector.jobs(['waiting'], { limit: 1, offset: 1 })).toHaveLength(1);

  queue.consumer.consume({ sync: ({ data }) => data.n * 10 });
  const ends = Promise.all(
    [onBull, onBullMq].map(({ id }) => queue.events.waitForEnd(id, { timeoutMs: 10_000 })),
  );
  await rollout.start();
  expect(await ends).toEqual([10, 20]);
});

test('queue-wide events arrive from both engines, once each', async () => {
  const { rollout } = startInstance(50);
  const queue = rollout.queue(contacts);
  const completed: string[] = [];
  const stop = await queue.events.on('completed', ({ jobId }) => completed.push(jobId));
  const { handlers, runs } = recorder();
  queue.consumer.consume(handlers);
  await rollout.start();
  const added = await queue.producer.addMany(
    range(0, 40).map((n) => ({ name: 'sync', data: { n, user: `user-${n}` } })),
  );
  await eventually(() => expect([...completed].sort()).toEqual(added.map(({ id }) => id).sort()));
  expect(new Set(runs.map(({ engine }) => engine)).size).toBe(2);
  await stop();
});

test('a server that restarts in the middle of a move loses nothing', async () => {
  const { rollout, share } = startInstance(0);
  const { handlers, ran } = recorder();
  const queue = rollout.queue(contacts);
  await queue.producer.addMany(range(0, 300).map((n) => ({ name: 'sync', data: { n } })));
  queue.consumer.consume(handlers);
  await rollout.start();
  share(100);
  await redis.restart();
  await queue.producer.addMany(range(300, 400).map((n) => ({ name: 'sync', data: { n } })));
  // A job whose end was not recorded before the restart may run again: none may be missing.
  await eventually(() => expect([...new Set(ran())]).toEqual(range(0, 400)), 45_000);
  await rollout.settled(contacts.name, { timeoutMs: 45_000 });
}, 100_000);

test('[1] engines that would share their keys are refused when the rollout is made', async () => {
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  const flags = createFlagSource(new Map());
  const legacy = createBullMqEngine({ connection, name: 'bull', prefix: 'same' });
  const target = createBullMqEngine({ connection, name: 'bullmq', prefix: 'same' });
  const shared = () => createRollout({ legacy, target, queues, flags });
  expect(shared).toThrow(RolloutConfigurationError);
  expect(shared).toThrow('give one of them another prefix');
  await Promise.all([legacy.close(), target.close()]);
  connection.disconnect();
});

test('[1] two names of one host do not hide that engines share their keys: the start is refused', async () => {
  const { port } = new URL(redis.url);
  const open = (host: string) => new Redis(Number(port), host, { family: 4, maxRetriesPerRequest: null });
  const [one, alias] = [open('127.0.0.1'), open('localhost')];
  const start = async (legacyPrefix: string, targetPrefix: string) => {
    const legacy = createBullMqEngine({ connection: one, name: 'bull', prefix: legacyPrefix });
    const target = createBullMqEngine({ connection: alias, prefix: targetPrefix });
    const rollout = createRollout({ legacy, target, queues, flags: createFlagSource(new Map()) });
    try {
      await rollout.start();
    } finally {
      await rollout.close();
      await Promise.all([legacy.close(), target.close()]);
    }
  };
  await start('one', 'other');
  await expect(start('same', 'same')).rejects.toMatchObject({ code: 'SWITCHYARD_ROLLOUT_CONFIGURATION' });
  for (const connection of [one, alias]) connection.disconnect();
});

test('flags that want a missing engine, and a queue that is declared twice, are refused', async () => {
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  const bullmq = createBullMqEngine({ connection });
  const flags = createFlagSource(new Map([[contacts.name, 100]]));
  const missing = () => createRollout({ target: bullmq, queues, flags });
  expect(missing).toThrow('reminder');
  expect(() => createRollout({ target: bullmq, queues: [contacts, contacts], flags })).toThrow(
    'declared twice',
  );
  await bullmq.close();
  connection.disconnect();
});
