import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineQueue } from '@switchyard/queue-contract';
import { contacts, eventually, limited, range, recorder, startInstance } from './spec-support/instance.js';
import { legacyIs } from './spec-support/legacy-engine.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();

/** The most that were started in any such time. Timers and a busy machine blur it a little. */
function mostStartsIn(windowMs: number, atMs: readonly number[]): number {
  const starts = [...atMs].sort((a, b) => a - b);
  return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + windowMs).length));
}

const fill = (queue: Pick<EngineQueue, 'producer'>, from: number, to: number) =>
  queue.producer.addMany(range(from, to).map((n) => ({ name: 'sync', data: { n } })));

describe(`both engines consumed at once, the legacy one being ${legacyIs}`, () => {
  test('[18] the rate limit holds for both together, in windows that span both', async () => {
    const { rollout, engines } = startInstance(redis.url, 50);
    for (const engine of [engines.legacy, engines.target]) await fill(engine.queue(limited) as never, 0, 15);
    const ran = recorder();
    rollout.queue(limited).consumer.consume(ran.handlers);
    await rollout.start();
    await eventually(() => expect(ran.runs).toHaveLength(30), 20_000);
    const { max, durationMs } = limited.worker!.limit!;
    expect(
      mostStartsIn(
        durationMs * 0.8,
        ran.runs.map(({ atMs }) => atMs),
      ),
    ).toBeLessThanOrEqual(max);
    const firstHalf = ran.runs.slice(0, 15).map(({ engine }) => engine);
    expect(new Set(firstHalf).size).toBe(2);
  });

  test('[18] it holds for all consumers of the queue in a process, and for one that has its own', async () => {
    const { rollout, engines } = startInstance(redis.url, 50);
    const shared = recorder();
    const own = recorder();
    for (let n = 0; n < 3; n += 1) rollout.queue(limited).consumer.consume(shared.handlers);
    rollout.queue(contacts).consumer.consume(own.handlers, { limit: { max: 2, durationMs: 400 } });
    for (const engine of [engines.legacy, engines.target]) {
      await fill(engine.queue(limited) as never, 0, 10);
      await fill(engine.queue(contacts) as never, 0, 5);
    }
    await rollout.start();
    await eventually(() => expect([shared.runs.length, own.runs.length]).toEqual([20, 10]), 20_000);
    expect(
      mostStartsIn(
        480,
        shared.runs.map(({ atMs }) => atMs),
      ),
    ).toBeLessThanOrEqual(5);
    expect(
      mostStartsIn(
        320,
        own.runs.map(({ atMs }) => atMs),
      ),
    ).toBeLessThanOrEqual(2);
  });

  test('concurrency holds while jobs are long, while one side is paused, and when it goes on', async () => {
    const { rollout, engines } = startInstance(redis.url, 50);
    const ran = recorder();
    ran.hold();
    rollout.queue(contacts).consumer.consume(ran.handlers);
    await rollout.start();
    // By its own tools; through the port, and by a switch, a pause reaches both.
    await engines.legacy.queue(contacts).control.pause();
    await fill(engines.legacy.queue(contacts) as never, 0, 12);
    await fill(engines.target.queue(contacts) as never, 12, 24);
    // The whole concurrency is there for the side that is not paused.
    await eventually(() => expect(ran.running).toBe(4));
    await engines.legacy.queue(contacts).control.resume();
    await sleep(300);
    expect(ran.running).toBe(4);
    ran.letGo();
    await eventually(() => expect(ran.ran()).toEqual(range(0, 24)));
    expect(ran.peak).toBe(4);
  });

  test("a consumer's own concurrency holds for both together, and each consumer has its own", async () => {
    const { rollout, engines } = startInstance(redis.url, 50);
    const [two, three] = [recorder(), recorder()];
    for (const ran of [two, three]) ran.hold();
    for (const engine of [engines.legacy, engines.target]) await fill(engine.queue(contacts) as never, 0, 20);
    rollout.queue(contacts).consumer.consume(two.handlers, { concurrency: 2 });
    rollout.queue(contacts).consumer.consume(three.handlers, { concurrency: 3 });
    await rollout.start();
    await eventually(() => expect([two.running, three.running]).toEqual([2, 3]));
    for (const ran of [two, three]) ran.letGo();
    await eventually(() => expect(two.runs.length + three.runs.length).toBe(40));
    expect([two.peak, three.peak]).toEqual([2, 3]);
  });

  test('[17] a pause and a resume reach both engines, in every instance', async () => {
    const [one, other] = [startInstance(redis.url, 50), startInstance(redis.url, 100)];
    const ran = recorder();
    for (const { rollout } of [one, other]) rollout.queue(contacts).consumer.consume(ran.handlers);
    await Promise.all([one.rollout.start(), other.rollout.start()]);
    await other.rollout.queue(contacts).control.pause();
    for (const { rollout } of [one, other])
      expect(await rollout.queue(contacts).control.isPaused()).toBe(true);
    for (const engine of [one.engines.legacy, one.engines.target]) {
      await fill(engine.queue(contacts) as never, 0, 5);
    }
    await sleep(300);
    expect(ran.runs).toEqual([]);
    expect(await one.rollout.queue(contacts).inspector.counts()).toMatchObject({ waiting: 10 });
    await one.rollout.queue(contacts).control.resume();
    await eventually(() => expect(ran.runs).toHaveLength(10));
  });

  test('queue-wide events: a listener of before the switch hears each event once, across several switches', async () => {
    const { rollout, share } = startInstance(redis.url, 0);
    const queue = rollout.queue(contacts);
    const heard = { waiting: [] as string[], active: [] as string[], completed: [] as string[] };
    for (const event of ['waiting', 'active', 'completed'] as const) {
      await queue.events.on(event, ({ jobId }) => heard[event].push(jobId));
    }
    const ran = recorder();
    queue.consumer.consume(ran.handlers);
    await rollout.start();
    const added: string[] = [];
    for (const percent of [0, 100, 50, 0, 100]) {
      share(percent);
      await rollout.settled(contacts.name, { timeoutMs: 10_000 });
      const references = await queue.producer.addMany(
        range(0, 10).map((n) => ({ name: 'sync', data: { n, user: `user-${n}` } })),
      );
      added.push(...references.map(({ id }) => id));
      await eventually(() => expect([...heard.completed].sort()).toEqual([...added].sort()), 10_000);
    }
    expect(new Set(ran.runs.map(({ engine }) => engine)).size).toBe(2);
    expect([...heard.active].sort()).toEqual([...added].sort());
    expect([...heard.waiting].sort()).toEqual([...added].sort());
  });

  test('progress and stack of events are those of the engine that runs the job [22]', async () => {
    const { rollout, engines } = startInstance(redis.url, 50);
    const queue = rollout.queue(contacts);
    const heard: unknown[] = [];
    await queue.events.on('progress', ({ progress }) => heard.push(progress));
    await queue.events.on('failed', ({ reason }) => heard.push(reason));
    queue.consumer.consume({
      async sync({ data, updateProgress, log, engine }) {
        await updateProgress(`${engine} at work`);
        await log(`${engine} ran ${data.n}`);
        throw new Error(`${engine} failed`);
      },
    });
    const ids = [];
    for (const engine of [engines.legacy, engines.target]) {
      ids.push((await engine.queue(contacts).producer.add('sync', { n: 1 })).id);
    }
    await rollout.start();
    const expected = ['bull at work', 'bull failed', 'bullmq at work', 'bullmq failed'];
    await eventually(() => expect([...heard].sort()).toEqual(expected));
    expect(await Promise.all(ids.map((id) => queue.inspector.logs(id)))).toEqual([
      ['bull ran 1'],
      ['bullmq ran 1'],
    ]);
  });

  test('drained is when no engine has a job that waits, for consumers and for the whole queue', async () => {
    const { rollout, engines } = startInstance(redis.url, 50);
    const queue = rollout.queue(contacts);
    const target = recorder();
    const consumer = queue.consumer.consume(target.handlers);
    const drained: string[] = [];
    const waitingThen: number[] = [];
    const note = (who: string) => () => {
      drained.push(who);
      void queue.inspector.counts().then(({ waiting }) => waitingThen.push(waiting));
    };
    consumer.on('drained', note('consumer'));
    await queue.events.on('drained', note('queue'));
    // The legacy side holds jobs that nobody may take yet, while the other runs dry.
    await rollout.start();
    await engines.legacy.queue(contacts).control.pause();
    await fill(engines.legacy.queue(contacts) as never, 0, 3);
    await sleep(200);
    drained.length = waitingThen.length = 0; // before there was anything, it was
    await fill(engines.target.queue(contacts) as never, 3, 6);
    await eventually(() => expect(target.ran()).toEqual([3, 4, 5]));
    await sleep(500);
    expect(drained).toEqual([]);
    await engines.legacy.queue(contacts).control.resume();
    await eventually(() => expect(target.ran()).toEqual(range(0, 6)));
    await eventually(() => expect([...new Set(drained)].sort()).toEqual(['consumer', 'queue']), 12_000);
    await eventually(() => expect(waitingThen).toHaveLength(drained.length));
    expect(new Set(waitingThen)).toEqual(new Set([0]));
  });

  test('drained is told once when both engines run dry together, to consumers and for the whole queue', async () => {
    const { rollout, engines } = startInstance(redis.url, 50);
    const queue = rollout.queue(contacts);
    const ran = recorder();
    const consumer = queue.consumer.consume(ran.handlers);
    await rollout.start();
    await consumer.ready();
    const heard = { consumer: 0, queue: 0 };
    const total = { consumer: 0, queue: 0 };
    consumer.on('drained', () => (heard.consumer += 1));
    await queue.events.on('drained', () => (heard.queue += 1));
    const bursts = range(1, 9);
    for (const burst of bursts) {
      // Both wait before one can be taken.
      await queue.control.pause();
      for (const engine of [engines.legacy, engines.target]) {
        await engine.queue(contacts).producer.add('sync', { n: burst });
      }
      heard.consumer = heard.queue = 0;
      await queue.control.resume();
      await eventually(() => expect(ran.runs).toHaveLength(2 * burst));
      await eventually(() => heard.consumer > 0 && heard.queue > 0);
      await sleep(200); // for the second of them
      total.consumer += heard.consumer;
      total.queue += heard.queue;
    }
    // On a busy machine, one may have run dry before the other has begun.
    const most = bursts.length + 3;
    expect(total.consumer).toBeLessThanOrEqual(most);
    expect(total.queue).toBeLessThanOrEqual(most);
  });

  test.each(['bull', 'bullmq'])(
    'a close does not wait for the limit: a job that has not begun is handed back by %s',
    async (engine) => {
      const instance = startInstance(redis.url, 50);
      const { rollout, engines } = instance;
      const [other, own] =
        engine === 'bull' ? [engines.target, engines.legacy] : [engines.legacy, engines.target];
      const ran = recorder();
      const queue = rollout.queue(limited);
      const consumer = queue.consumer.consume(ran.handlers, { limit: { max: 1, durationMs: 60_000 } });
      await rollout.start();
      await consumer.ready();
      await fill(other.queue(limited) as never, 1, 2);
      await eventually(() => expect(ran.ran()).toEqual([1]));
      await fill(own.queue(limited) as never, 2, 3);
      await eventually(async () => expect((await own.queue(limited).inspector.counts()).active).toBe(1));
      expect(consumer.running).toBe(0);
      const beganMs = performance.now();
      await consumer.close();
      expect(performance.now() - beganMs).toBeLessThan(15_000);
      const [job] = await own.queue(limited).inspector.jobs(['waiting']);
      expect(job).toMatchObject({ data: { n: 2 }, attemptsMade: 0 });
      expect(ran.ran()).toEqual([1]);
    },
  );
});
