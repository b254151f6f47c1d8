import { route } from './route.js';
import { contacts, eventually, range, recorder, reminders, startInstance } from './spec-support/instance.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();

/** Users of the contacts queue whose jobs go to the side at 50 %. */
const usersOn = (side: 'legacy' | 'target', count: number) =>
  range(0, 1000)
    .map((n) => `user-${n}`)
    .filter((user) => route(contacts.name, user, 50) === side)
    .slice(0, count);

const [onLegacy = ''] = usersOn('legacy', 1);
const [onTarget = ''] = usersOn('target', 1);
const counts = { waiting: 0, active: 0, completed: 0, failed: 0, delayed: 0 };

test.each([
  ['a payload that its schema refuses', { name: 'sync', data: { n: 'one' } as never }],
  ['options that are not allowed', { name: 'sync', data: { n: 1 }, options: { attempts: 0 } }],
  ['a payload that JSON cannot carry', { name: 'sync', data: { n: 1, big: 1n } as never }],
] as const)(
  'at a share, many jobs with %s among them are refused before the first is queued',
  async (_, bad) => {
    const { rollout } = startInstance(redis.url, 50);
    for (const definition of [contacts, reminders]) {
      const queue = rollout.queue(definition);
      // Whichever engine the bad one goes to, some of the others go to the other.
      for (const id of range(0, 8).map((n) => `bad-${n}`)) {
        const good = range(0, 8).map((n) => ({ name: 'sync' as const, data: { n, user: `user-${n}` } }));
        const user = { ...bad.data, user: id };
        const worst = { ...bad, data: user, options: { ...('options' in bad ? bad.options : {}), id } };
        await expect(queue.producer.addMany([...good, worst as never])).rejects.toMatchObject({
          code: expect.stringMatching(/INVALID_(PAYLOAD|OPTION)/),
        });
      }
      expect(await queue.inspector.counts()).toMatchObject(counts);
    }
  },
);

test('at a share, one id twice among many jobs is one job, wherever its payloads would go', async () => {
  const { rollout } = startInstance(redis.url, 50);
  const queue = rollout.queue(contacts);
  const jobs = [onLegacy, onTarget].map((user, n) => ({
    name: 'sync' as const,
    data: { n, user },
    options: { id: 'same' },
  }));
  expect(await queue.producer.addMany(jobs)).toHaveLength(2);
  await queue.producer.addMany([...jobs].reverse());
  expect(await queue.inspector.counts()).toMatchObject({ waiting: 1 });
});

test('at a share, adds under one de-duplication id are one job', async () => {
  const { rollout } = startInstance(redis.url, 50);
  const queue = rollout.queue(reminders);
  for (const n of range(0, 20)) await queue.producer.add('sync', { n }, { deduplication: { id: 'd' } });
  expect(await queue.inspector.counts()).toMatchObject({ waiting: 1 });
});

test('an id that an instance with other settings has just added on the other engine is the same job', async () => {
  const old = startInstance(redis.url, 0, { idleCheckMs: 60_000 });
  const fresh = startInstance(redis.url, 100, { idleCheckMs: 60_000 });
  const ran = recorder();
  await Promise.all([old.rollout.start(), fresh.rollout.start()]);
  for (const { rollout } of [old, fresh]) await rollout.settled(contacts.name, { timeoutMs: 5000 });
  const add = ({ rollout }: typeof old, id: string, n: number) =>
    rollout.queue(contacts).producer.add('sync', { n }, { id });
  await add(fresh, 'one', 1);
  await add(old, 'one', 2);
  await add(old, 'two', 3);
  await add(fresh, 'two', 4);
  for (const { rollout } of [old, fresh]) rollout.queue(contacts).consumer.consume(ran.handlers);
  await eventually(() => expect(ran.runs.length).toBeGreaterThanOrEqual(2));
  for (const { rollout } of [old, fresh]) await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  expect(ran.ran()).toEqual([1, 3]);
});
