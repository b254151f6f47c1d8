import { once } from 'node:events';
import { defineQueue, JOB_STATES, UNNAMED_JOB, type Job } from '@switchyard/queue-contract';
import { eventually } from '@switchyard/queue-testing';
import type BullQueue from 'bull';
import { createBullEngine } from './create-bull-engine.js';
import { BULL_VERSIONS } from './spec-support/bull-versions.js';
import { changed, dumpAll } from './spec-support/dump.js';
import { consumeAll, LEGACY_JOBS, useLegacyApp } from './spec-support/legacy-app.js';
import { addAll, JOBS_OF_EVERY_KIND, REPEATS_OF_EVERY_KIND } from './spec-support/legacy-jobs.js';

describe.each(BULL_VERSIONS)('the data of an app on $version', ({ Bull }) => {
  const app = useLegacyApp(Bull);
  const settings = { priorities: true, backoffDelayMs: () => 5 };

  /** What is seen of a job here, and what the app's own Bull sees of it. */
  async function compare(job: Job | null, legacy: BullQueue.Queue): Promise<void> {
    const theirs = await legacy.getJob(job?.id ?? '');
    if (!job || !theirs) throw new Error('no such job');
    const { opts, data } = theirs;
    const priority = opts.priority ?? 0;
    expect(job).toMatchObject({
      name: theirs.name,
      data,
      priority: priority > 0 ? priority : null,
      delayMs: Math.max(0, opts.delay ?? 0),
      attempts: opts.attempts,
      attemptsMade: theirs.attemptsMade + (job.state === 'completed' ? 1 : 0),
      createdAtMs: theirs.timestamp,
      processedAtMs: theirs.processedOn ?? null,
      finishedAtMs: theirs.finishedOn ?? null,
      stackTraces: theirs.stacktrace,
    });
  }

  test('is seen whole, and a look changes no byte of it', async () => {
    const { name, legacy, queue } = app.both(settings);
    const ids = await addAll(legacy, JOBS_OF_EVERY_KIND);
    await addAll(legacy, REPEATS_OF_EVERY_KIND);
    const before = await dumpAll(app.connection);
    const counts = await legacy.getJobCounts();

    await app.engine.ready();
    expect(await app.engine.withWork([name])).toEqual(new Set([name]));
    expect(await queue.control.isPaused()).toBe(false);
    expect(await queue.inspector.counts()).toEqual({
      waiting: counts.waiting,
      delayed: counts.delayed,
      active: 0,
      completed: 0,
      failed: 0,
    });
    const seen = await queue.inspector.jobs(JOB_STATES, { limit: 1000 });
    expect(seen).toHaveLength(counts.waiting + counts.delayed);
    for (const job of seen) await compare(job, legacy);
    for (const [title, id] of ids) {
      const job = await queue.inspector.job(id);
      expect({ title, id: job?.id, name: job?.name }).toEqual({
        title,
        id,
        name: JOBS_OF_EVERY_KIND[title]?.name ?? UNNAMED_JOB,
      });
      expect(await queue.inspector.logs(id)).toEqual([]);
    }
    const listed = (await queue.schedules.list()).map(({ data }) => (data as { r: number }).r);
    expect(listed.sort((a, b) => a - b)).toEqual(Object.values(REPEATS_OF_EVERY_KIND).map((_, n) => n + 1));
    expect(await queue.schedules.suspended()).toEqual([]);
    await (
      await queue.events.on('completed', () => {})
    )();
    expect(changed(before, await dumpAll(app.connection))).toEqual([]);
  });

  test('runs in the order of Bull, each job once, and nothing else is touched', async () => {
    const { name, legacy, queue } = app.both(settings);
    await addAll(legacy, JOBS_OF_EVERY_KIND);
    await addAll(legacy, REPEATS_OF_EVERY_KIND);
    const base = `bull:${name}:`;
    const order = (await app.connection.lrange(`${base}wait`, 0, -1)).reverse();
    const kept = (await app.connection.zrange(`${base}delayed`, 0, -1)).filter((id) => id !== '');
    const before = await dumpAll(app.connection, `${base.replace(/[[\]*?]/g, '\\$&')}*`);

    const ran: string[] = [];
    const consumer = consumeAll(queue, ({ id, data }) => {
      ran.push(id);
      return data;
    });
    // The short delay ends last, or among them.
    const total = order.length + 1;
    await eventually(
      'all ran',
      () => ran.length,
      (length) => length >= total,
    );
    await eventually(
      'all ended',
      () => queue.inspector.counts(),
      ({ active, waiting }) => active + waiting === 0,
    );
    await consumer.close();
    expect(ran.filter((id) => order.includes(id))).toEqual(order);
    expect(new Set(ran).size).toBe(total);

    const late = kept.filter((id) => !ran.includes(id));
    expect(late).toHaveLength(kept.length - 1);
    const after = await dumpAll(app.connection, `${base}*`);
    const ranKeys = new Set(ran.map((id) => base + id));
    const lists = ['wait', 'priority', 'delayed', 'completed', 'stalled', 'stalled-check'];
    const others = changed(before, after).filter(
      (key) => !ranKeys.has(key) && !lists.includes(key.slice(base.length)),
    );
    expect(others).toEqual([]);
    expect(await app.connection.zrange(`${base}delayed`, 0, -1)).toEqual(late);
    // A plain Bull reads what became of them, and removed is what asked for it.
    for (const id of ran) {
      const job = await legacy.getJob(id);
      if (job?.opts.removeOnComplete === true) throw new Error(`${id} is still there`);
      if (job) expect(job.returnvalue).toEqual(job.data);
    }
    expect(await legacy.getCompletedCount()).toBe(total - 1);
  });

  test('fails as it should: attempts, waits and stack traces are those that each job was given', async () => {
    const { legacy, queue } = app.both(settings);
    const ids = await addAll(legacy, JOBS_OF_EVERY_KIND);
    const attempts = new Map<string, number[]>();
    const consumer = consumeAll(queue, ({ id, attempt }) => {
      attempts.set(id, [...(attempts.get(id) ?? []), attempt]);
      throw new Error(`attempt ${attempt}`);
    });
    const mayRun = ids.size - 2;
    await eventually(
      'all failed for good',
      async () => ({ ...(await queue.inspector.counts()), ran: attempts.size }),
      ({ active, waiting, delayed, ran }) => active + waiting === 0 && delayed === 2 && ran === mayRun,
    );
    await consumer.close();
    for (const [title, id] of ids) {
      const options = JOBS_OF_EVERY_KIND[title]?.options ?? {};
      if ((options.delay ?? 0) > 1000) continue;
      const most = Number(options.attempts ?? 1);
      const every = Array.from({ length: most }, (_, n) => n + 1);
      expect({ title, attempts: attempts.get(id) }).toEqual({ title, attempts: every });
      const job = await queue.inspector.job(id);
      if (options.removeOnFail === true) {
        expect({ title, job }).toEqual({ title, job: null });
        continue;
      }
      expect(job).toMatchObject({ state: 'failed', attemptsMade: most, failedReason: `attempt ${most}` });
      expect(job?.stackTraces).toHaveLength(Math.min(most, options.stackTraceLimit ?? most));
      await compare(job, legacy);
    }
  });

  test('thousands that have ended are counted, paged through, read, retried and cleaned', async () => {
    const { legacy, queue } = app.both();
    const half = 1500;
    const bulk = Array.from({ length: 2 * half }, (_, n) => ({ name: n % 2 ? 'send' : 'sync', data: { n } }));
    await legacy.addBulk(bulk);
    void legacy.process('send', 50, async (job) => {
      await job.progress(50);
      await job.log('half done');
      return { sent: job.data as unknown };
    });
    void legacy.process('sync', 50, () => Promise.reject(new Error('no')));
    await eventually(
      'all ended',
      () => legacy.getJobCounts(),
      ({ completed, failed }) => completed + failed === 2 * half,
    );
    await legacy.close();
    const before = await dumpAll(app.connection);
    expect(await queue.inspector.counts()).toEqual({
      waiting: 0,
      delayed: 0,
      active: 0,
      completed: half,
      failed: half,
    });
    for (const state of ['completed', 'failed'] as const) {
      const pages: Job[] = [];
      for (let offset = 0; offset < half; offset += 400) {
        pages.push(...(await queue.inspector.jobs([state], { offset, limit: 400 })));
      }
      expect(new Set(pages.map(({ id }) => id)).size).toBe(half);
      const times = pages.map(({ finishedAtMs }) => finishedAtMs ?? 0);
      expect(times).toEqual([...times].sort((a, b) => b - a));
    }
    const [done] = await queue.inspector.jobs(['completed'], { limit: 1 });
    expect(done).toMatchObject({ progress: 50, result: { sent: done?.data }, failedReason: null });
    expect(await queue.inspector.logs(done?.id ?? '')).toEqual(['half done']);
    expect(changed(before, await dumpAll(app.connection))).toEqual([]);

    const [failed] = await queue.inspector.jobs(['failed'], { limit: 1 });
    await queue.inspector.retry(failed?.id ?? '');
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 1, failed: half - 1 });
    expect(await queue.inspector.clean('completed', { olderThanMs: 0, limit: 500 })).toHaveLength(500);
    expect(await queue.inspector.counts()).toMatchObject({ completed: half - 500 });
  });

  test('[17] a paused queue is paused here, with all its jobs, and resumes for both', async () => {
    const { legacy, queue } = app.both(settings);
    await legacy.pause();
    const ids = await addAll(legacy, JOBS_OF_EVERY_KIND);
    const before = await dumpAll(app.connection);
    const delayed = [...ids.keys()].filter(
      (title) => title.endsWith('delay') || title.endsWith('year'),
    ).length;
    expect(await queue.control.isPaused()).toBe(true);
    expect(await queue.inspector.counts()).toMatchObject({ waiting: ids.size - delayed, delayed });
    expect(changed(before, await dumpAll(app.connection))).toEqual([]);
    await queue.control.resume();
    expect(await legacy.isPaused()).toBe(false);
    await queue.control.pause();
    expect(await legacy.isPaused()).toBe(true);
    expect(changed(before, await dumpAll(app.connection))).toEqual([]);
  });

  test('of an app that sets every option of a queue is taken over, with what those put into its jobs', async () => {
    const name = app.newName();
    const { port } = app.server;
    const legacy = app.legacyQueue(name, {
      prefix: 'every',
      redis: { port, db: 0, connectTimeout: 5000 },
      limiter: { max: 1000, duration: 60_000 },
      defaultJobOptions: {
        attempts: 3,
        backoff: { type: 'jitter' },
        timeout: 5000,
        removeOnComplete: 5,
        stackTraceLimit: 1,
      },
      settings: {
        lockDuration: 5000,
        lockRenewTime: 1000,
        stalledInterval: 2000,
        maxStalledCount: 3,
        guardInterval: 500,
        retryProcessDelay: 100,
        drainDelay: 1,
        isSharedChildPool: true,
        backoffStrategies: { jitter: () => 1 },
      } as BullQueue.AdvancedSettings,
    });
    for (let n = 0; n < 10; n++) await legacy.add('send', { n });
    await legacy.add('sync', { n: 10 }, { attempts: 1, timeout: 20 });
    const engine = createBullEngine({ connection: app.connection, prefix: 'every' });
    const worker = { concurrency: 2, limit: { max: 1000, durationMs: 60_000 } };
    const asked: number[] = [];
    const backoffDelayMs = (attemptsMade: number) => asked.push(attemptsMade);
    const definition = defineQueue({ name, tier: 'medium', jobs: LEGACY_JOBS, worker, backoffDelayMs });
    const queue = engine.queue(definition);
    const attempts = new Map<string, number>();
    const consumer = consumeAll(queue, async ({ id, name: job, attempt, signal }) => {
      attempts.set(id, attempt);
      if (job === 'sync') await once(signal, 'abort');
      else if (attempt < 3) throw new Error('not yet');
    });
    // Both the app's workers and ours take some.
    void legacy.process('send', 1, (job) =>
      job.attemptsMade < 2
        ? Promise.reject(new Error('not yet'))
        : Promise.resolve(attempts.set(String(job.id), 3)),
    );
    void legacy.process('sync', 1, () => new Promise((resolve) => setTimeout(resolve, 200)));
    const ended = await eventually(
      'all ended',
      () => queue.inspector.counts(),
      ({ waiting, delayed, active }) => waiting + delayed + active === 0,
    );
    await consumer.close();
    expect(ended).toMatchObject({ completed: 5, failed: 1 });
    const [failed] = await queue.inspector.jobs(['failed']);
    expect(failed).toMatchObject({
      name: 'sync',
      attemptsMade: 1,
      failedReason: expect.stringMatching(/20 ?ms|timed out/),
    });
    expect([...attempts].filter(([, attempt]) => attempt === 3)).toHaveLength(10);
    await engine.close();
  });
});
