import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { contacts, eventually, recorder, reminders, startInstance } from './spec-support/instance.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();
let legacyRedis: RedisServer;

beforeEach(async () => {
  legacyRedis = await startRedis();
});

afterEach(() => legacyRedis.stop());

const startApart = (options: Parameters<typeof startInstance>[2] = {}) =>
  startInstance(redis.url, 100, { legacyUrl: legacyRedis.url, addTimeoutMs: 4000, ...options });

test('while the legacy server is away, queues that are done with it go on; the others when it is back', async () => {
  const errors: string[] = [];
  // The reminders have moved, the contacts have not.
  const shares = (contactsShare: number, remindersShare: number) =>
    new Map([
      [contacts.name, contactsShare],
      [reminders.name, remindersShare],
    ]);
  const { rollout, flags, engines } = startApart({
    shares: shares(0, 100),
    reportError: (error, { engine }) => errors.push(`${engine}: ${error.message}`),
  });
  const ran = { contacts: recorder(), reminders: recorder() };
  const queue = { contacts: rollout.queue(contacts), reminders: rollout.queue(reminders) };
  await rollout.start();
  queue.contacts.consumer.consume(ran.contacts.handlers);
  await rollout.settled(reminders.name, { timeoutMs: 5000 });
  await engines.legacy.queue(contacts).producer.add('sync', { n: 1 }, { delayMs: 60_000, id: 'later' });

  await legacyRedis.kill();
  flags.set(shares(100, 100));
  // Everything that is asked of a queue which needs nothing of the old side.
  queue.reminders.consumer.consume(ran.reminders.handlers);
  await queue.reminders.producer.add('sync', { n: 2 });
  await eventually(() => expect(ran.reminders.ran()).toEqual([2]), 10_000);
  expect(rollout.status().find(({ queue: name }) => name === reminders.name)).toMatchObject({
    phase: 'target',
    consuming: ['bullmq'],
  });
  await eventually(() => expect(errors.length).toBeGreaterThan(0), 10_000);
  // Once it is known to be away, nobody waits for it again, as long as a call would.
  const startedAtMs = performance.now();
  await queue.reminders.producer.add('sync', { n: 3 }, { id: 'with an id' });
  await queue.reminders.producer.add('sync', { n: 4 }, { deduplication: { id: 'd' } });
  expect(performance.now() - startedAtMs).toBeLessThan(3000);
  await eventually(() => expect(ran.reminders.ran()).toEqual([2, 3, 4]), 10_000);

  await legacyRedis.restart();
  await eventually(
    () =>
      expect(rollout.status().find(({ queue: name }) => name === contacts.name)).toMatchObject({
        consuming: expect.arrayContaining(['bullmq']),
      }),
    20_000,
  );
  await queue.contacts.producer.add('sync', { n: 5 });
  await eventually(() => expect(ran.contacts.ran()).toContain(5), 10_000);
  expect(errors.filter((error) => error.startsWith('bull:'))).toHaveLength(1);
});

test('a flag of another queue changes nothing for a queue whose share stays', async () => {
  const shares = (remindersShare: number) =>
    new Map([
      [contacts.name, 100],
      [reminders.name, remindersShare],
    ]);
  const { rollout, flags } = startApart({ shares: shares(100) });
  const ran = recorder();
  rollout.queue(contacts).consumer.consume(ran.handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  await legacyRedis.kill();
  flags.set(shares(50));
  const phases = new Map(rollout.status().map(({ queue, phase }) => [queue, phase]));
  expect(phases.get(contacts.name)).toBe('target');
  expect(phases.get(reminders.name)).toBe('canary');
  await legacyRedis.restart();
});

test('a queue that is done with an engine that is gone is read, paused and resumed, and other instances start', async () => {
  const noticed: string[] = [];
  const { rollout, engines } = startApart({
    idleCheckMs: 100,
    reportError: (_, { engine }) => noticed.push(engine),
  });
  const ran = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(ran.handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  await queue.producer.add('sync', { n: 1 }, { id: 'done' });
  await eventually(() => expect(ran.ran()).toEqual([1]));
  const errors: string[] = [];
  await legacyRedis.kill();
  const second = startApart({ reportError: (_, { engine }) => errors.push(engine) });
  const starting = second.rollout.start();
  const secondRan = recorder();
  second.rollout.queue(contacts).consumer.consume(secondRan.handlers);
  await starting; // which takes as long as it waits for an engine
  expect(errors).toEqual(['bull']);
  await second.rollout.queue(contacts).producer.add('sync', { n: 2 }, { id: 'another' });
  await eventually(() => expect([...ran.ran(), ...secondRan.ran()].sort()).toEqual([1, 2]));
  await eventually(() => expect(second.rollout.status()[0]!.consuming).toEqual(['bullmq']));

  await eventually(() => expect(noticed).toContain('bull'));
  const startedAtMs = performance.now();
  expect(await queue.inspector.job('done')).toMatchObject({ state: 'completed' });
  expect(await queue.inspector.job('unknown')).toBeNull();
  expect(await queue.inspector.counts()).toMatchObject({ completed: 2 });
  expect(await queue.inspector.jobs(['completed'])).toHaveLength(2);
  await queue.schedules.upsert({ id: 'nightly', rule: { cron: '0 3 * * *' }, name: 'sync', data: { n: 3 } });
  expect(await queue.schedules.list()).toHaveLength(1);
  expect(await queue.schedules.remove('nightly')).toBe(true);
  await queue.control.resume();
  await queue.control.pause();
  expect(await queue.control.isPaused()).toBe(true);
  expect(performance.now() - startedAtMs).toBeLessThan(3500); // less than one of them would wait

  await legacyRedis.restart();
  await eventually(
    async () => expect(await engines.legacy.queue(contacts).control.isPaused()).toBe(true),
    20_000,
  );
  await second.rollout.settled(contacts.name, { timeoutMs: 20_000 });
});
