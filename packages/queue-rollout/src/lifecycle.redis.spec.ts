import { countConnections, parseClientList } from '@switchyard/local-redis';
import { InvalidOptionError, type QueueEngine } from '@switchyard/queue-contract';
import { contacts, eventually, range, recorder, reminders, startInstance } from './spec-support/instance.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();

/** How often an engine was asked for its work. */
function counted() {
  const counts = { looks: 0 };
  const through = (engine: QueueEngine): QueueEngine => ({
    ...engine,
    withWork(names) {
      counts.looks += 1;
      return engine.withWork(names);
    },
  });
  return { counts, through };
}

test('a rollout that is closed while it starts stays closed', async () => {
  const { counts, through } = counted();
  const { rollout } = startInstance(redis.url, 100, { through, idleCheckMs: 20, switchingCheckMs: 20 });
  rollout.queue(contacts).consumer.consume(recorder().handlers);
  const starting = rollout.start();
  await rollout.close();
  await expect(starting).rejects.toMatchObject({ code: 'SWITCHYARD_CLOSED' });
  await expect(rollout.start()).rejects.toMatchObject({ code: 'SWITCHYARD_CLOSED' });
  const { looks } = counts;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(counts.looks).toBe(looks);
});

test('closing ends while the store is away, once the look that is under way has given up', async () => {
  const { rollout, share } = startInstance(redis.url, 0);
  rollout.queue(contacts).consumer.consume(recorder().handlers);
  await rollout.start();
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  await redis.kill();
  share(100);
  const startedAtMs = performance.now();
  try {
    await rollout.close({ timeoutMs: 500 });
    expect(performance.now() - startedAtMs).toBeLessThan(25_000);
  } finally {
    await redis.restart();
  }
});

test('closing does not wait for a consumer that never gets ready', async () => {
  let isAwaited = false;
  const through = (engine: QueueEngine): QueueEngine => ({
    ...engine,
    queue(definition) {
      const queue = engine.queue(definition);
      const consume: typeof queue.consumer.consume = (handlers, options) => ({
        ...queue.consumer.consume(handlers, options),
        ready() {
          isAwaited = true;
          return new Promise(() => {});
        },
      });
      return { ...queue, consumer: { consume } };
    },
  });
  const { rollout } = startInstance(redis.url, 0, { through });
  const consumer = rollout.queue(contacts).consumer.consume(recorder().handlers);
  const starting = rollout.start();
  await eventually(() => isAwaited);
  await rollout.close();
  await starting;
  await expect(consumer.ready()).rejects.toMatchObject({ code: 'SWITCHYARD_CLOSED' });
});

test('a long job on a side that closes holds up neither other queues nor a close with a limit', async () => {
  // Its engine claims to be empty although a job runs there, as one that was taken just after the look.
  let lies = false;
  const through = (engine: QueueEngine): QueueEngine =>
    engine.name === 'bull'
      ? { ...engine, withWork: async (names) => (lies ? new Set() : engine.withWork(names)) }
      : engine;
  const { rollout, share } = startInstance(redis.url, 0, { through });
  const slow = recorder();
  slow.hold();
  const queue = rollout.queue(contacts);
  const consumer = queue.consumer.consume(slow.handlers);
  await rollout.start();
  await queue.producer.add('sync', { n: 1 });
  await eventually(() => expect(slow.running).toBe(1));
  lies = true;
  share(100);
  const other = rollout.queue(reminders);
  const quick = recorder();
  other.consumer.consume(quick.handlers);
  await other.producer.add('sync', { n: 2 });
  await eventually(() => expect(quick.ran()).toEqual([2]), 5000);
  expect(consumer.running).toBe(1);

  let isClosed = false;
  const closing = consumer.close().then(() => (isClosed = true));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isClosed).toBe(false); // it waits for its job
  await rollout.close({ timeoutMs: 200 });
  await closing;
  slow.letGo();
});

test('a consumer whose signal was aborted before is closed and disturbs nothing', async () => {
  const errors: Error[] = [];
  const { rollout } = startInstance(redis.url, 0, { reportError: (error) => errors.push(error) });
  const consumer = rollout.queue(contacts).consumer.consume(recorder().handlers, {
    signal: AbortSignal.abort(),
  });
  await rollout.start();
  expect(rollout.status()[0]!.consuming).toEqual([]);
  await expect(consumer.ready()).rejects.toMatchObject({ code: 'SWITCHYARD_CLOSED' });
  await consumer.close();
  await rollout.close();
  expect(errors).toEqual([]);
});

test('a second consumer of a queue is started however it comes, and stopped with the first', async () => {
  const { rollout, engines, share } = startInstance(redis.url, 0);
  const queue = rollout.queue(contacts);
  const first = recorder();
  const held = queue.consumer.consume(first.handlers);
  await rollout.start();
  share(100);
  const second = recorder();
  const others = [];
  // At different moments of the look that the change of the flags began.
  for (let n = 0; n < 20; n += 1) {
    others.push(queue.consumer.consume(second.handlers));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  await held.close();
  for (const other of others.slice(0, -1)) await other.close();
  await queue.producer.addMany(range(0, 3).map((n) => ({ name: 'sync', data: { n } })));
  await eventually(() => expect(second.ran()).toEqual([0, 1, 2]), 5000);

  // While the old side is drained, one more comes; when it is empty, none listens there any more.
  share(0);
  await engines.target.queue(contacts).producer.add('sync', { n: 3 }, { delayMs: 1000 });
  await eventually(() => expect(rollout.status()[0]!.consuming).toEqual(['bull', 'bullmq']));
  queue.consumer.consume(second.handlers);
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  expect(rollout.status()[0]!.consuming).toEqual(['bull']);
  await engines.target.queue(contacts).control.pause();
  await engines.target.queue(contacts).producer.add('sync', { n: 4 });
});

test('when the last consumer that came while the old side was drained has gone, nothing runs there', async () => {
  const { rollout, engines, share } = startInstance(redis.url, 100, { idleCheckMs: 60_000 });
  const queue = rollout.queue(contacts);
  const { handlers, ran } = recorder();
  queue.consumer.consume(handlers);
  await rollout.start();
  await engines.legacy.queue(contacts).producer.add('sync', { n: 0 }, { delayMs: 600 });
  share(100);
  await eventually(() => expect(rollout.status()[0]!.consuming).toEqual(['bull', 'bullmq']));
  await eventually(() => expect(ran()).toEqual([0]), 5000);
  queue.consumer.consume(handlers);
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
  expect(rollout.status()[0]!.consuming).toEqual(['bullmq']);
  await engines.legacy.queue(contacts).producer.add('sync', { n: 1 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(ran()).toEqual([0]); // until it is noticed, within a minute
});

test('a consumer is ready when it takes jobs, also one that comes after the start', async () => {
  const { rollout } = startInstance(redis.url, 100);
  await rollout.start();
  const consumer = rollout.queue(contacts).consumer.consume(recorder().handlers);
  await consumer.ready();
  expect(rollout.status()[0]!.consuming).toEqual(['bullmq']);
  await consumer.close();
  await expect(consumer.ready()).rejects.toMatchObject({ code: 'SWITCHYARD_CLOSED' });
  expect(() => rollout.queue(contacts).consumer.consume(recorder().handlers, { concurrency: 0 })).toThrow(
    InvalidOptionError,
  );
});

test('without a legacy engine, flags that still name one leave the queue consumed where its jobs go', async () => {
  const errors: Error[] = [];
  const reportError = (error: Error) => errors.push(error);
  const { rollout, share } = startInstance(redis.url, 100, {
    withoutLegacy: true,
    reportError,
    idleCheckMs: 60_000,
  });
  const { handlers, ran } = recorder();
  const queue = rollout.queue(contacts);
  queue.consumer.consume(handlers);
  await rollout.start();
  share(0);
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('no legacy engine')]);
  expect(rollout.status()[0]).toMatchObject({ phase: 'target', consuming: ['bullmq'] });
  await queue.producer.add('sync', { n: 1 });
  await eventually(() => expect(ran()).toEqual([1]), 5000);
});

test('what goes wrong again and again with a queue is reported once, and again after it went well', async () => {
  const errors: string[] = [];
  let breaks = true;
  const through = (engine: QueueEngine): QueueEngine => ({
    ...engine,
    queue(definition) {
      const queue = engine.queue(definition);
      const suspended: typeof queue.schedules.suspended = async () => {
        if (breaks) throw new Error('READONLY');
        return queue.schedules.suspended();
      };
      return definition.name === contacts.name
        ? { ...queue, schedules: { ...queue.schedules, suspended } }
        : queue;
    },
  });
  const { rollout, share } = startInstance(redis.url, 100, {
    through,
    reportError: ({ message }) => errors.push(message),
    switchingCheckMs: 10,
  });
  rollout.queue(contacts).consumer.consume(recorder().handlers);
  await rollout.start();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(errors).toEqual(['READONLY']);
  breaks = false;
  await rollout.settled(contacts.name, { timeoutMs: 5000 });
  breaks = true;
  share(0);
  await eventually(() => expect(errors).toEqual(['READONLY', 'READONLY']));
});

test('a queue that nobody consumes has no consumer and no connection; its jobs are kept, and run when it is', async () => {
  const { rollout, share, connection } = startInstance(redis.url, 0);
  rollout.queue(reminders).consumer.consume(recorder().handlers);
  await rollout.start();
  const { producer, inspector, consumer } = rollout.queue(contacts);
  await producer.add('sync', { n: 1 });
  share(100);
  await producer.add('sync', { n: 2 });
  await rollout.settled(reminders.name, { timeoutMs: 10_000 });
  expect(rollout.status()[0]).toMatchObject({ phase: 'draining-legacy', consuming: [] });
  // The reminders' wait, beside the connection that asks.
  await eventually(async () => {
    const clients = parseClientList(String(await connection.client('LIST')));
    expect(countConnections(clients)).toBe(1);
  });
  expect(await inspector.counts()).toMatchObject({ waiting: 2 });
  const { handlers, ran } = recorder();
  consumer.consume(handlers);
  await eventually(() => expect(ran()).toEqual([1, 2]), 5000);
  await rollout.settled(contacts.name, { timeoutMs: 10_000 });
});
