import type { EngineQueue, QueueEngine } from '@switchyard/queue-contract';
import { setTimeout as sleep } from 'node:timers/promises';
import { countedLooks } from './spec-support/counted-looks.js';
import { contacts, eventually, recorder, reminders, startInstance } from './spec-support/instance.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();
const RARELY = { idleCheckMs: 60_000, switchingCheckMs: 20 };

/** The legacy engine, changed by a spec. */
const legacyAs = (change: (engine: QueueEngine) => Partial<QueueEngine>) => (engine: QueueEngine) =>
  engine.name === 'bull' ? { ...engine, ...change(engine) } : engine;

/** Its adds, and its answers to whether it holds work, reach whoever asks only so much later. */
const slowed = (late: { addMs: number; answerMs: number }) =>
  legacyAs((engine) => ({
    queue(definition) {
      const queue = engine.queue(definition) as unknown as EngineQueue;
      const add: EngineQueue['producer']['add'] = async (...job) => {
        await sleep(late.addMs);
        return queue.producer.add(...job);
      };
      return { ...queue, producer: { ...queue.producer, add } } as never;
    },
    async withWork(names) {
      const answer = await engine.withWork(names);
      await sleep(late.answerMs);
      return answer;
    },
  }));

test('with an engine that takes longer than a look waits, a queue settles, and looks come to rest', async () => {
  const { looks, through } = countedLooks();
  const slowly = slowed({ addMs: 0, answerMs: 1200 });
  const { rollout, share } = startInstance(redis.url, 0, {
    ...RARELY,
    through: (engine) => slowly(through(engine)),
  });
  const ran = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(ran.handlers);
  await rollout.start();
  share(100);
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  expect(rollout.status()[0]!.consuming).toEqual(['bullmq']);
  // One may be under way still; then nobody asks for a minute.
  await eventually(async () => {
    const before = looks['bull'];
    await sleep(3500);
    return looks['bull'] === before;
  });
});

test.each([
  ['slower than the looks', { addMs: 400, answerMs: 0 }],
  ['faster than the answer of a look from before', { addMs: 0, answerMs: 400 }],
])('an add that follows another instance to a closed side, %s, is run at once', async (_, late) => {
  const { rollout } = startInstance(redis.url, 100, { ...RARELY, through: slowed(late) });
  const ran = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(ran.handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  for (const n of [1, 2, 3]) {
    await queue.claims.claim([`id:job ${n}`], 'legacy', 15_000); // as an instance does whose flags are older
    await queue.producer.add('sync', { n }, { id: `job ${n}` });
    await eventually(() => expect(ran.runs.at(-1)).toMatchObject({ n, engine: 'bull' }), 10_000);
    await eventually(() => expect(rollout.status()[0]!.consuming).toEqual(['bullmq']), 10_000);
  }
});

test('an add that is on its way when the flags change is run at once where it arrives', async () => {
  const { rollout, share } = startInstance(redis.url, 0, {
    ...RARELY,
    through: slowed({ addMs: 1000, answerMs: 0 }),
  });
  const ran = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(ran.handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  const adding = queue.producer.add('sync', { n: 1 });
  await sleep(50);
  share(100);
  await adding;
  await eventually(() => expect(ran.runs).toMatchObject([{ n: 1, engine: 'bull' }]), 10_000);
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
});

test('a process that asks for looks faster than they end still hears that a queue has settled', async () => {
  const { rollout } = startInstance(redis.url, 100, {
    ...RARELY,
    through: slowed({ addMs: 0, answerMs: 100 }),
  });
  const queue = rollout.queue(contacts);
  await rollout.start();
  queue.consumer.consume(recorder().handlers);
  const asking = setInterval(() => {
    void rollout.queue(reminders).consumer.consume(recorder().handlers).close();
  }, 10);
  try {
    await rollout.settled(contacts.name, { timeoutMs: 5000 });
  } finally {
    clearInterval(asking);
  }
});
