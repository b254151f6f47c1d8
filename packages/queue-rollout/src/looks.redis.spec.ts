import { setTimeout as sleep } from 'node:timers/promises';
import { countedLooks } from './spec-support/counted-looks.js';
import { contacts, eventually, range, recorder, startInstance } from './spec-support/instance.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();
const DAY_MS = 24 * 3600 * 1000;
const SLOWLY = { idleCheckMs: 60_000, switchingCheckMs: 20 };

/** Waits until nobody looks for so long that each look is far from the next. */
async function untilLooksAreRare(looks: Record<string, number>): Promise<void> {
  await eventually(async () => {
    const before = looks['bull'];
    await sleep(700);
    return looks['bull'] === before;
  });
}

/** A queue that was switched while a job waits for its day on the old side, and has settled into that. */
async function withDelayedJob() {
  const { looks, through } = countedLooks();
  const instance = startInstance(redis.url, 0, { ...SLOWLY, through });
  const queue = instance.rollout.queue(contacts);
  const ran = recorder();
  queue.consumer.consume(ran.handlers);
  await instance.rollout.start();
  await queue.producer.add('sync', { n: 1 }, { id: 'one day', delayMs: DAY_MS });
  instance.share(100);
  await eventually(() => expect(instance.rollout.status()[0]!.consuming).toEqual(['bull', 'bullmq']));
  return { ...instance, looks, queue, ran };
}

test('a queue between engines where nothing happens is looked at ever less often', async () => {
  const { looks, rollout } = await withDelayedJob();
  const startedAtMs = performance.now();
  await untilLooksAreRare(looks);
  // 20 ms apart it would have been some 50 a second.
  expect(looks['bull']).toBeLessThan(20);
  expect(performance.now() - startedAtMs).toBeGreaterThan(700);
  expect(rollout.status()[0]).toMatchObject({ phase: 'draining-legacy', consuming: ['bull', 'bullmq'] });
});

test('when its last job ends there, it is noticed at once, however rare looks had become', async () => {
  const { looks, rollout, queue, ran } = await withDelayedJob();
  await untilLooksAreRare(looks);
  await queue.inspector.promote('one day');
  await eventually(() => expect(ran.ran()).toEqual([1]), 5000);
  // Without asking for it: whoever waits for a queue to settle makes looks more frequent.
  await eventually(
    () => expect(rollout.status()[0]).toMatchObject({ phase: 'target', consuming: ['bullmq'] }),
    5000,
  );
});

test('a change of the flags, a job that is removed and whoever waits for it to settle are served at once', async () => {
  const { looks, rollout, share, queue } = await withDelayedJob();
  await untilLooksAreRare(looks);
  share(0);
  await eventually(() => expect(rollout.status()[0]).toMatchObject({ phase: 'legacy' }), 5000);
  share(100);
  await eventually(() => expect(rollout.status()[0]).toMatchObject({ phase: 'draining-legacy' }), 5000);
  await untilLooksAreRare(looks);
  await queue.inspector.remove('one day');
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
});

test('while a backlog is drained, looks stay close: the switch is over soon after its last job', async () => {
  const { looks, through } = countedLooks();
  const { rollout, share } = startInstance(redis.url, 0, { ...SLOWLY, through });
  const queue = rollout.queue(contacts);
  const endedAtMs: number[] = [];
  queue.consumer.consume({
    async sync() {
      await sleep(50);
      endedAtMs.push(performance.now());
    },
  });
  await queue.producer.addMany(range(0, 80).map((n) => ({ name: 'sync', data: { n } })));
  await rollout.start();
  share(100);
  await eventually(() => expect(rollout.status()[0]!.phase).toBe('target'));
  expect(endedAtMs).toHaveLength(80);
  expect(performance.now() - endedAtMs.at(-1)!).toBeLessThan(5000);
  expect(looks['bull']).toBeGreaterThan(10);
});

test('what is retried on a side that was closed runs at once', async () => {
  const instance = startInstance(redis.url, 0, SLOWLY);
  const { rollout, share } = instance;
  const queue = rollout.queue(contacts);
  let fails = true;
  const consumer = queue.consumer.consume({
    sync() {
      if (fails) throw new Error('no');
    },
  });
  await rollout.start();
  const { id } = await queue.producer.add('sync', { n: 1 });
  await eventually(async () => (await queue.inspector.job(id))?.state === 'failed');
  share(100);
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  expect(rollout.status()[0]!.consuming).toEqual(['bullmq']);
  fails = false;
  await queue.inspector.retry(id);
  await eventually(
    async () => expect(await queue.inspector.job(id)).toMatchObject({ state: 'completed', engine: 'bull' }),
    5000,
  );
  await eventually(() => expect(rollout.status()[0]!.consuming).toEqual(['bullmq']), 5000);
  await consumer.close();
});

test('[26] an old instance that goes on adding after the switch is noticed: the queue opens again by itself', async () => {
  const { rollout, engines } = startInstance(redis.url, 100, { idleCheckMs: 400 });
  const ran = recorder();
  rollout.queue(contacts).consumer.consume(ran.handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  const straggler = engines.legacy.queue(contacts).producer;
  for (const n of [1, 2, 3]) {
    await straggler.add('sync', { n });
    await eventually(() => expect(ran.ran()).toEqual(range(1, n + 1)), 5000);
    await eventually(
      () => expect(rollout.status()[0]).toMatchObject({ phase: 'target', consuming: ['bullmq'] }),
      5000,
    );
  }
  expect(new Set(ran.runs.map(({ engine }) => engine))).toEqual(new Set(['bull']));
});

test('[26] one that only adds, and finds an id of its own on the other side, has it consumed', async () => {
  const { rollout, engines } = startInstance(redis.url, 100, SLOWLY);
  const ran = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(ran.handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  await engines.legacy.queue(contacts).producer.add('sync', { n: 1 }, { id: 'straggler' });
  await queue.producer.add('sync', { n: 2 }, { id: 'straggler' });
  await eventually(() => expect(ran.ran()).toEqual([1]), 5000);
});

test('at a share, an engine is asked again once an interval, and for schedules only', async () => {
  const { looks, through } = countedLooks();
  const { rollout } = startInstance(redis.url, 50, { idleCheckMs: 400, switchingCheckMs: 20, through });
  rollout.queue(contacts).consumer.consume(recorder().handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  const before = { ...looks };
  await eventually(() => expect(looks['bullmq']).toBeGreaterThan(before['bullmq']! + 2));
  expect(looks['bull']).toBe(before['bull']);
});
