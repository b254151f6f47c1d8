import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { contacts, eventually, recorder, startInstance } from './spec-support/instance.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();
let legacyRedis: RedisServer;

beforeEach(async () => {
  legacyRedis = await startRedis({ settings: { appendonly: 'yes' } }); // what it holds outlives it
});

afterEach(() => legacyRedis.stop());

const startApart = (share: number, options: Parameters<typeof startInstance>[2] = {}) =>
  startInstance(redis.url, share, { legacyUrl: legacyRedis.url, addTimeoutMs: 1500, ...options });

const serverOf = { bull: () => legacyRedis, bullmq: () => redis };

test.each([
  ['switched away from the legacy engine', 0, 100, 'bull', 'bullmq'],
  ['rolled back from the target', 100, 0, 'bullmq', 'bull'],
] as const)('a queue that is %s while that is gone runs where it goes', async (_, from, to, dead, living) => {
  const { rollout, share } = startApart(from);
  const ran = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(ran.handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  await queue.producer.add('sync', { n: 1 });
  await eventually(() => expect(ran.ran()).toEqual([1]));
  await queue.producer.add('sync', { n: 2 }, { delayMs: 1000 });

  await serverOf[dead]().kill();
  try {
    share(to);
    await queue.producer.add('sync', { n: 3 });
    await queue.producer.add('sync', { n: 4 }, { id: 'with an id' });
    await queue.producer.add('sync', { n: 5 }, { deduplication: { id: 'd' } });
    await eventually(() => expect(ran.ran()).toEqual([1, 3, 4, 5]));
    expect(ran.runs.slice(1).map(({ engine }) => engine)).toEqual([living, living, living]);
    expect(rollout.status()[0]!.consuming).toContain(living);
  } finally {
    await serverOf[dead]().restart();
  }
  // What somebody adds there when it is back is run, and it closes.
  const back = to === 100 ? 'legacy' : 'target';
  const { engines } = startApart(from);
  await engines[back].queue(contacts).producer.add('sync', { n: 6 });
  await eventually(() => expect(ran.ran()).toContain(6));
  await rollout.settled(contacts.name, { timeoutMs: 15_000 });
  expect(rollout.status()[0]!.consuming).toEqual([living]);
});

test.each([
  ['legacy', 'target', 'bull'],
  ['target', 'legacy', 'bullmq'],
] as const)('while %s is gone, %s gets its consumer in a queue on both', async (_, living, dead) => {
  const { rollout, engines } = startApart(50);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  await serverOf[dead]().kill();
  try {
    const ran = recorder();
    rollout.queue(contacts).consumer.consume(ran.handlers);
    await engines[living].queue(contacts).producer.add('sync', { n: 1 });
    await eventually(() => expect(ran.ran()).toEqual([1]));
    // One more consumer comes while the first still waits for its engine.
    rollout.queue(contacts).consumer.consume(ran.handlers);
    const name = living === 'target' ? 'bullmq' : 'bull';
    await eventually(() => expect(rollout.status()[0]!.consuming).toContain(name));
  } finally {
    await serverOf[dead]().restart();
  }
});

test('a pause that cannot be asked for holds nothing up, and is carried when it can be', async () => {
  const { rollout, share, engines } = startApart(0);
  const ran = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(ran.handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  // As an operator does, by the old queue's own tools.
  await engines.legacy.queue(contacts).control.pause();
  await legacyRedis.kill();
  share(100);
  await queue.producer.add('sync', { n: 1 });
  await eventually(() => expect(ran.ran()).toEqual([1]));
  expect(await engines.target.queue(contacts).control.isPaused()).toBe(false);
  await legacyRedis.restart();
  await eventually(async () => expect(await engines.target.queue(contacts).control.isPaused()).toBe(true));
});

test.each([
  [100, 'bull'],
  [0, 'bullmq'],
] as const)('an instance starts at %i %% while %s is gone, which no flag needs', async (percent, dead) => {
  const errors: string[] = [];
  const { rollout } = startApart(percent, { reportError: (_, { engine }) => errors.push(engine) });
  const ran = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(ran.handlers);
  await serverOf[dead]().kill();
  try {
    await rollout.start();
    await queue.producer.add('sync', { n: 1 });
    await queue.producer.add('sync', { n: 2 }, { id: 'with an id' });
    await eventually(() => expect(ran.ran()).toEqual([1, 2]));
    expect(errors).toEqual([dead]);
  } finally {
    await serverOf[dead]().restart();
  }
  await rollout.settled(contacts.name, { timeoutMs: 15_000 });
});

test('an instance does not start while an engine is gone that flags send adds to', async () => {
  const { rollout } = startApart(50);
  await legacyRedis.kill();
  await expect(rollout.start()).rejects.toMatchObject({ code: 'SWITCHYARD_ENGINE_UNAVAILABLE' });
  await legacyRedis.restart();
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
});
