import { setTimeout as sleep } from 'node:timers/promises';
import { UNNAMED_JOB, UnrecoverableJobError, type RunningJob } from '@switchyard/queue-contract';
import { eventually } from '@switchyard/queue-testing';
import type BullQueue from 'bull';
import { BULL_VERSIONS } from './spec-support/bull-versions.js';
import { consumeAll, LEGACY_JOBS, useLegacyApp } from './spec-support/legacy-app.js';

describe.each(BULL_VERSIONS)('taking over the queues of an app on $version', ({ Bull }) => {
  const app = useLegacyApp(Bull);

  test('[3] [5] runs what waits, each job exactly once and in the order of Bull', async () => {
    const { legacy, queue } = app.both({ priorities: true });
    const added = [
      await legacy.add({ n: 'first unnamed' }),
      await legacy.add('send', { n: 'named' }),
      await legacy.add('send', { n: 'low' }, { priority: 20 }),
      await legacy.add('send', { n: 'urgent' }, { priority: 1 }),
      await legacy.add('send', { n: 'colon' }, { jobId: 'user:42' }),
      await legacy.add('send', { n: 'lifo' }, { lifo: true }),
      await legacy.add({ n: 'last unnamed' }),
    ];
    const order = ['lifo', 'urgent', 'low', 'first unnamed', 'named', 'colon', 'last unnamed'];
    const waiting = await queue.inspector.jobs(['waiting']);
    expect(waiting.map(({ data }) => (data as { n: string }).n)).toEqual(order);
    expect(waiting.map(({ id }) => id).sort()).toEqual(added.map(({ id }) => String(id)).sort());
    expect(waiting[3]).toMatchObject({ id: '1', name: UNNAMED_JOB, priority: null, attempts: 1 });
    expect(waiting[1]).toMatchObject({ name: 'send', priority: 1 });

    const ran: { id: string; n: string }[] = [];
    const consumer = consumeAll(queue, ({ id, data }) => void ran.push({ id, n: (data as { n: string }).n }));
    await eventually(
      'all ran',
      () => ran.length,
      (length) => length === 7,
    );
    await consumer.close();
    expect(ran.map(({ n }) => n)).toEqual(order);
    expect(ran.map(({ id }) => id)).toContain('user:42');
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, active: 0, completed: 7, failed: 0 });
    // A plain Bull sees them as completed, too.
    expect((await legacy.getJob('user:42'))?.finishedOn).toBeGreaterThan(0);
  });

  test('[6] runs what is delayed when it falls due, and counts retries on from where they are', async () => {
    const { legacy, queue } = app.both();
    const due = Date.now() + 600;
    await legacy.add('send', { n: 1 }, { delay: 600 });
    const flaky = await legacy.add(
      'sync',
      { n: 2 },
      { attempts: 4, backoff: { type: 'exponential', delay: 600 } },
    );
    // The legacy worker makes the first attempt and goes.
    const failedOnce = new Promise<void>((resolve) => legacy.once('failed', () => resolve()));
    void legacy.process('sync', () => Promise.reject(new Error('legacy worker')));
    await failedOnce;
    await legacy.pause(true);
    expect(await queue.inspector.job(String(flaky.id))).toMatchObject({
      state: 'delayed',
      attemptsMade: 1,
      failedReason: 'legacy worker',
    });

    const attempts: { attempt: number; atMs: number }[] = [];
    let delayedRanAtMs = 0;
    const consumer = consumeAll(queue, ({ name, attempt }) => {
      if (name === 'send') delayedRanAtMs = Date.now();
      else attempts.push({ attempt, atMs: performance.now() });
      if (name === 'sync' && attempt < 4) throw new Error(`attempt ${attempt}`);
    });
    await eventually(
      'the flaky one completed',
      () => queue.inspector.job(String(flaky.id)),
      (job) => job?.state === 'completed',
    );
    await eventually('the delayed one ran', () => delayedRanAtMs, Boolean);
    await consumer.close();
    expect(delayedRanAtMs).toBeGreaterThanOrEqual(due);
    expect(attempts.map(({ attempt }) => attempt)).toEqual([2, 3, 4]);
    const waits = attempts.slice(1).map(({ atMs }, n) => atMs - (attempts[n]?.atMs ?? 0));
    // 2ⁿ⁻¹ · 600 after the second and third attempt, where Bull itself would wait (2ⁿ − 1) · 600.
    expect(waits[0]).toBeGreaterThanOrEqual(1195);
    expect(waits[0]).toBeLessThan(1800);
    expect(waits[1]).toBeGreaterThanOrEqual(2395);
    expect(waits[1]).toBeLessThan(4200);
  });

  test("[7] asks the queue's function for a backoff that only the legacy app knows by name", async () => {
    const asked: number[] = [];
    const { legacy, queue } = app.both({
      backoffDelayMs(attemptsMade) {
        asked.push(attemptsMade);
        return 1;
      },
    });
    await legacy.add('send', null, { attempts: 3, backoff: { type: 'jitter' } });
    let runs = 0;
    const consumer = consumeAll(queue, () => {
      if (++runs < 3) throw new Error('again');
    });
    await eventually(
      'it completed',
      () => queue.inspector.counts(),
      ({ completed }) => completed === 1,
    );
    await consumer.close();
    expect(asked).toEqual([1, 2]);
  });

  test('[8] obeys the time-out of a legacy job, and tells its handler', async () => {
    const { legacy, queue } = app.both();
    const { id } = await legacy.add('send', {}, { timeout: 100 });
    let aborted = false;
    const consumer = consumeAll(queue, async ({ signal }) => {
      await sleep(10_000, null, { signal }).catch(() => {});
      aborted = signal.aborted;
    });
    const job = await eventually(
      'it failed',
      () => queue.inspector.job(String(id)),
      (found) => found?.state === 'failed',
    );
    expect(job?.failedReason).toContain('100 ms');
    await eventually('its handler was told', () => aborted, Boolean);
    await consumer.close();
  });

  test('[17] a paused queue stays paused until it is resumed here', async () => {
    const { legacy, queue } = app.both();
    await legacy.add('send', { n: 1 });
    await legacy.pause();
    await legacy.add('send', { n: 2 });
    expect(await queue.control.isPaused()).toBe(true);
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 2 });
    expect((await queue.inspector.jobs(['waiting'])).map(({ data }) => data)).toEqual([{ n: 1 }, { n: 2 }]);
    const ran: unknown[] = [];
    const consumer = consumeAll(queue, ({ data }) => void ran.push(data));
    await consumer.ready();
    await sleep(200);
    expect(ran).toEqual([]);
    await queue.control.resume();
    await eventually(
      'both ran',
      () => ran.length,
      (length) => length === 2,
    );
    await consumer.close();
    expect(ran).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('reads what has completed and failed, and can retry it', async () => {
    const { legacy, queue } = app.both();
    const good = await legacy.add('send', { n: 1 });
    const bad = await legacy.add('sync', { n: 2 }, { attempts: 2 });
    let fixed = false;
    void legacy.process('send', () => Promise.resolve({ sent: true }));
    void legacy.process('sync', () => (fixed ? Promise.resolve(7) : Promise.reject(new Error('broken'))));
    const ended = await eventually(
      'both ended',
      () => queue.inspector.counts(),
      ({ completed, failed }) => completed === 1 && failed === 1,
    );
    expect(ended).toMatchObject({ waiting: 0, active: 0 });
    expect(await queue.inspector.job(String(good.id))).toMatchObject({
      state: 'completed',
      result: { sent: true },
      attemptsMade: 1,
    });
    expect(await queue.inspector.job(String(bad.id))).toMatchObject({
      state: 'failed',
      failedReason: 'broken',
      attemptsMade: 2,
      stackTraces: [expect.stringContaining('broken'), expect.stringContaining('broken')],
    });
    await legacy.pause(true);
    fixed = true;
    await queue.inspector.retry(String(bad.id));
    const consumer = consumeAll(queue, () => 'mended');
    const job = await eventually(
      'it completed',
      () => queue.inspector.job(String(bad.id)),
      (found) => found?.state === 'completed',
    );
    await consumer.close();
    expect(job).toMatchObject({ result: 'mended', attemptsMade: 3, failedReason: null });
  });

  test('[4] a job of a name that is not declared fails without a retry, and is kept whatever it says', async () => {
    const { legacy, queue } = app.both();
    const { id } = await legacy.add('gone', { n: 1 }, { attempts: 5, backoff: 1, removeOnFail: true });
    const consumer = consumeAll(queue, () => null);
    const errors: Error[] = [];
    consumer.on('failed', ({ error }) => errors.push(error));
    const job = await eventually(
      'it failed',
      () => queue.inspector.job(String(id)),
      (found) => found?.state === 'failed',
    );
    await consumer.close();
    expect(errors).toMatchObject([{ code: 'SWITCHYARD_UNKNOWN_JOB_NAME', jobName: 'gone' }]);
    expect(job).toMatchObject({ name: 'gone', data: { n: 1 }, attemptsMade: 1 });
  });

  test('[21] keeps as many as each legacy job says, and for as many seconds', async () => {
    const { legacy, queue } = app.both();
    const end = async (options: BullQueue.JobOptions) => {
      const { id } = await legacy.add('send', {}, options);
      await queue.events.waitForEnd(String(id), { timeoutMs: 10_000 }).catch(() => {});
      return String(id);
    };
    const left = async (state: 'completed' | 'failed') =>
      (await queue.inspector.jobs([state])).map(({ id }) => id).reverse();
    for (const state of ['completed', 'failed'] as const) {
      const option = state === 'completed' ? 'removeOnComplete' : 'removeOnFail';
      const consumer = consumeAll(queue, () => {
        if (state === 'failed') throw new Error('as wished');
      });
      const first = await end({ [option]: false });
      const second = await end({});
      expect(await left(state)).toEqual([first, second]);
      const third = await end({ [option]: 2 });
      expect(await left(state)).toEqual([second, third]);
      await end({ [option]: true });
      expect(await left(state)).toEqual([second, third]);
      const fourth = await end({ [option]: { age: 3600 } });
      expect(await left(state)).toEqual([second, third, fourth]);
      const thirdEndedAtMs = (await queue.inspector.job(third))?.finishedAtMs ?? 0;
      await sleep(Math.max(0, thirdEndedAtMs + 1010 - Date.now()));
      const fifth = await end({ [option]: { age: 1 } });
      expect((await left(state)).includes(third)).toBe(false);
      expect((await left(state)).at(-1)).toBe(fifth);
      await consumer.close();
    }
  });

  test('[22] reads what a legacy worker logged, reported and changed, and does the same to it', async () => {
    const { legacy, queue } = app.both();
    const job = await legacy.add('send', { n: 1 }, { delay: 60_000 });
    await job.log('first');
    await job.log('second');
    await job.progress({ done: [1, 'of', 2] });
    await job.update({ n: 2 });
    const id = String(job.id);
    expect(await queue.inspector.job(id)).toMatchObject({
      state: 'delayed',
      data: { n: 2 },
      progress: { done: [1, 'of', 2] },
    });
    expect(await queue.inspector.logs(id)).toEqual(['first', 'second']);
    await queue.inspector.promote(id);
    const consumer = consumeAll(queue, async (running) => {
      await running.updateProgress(77);
      await running.log('third');
      throw new UnrecoverableJobError('no use');
    });
    await expect(queue.events.waitForEnd(id, { timeoutMs: 10_000 })).rejects.toThrow('no use');
    await consumer.close();
    const theirs = await legacy.getJob(id);
    expect(theirs?.progress()).toBe(77);
    expect(theirs?.failedReason).toBe('no use');
    expect((await legacy.getJobLogs(id)).logs).toEqual(['first', 'second', 'third']);
  });

  test('runs a whole legacy data set, each job exactly once', async () => {
    const { legacy, queue } = app.both({ priorities: true });
    const ids = new Set<string>();
    const remember = ({ id }: BullQueue.Job) => void ids.add(String(id));
    for (let n = 0; n < 200; n++) {
      const options: BullQueue.JobOptions = {
        ...(n % 3 === 0 ? { priority: 1 + (n % 7) } : {}),
        ...(n % 5 === 0 ? { delay: n * 3 } : {}),
        ...(n % 4 === 0 ? { attempts: 3, backoff: { type: 'exponential', delay: 20 } } : {}),
        ...(n % 10 === 0 ? { jobId: `thing:${n}` } : {}),
        ...(n % 11 === 0 ? { lifo: true } : {}),
      };
      remember(n % 2 ? await legacy.add({ n }, options) : await legacy.add('send', { n }, options));
    }
    await legacy.pause();
    const succeeded = new Map<string, number>();
    const consumer = queue.consumer.consume(
      Object.fromEntries(
        Object.keys(LEGACY_JOBS).map((name) => [
          name,
          ({ id, attempt, attempts }: RunningJob) => {
            if (attempts === 3 && attempt < 3) throw new Error('twice');
            succeeded.set(id, (succeeded.get(id) ?? 0) + 1);
          },
        ]),
      ) as never,
      { concurrency: 10 },
    );
    await queue.control.resume();
    await eventually(
      'all completed',
      () => queue.inspector.counts(),
      ({ completed }) => completed === 200,
    );
    await consumer.close();
    expect(new Set(succeeded.keys())).toEqual(ids);
    expect([...succeeded.values()].every((runs) => runs === 1)).toBe(true);
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 0, active: 0, failed: 0 });
  });
});
