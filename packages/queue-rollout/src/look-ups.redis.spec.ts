import type { JobState } from '@switchyard/queue-contract';
import {
  contacts,
  eventually,
  range,
  recorder,
  startInstance,
  urgent,
  type Instance,
} from './spec-support/instance.js';
import { legacyIs } from './spec-support/legacy-engine.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();

const both = ({ engines }: Instance) => [engines.legacy, engines.target] as const;

/** Adds to the engines in turn, a few ms apart, so that their ages are told apart. */
async function addInTurns(instance: Instance, count: number, options: object = {}): Promise<string[]> {
  const ids: string[] = [];
  for (const n of range(0, count)) {
    const engine = both(instance)[n % 2]!;
    ids.push((await engine.queue(contacts).producer.add('sync', { n }, options)).id);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  return ids;
}

/** All of them, page by page. */
async function pagesOf({ rollout }: Instance, states: readonly JobState[], limit: number) {
  const { inspector } = rollout.queue(contacts);
  const pages: string[][] = [];
  for (let offset = 0; ; offset += limit) {
    const page = await inspector.jobs(states, { offset, limit });
    if (page.length === 0) return pages;
    pages.push(page.map(({ id }) => id));
  }
}

describe(`look-ups on both engines, the legacy one being ${legacyIs}`, () => {
  test.each([1, 3, 4, 100])(
    'waiting jobs of both are one list, oldest first, in pages of %i',
    async (limit) => {
      const instance = startInstance(redis.url, 50);
      const ids = await addInTurns(instance, 11);
      const pages = await pagesOf(instance, ['waiting'], limit);
      expect(pages.flat()).toEqual(ids);
      expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
    },
  );

  test('waiting jobs with priorities are listed in the order in which one queue would run them', async () => {
    const instance = startInstance(redis.url, 50);
    const priorities = [3, undefined, 1, 2, 1, undefined, 3, 2];
    for (const [n, priority] of priorities.entries()) {
      const engine = both(instance)[n % 2]!;
      await engine.queue(urgent).producer.add('sync', { n }, priority === undefined ? {} : { priority });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    const jobs = await instance.rollout.queue(urgent).inspector.jobs(['waiting']);
    expect(jobs.map(({ priority }) => priority)).toEqual([1, 1, 2, 2, 3, 3, null, null]);
  });

  test.each([2, 5, 100])(
    'ended and delayed jobs of both are one list, newest first, in pages of %i',
    async (limit) => {
      const instance = startInstance(redis.url, 50);
      const delayed = await addInTurns(instance, 6, { delayMs: 60_000 });
      const queue = instance.rollout.queue(contacts);
      const consumer = queue.consumer.consume(
        {
          async sync({ data }) {
            await new Promise((resolve) => setTimeout(resolve, 3));
            if (data.n % 4 > 1) throw new Error('no');
          },
        },
        { concurrency: 1 },
      );
      await instance.rollout.start();
      const ids = await addInTurns(instance, 12);
      await eventually(async () => {
        const { completed, failed } = await queue.inspector.counts();
        expect([completed, failed]).toEqual([6, 6]);
      });
      await consumer.close();
      for (const state of ['completed', 'failed'] as const) {
        const ended = await queue.inspector.jobs([state]);
        const times = ended.map(({ finishedAtMs }) => finishedAtMs!);
        expect(times).toEqual([...times].sort((a, b) => b - a));
        expect(new Set(ended.map(({ engine }) => engine)).size).toBe(2);
        const pages = await pagesOf(instance, [state], limit);
        expect(pages.flat()).toEqual(ended.map(({ id }) => id));
      }
      const newestFirst = [...delayed].reverse();
      expect((await pagesOf(instance, ['delayed'], limit)).flat()).toEqual(newestFirst);
      const several = (await pagesOf(instance, ['delayed', 'completed', 'failed'], limit)).flat();
      expect(several.slice(0, 6)).toEqual(newestFirst);
      expect([...several].sort()).toEqual([...delayed, ...ids].sort());
    },
  );

  test('[22] retry, promote, remove, clean, logs and counts find a job on either engine', async () => {
    const instance = startInstance(redis.url, 50);
    const { inspector, consumer } = instance.rollout.queue(contacts);
    let fails = true;
    consumer.consume({
      async sync({ log, engine }) {
        await log(`on ${engine}`);
        if (fails) throw new Error('no');
      },
    });
    await instance.rollout.start();
    const failed = await addInTurns(instance, 2);
    const delayed = await addInTurns(instance, 4, { delayMs: 60_000 });
    await eventually(async () => expect(await inspector.counts()).toMatchObject({ failed: 2, delayed: 4 }));
    fails = false;
    for (const id of failed) await inspector.retry(id);
    for (const id of delayed.slice(0, 2)) await inspector.promote(id);
    await eventually(async () => expect(await inspector.counts()).toMatchObject({ completed: 4, failed: 0 }));
    expect(await Promise.all(failed.map((id) => inspector.logs(id)))).toEqual([
      ['on bull', 'on bull'],
      ['on bullmq', 'on bullmq'],
    ]);
    for (const id of delayed.slice(2)) expect(await inspector.remove(id)).toBe(true);
    expect(await inspector.remove(delayed[2]!)).toBe(false);
    const notFound = { code: 'SWITCHYARD_JOB_NOT_FOUND' };
    await expect(inspector.retry('nobody')).rejects.toMatchObject(notFound);
    await expect(inspector.promote('nobody')).rejects.toMatchObject(notFound);
    await expect(inspector.promote(failed[0]!)).rejects.toMatchObject({ code: 'SWITCHYARD_JOB_STATE' });
    expect(await inspector.job('nobody')).toBe(null);
    expect(await inspector.clean('completed', { olderThanMs: 0, limit: 3 })).toHaveLength(3);
    expect(await inspector.clean('completed', { olderThanMs: 0 })).toHaveLength(1);
    expect(Object.values(await inspector.counts())).toEqual([0, 0, 0, 0, 0]);
  });

  test('of two jobs under one id, the one that has not ended is found, retried, waited for and removed', async () => {
    const instance = startInstance(redis.url, 100);
    const { inspector, consumer } = instance.rollout.queue(contacts);
    consumer.consume(recorder().handlers);
    await instance.rollout.start();
    await both(instance)[1].queue(contacts).producer.add('sync', { n: 1 }, { id: 'again' });
    await eventually(async () => expect(await inspector.counts()).toMatchObject({ completed: 1 }));
    await both(instance)[0].queue(contacts).producer.add('sync', { n: 2 }, { id: 'again', delayMs: 60_000 });
    expect(await inspector.job('again')).toMatchObject({ state: 'delayed', engine: 'bull', data: { n: 2 } });
    await inspector.promote('again');
    await eventually(async () => expect(await inspector.counts()).toMatchObject({ completed: 2 }));
    expect(await inspector.job('again')).toMatchObject({ engine: 'bullmq' });
    expect(await inspector.deduplicated('again')).toBe(null);
  });

  test('removeWaiting empties both', async () => {
    const instance = startInstance(redis.url, 50);
    await addInTurns(instance, 4);
    await addInTurns(instance, 4, { delayMs: 60_000 });
    const { control, inspector } = instance.rollout.queue(contacts);
    await control.removeWaiting();
    expect(await inspector.counts()).toMatchObject({ waiting: 0, delayed: 4 });
    await control.removeWaiting({ delayed: true });
    expect(await inspector.counts()).toMatchObject({ waiting: 0, delayed: 0 });
  });
});

describe(`waiting for the end of a job on either engine, the legacy one being ${legacyIs}`, () => {
  test('[16] answers results and failures, on the engine that is about to close too', async () => {
    const instance = startInstance(redis.url, 0);
    const { rollout, share } = instance;
    const queue = rollout.queue(contacts);
    const slow = recorder();
    slow.hold();
    queue.consumer.consume({
      async sync(job) {
        await slow.handlers.sync(job);
        if (job.data.n === 2) throw new Error('two');
        return job.data.n * 10;
      },
    });
    await rollout.start();
    const references = await queue.producer.addMany([1, 2].map((n) => ({ name: 'sync', data: { n } })));
    await eventually(() => expect(slow.running).toBe(2));
    const ends = references.map((reference) => queue.events.waitForEnd(reference, { timeoutMs: 20_000 }));
    const outcomes = Promise.allSettled(ends);
    share(100);
    const onTarget = await queue.producer.add('sync', { n: 3 });
    const third = queue.events.waitForEnd(onTarget, { timeoutMs: 20_000 });
    slow.letGo();
    expect(await third).toBe(30);
    expect(await outcomes).toMatchObject([
      { status: 'fulfilled', value: 10 },
      { status: 'rejected', reason: { code: 'SWITCHYARD_JOB_FAILED', reason: 'two' } },
    ]);
    await rollout.settled(contacts.name, { timeoutMs: 10_000 });
    // Long after its engine was closed.
    expect(await queue.events.waitForEnd(references[0]!, { timeoutMs: 5000 })).toBe(10);
  });

  test('[16] answers for jobs that leave nothing behind, wherever they go', async () => {
    const { rollout } = startInstance(redis.url, 50);
    const queue = rollout.queue(contacts);
    queue.consumer.consume({
      async sync({ data }) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return data.n;
      },
    });
    await rollout.start();
    const results = await Promise.all(
      range(0, 30).map(async (n) => {
        const data = { n, user: `user-${n}` };
        const job = await queue.producer.add('sync', data, { removeOnComplete: true });
        return queue.events.waitForEnd(job, { timeoutMs: 20_000 });
      }),
    );
    expect(results).toEqual(range(0, 30));
  });

  test.each(['legacy', 'target'] as const)(
    '[16] removal on the %s side is an error at once',
    async (side) => {
      const { rollout, engines } = startInstance(redis.url, 50);
      const queue = rollout.queue(contacts);
      const { id } = await engines[side].queue(contacts).producer.add('sync', { n: 1 }, { delayMs: 60_000 });
      const end = queue.events.waitForEnd(id, { timeoutMs: 30_000 });
      const outcome = expect(end).rejects.toMatchObject({ code: 'SWITCHYARD_JOB_REMOVED' });
      await new Promise((resolve) => setTimeout(resolve, 200));
      await queue.inspector.remove(id);
      await outcome;
    },
  );

  test('[16] the limit is the one that was given, an unknown id is an error, and so is no limit', async () => {
    const { rollout, engines } = startInstance(redis.url, 100);
    const queue = rollout.queue(contacts);
    await rollout.start();
    await rollout.settled(contacts.name, { timeoutMs: 5000 });
    for (const engine of [engines.legacy, engines.target]) {
      const { id } = await engine.queue(contacts).producer.add('sync', { n: 1 }, { delayMs: 60_000 });
      await expect(queue.events.waitForEnd(id, { timeoutMs: 300 })).rejects.toMatchObject({
        code: 'SWITCHYARD_WAIT_TIMEOUT',
        timeoutMs: 300,
      });
    }
    await expect(queue.events.waitForEnd('nobody', { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'SWITCHYARD_JOB_NOT_FOUND',
    });
    await expect(queue.events.waitForEnd('nobody', {} as never)).rejects.toMatchObject({
      code: 'SWITCHYARD_INVALID_OPTION',
    });
  });

  test.each([
    ['on the old engine', 'legacy', 'target'],
    ['on the new engine', 'target', 'legacy'],
  ] as const)(
    'the end of an earlier job %s is not taken for that of a job of the same id that goes on',
    async (_, before, now) => {
      const { rollout, engines } = startInstance(redis.url, 50);
      const queue = rollout.queue(contacts);
      queue.consumer.consume({ sync: ({ data }) => data.n });
      await rollout.start();
      const earlier = await engines[before].queue(contacts).producer.add('sync', { n: 1 }, { id: 'daily' });
      expect(await queue.events.waitForEnd(earlier, { timeoutMs: 10_000 })).toBe(1);
      const soon = { id: 'daily', delayMs: 700 };
      await engines[now].queue(contacts).producer.add('sync', { n: 2 }, soon);
      expect(await queue.events.waitForEnd('daily', { timeoutMs: 10_000 })).toBe(2);
      // Gone means gone: nothing of before comes up in its place.
      expect(await queue.inspector.remove('daily')).toBe(true);
      expect(await queue.inspector.job('daily')).toBe(null);
    },
  );

  test('a job of the same id that is removed while somebody waits for it is removed, whatever ended before', async () => {
    const { rollout, engines } = startInstance(redis.url, 50);
    const queue = rollout.queue(contacts);
    queue.consumer.consume({ sync: ({ data }) => data.n });
    await rollout.start();
    const earlier = await engines.legacy.queue(contacts).producer.add('sync', { n: 1 }, { id: 'daily' });
    expect(await queue.events.waitForEnd(earlier, { timeoutMs: 10_000 })).toBe(1);
    await engines.target.queue(contacts).producer.add('sync', { n: 2 }, { id: 'daily', delayMs: 60_000 });
    const end = queue.events.waitForEnd('daily', { timeoutMs: 10_000 });
    const removed = expect(end).rejects.toMatchObject({ code: 'SWITCHYARD_JOB_REMOVED' });
    // It has begun to wait when it is not over with what ended before.
    await Promise.race([end.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 300))]);
    await engines.target.queue(contacts).inspector.remove('daily');
    await removed;
  });
});
