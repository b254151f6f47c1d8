import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  defineQueue,
  InvalidPayloadError,
  JOB_CHANNEL,
  JobTimeoutError,
  NonErrorThrownError,
  type ConsumerEvents,
  type JobAttempt,
  type JobGate,
  type RunningJob,
} from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';
import { anything, withDefault } from '../payload-schemas.js';

export const handlerCases: readonly ContractCase[] = [
  {
    title: 'a handler learns everything about its job',
    async run({ engine, declare, consume, queueName }) {
      const queue = engine.queue(declare());
      const seen: RunningJob[] = [];
      await consume(queue, (job) => void seen.push(job));
      const { id } = await queue.producer.add('other', { a: 1 }, { attempts: 3 });
      const { createdAtMs } = await ended(queue, id);
      expect(seen).toHaveLength(1);
      expect(seen[0]).toMatchObject({
        id,
        name: 'other',
        queue: queueName,
        engine: engine.name,
        data: { a: 1 },
        attempt: 1,
        attempts: 3,
        createdAtMs,
        scheduleId: null,
      });
      expect(seen[0]?.signal).toBeInstanceOf(AbortSignal);
      expect(seen[0]?.signal.aborted).toBe(false);
    },
  },
  {
    title: '[4] each name has its handler, and all names share one concurrency',
    async run({ engine, declare, afterwards }) {
      const queue = engine.queue(declare());
      const ran: string[] = [];
      let running = 0;
      let most = 0;
      const handle = (by: string) => async (job: RunningJob) => {
        most = Math.max(most, ++running);
        await job.log('a round trip in which another could start');
        running--;
        ran.push(`${by} ran ${job.name} ${String(job.data)}`);
      };
      await queue.producer.addMany([
        { name: 'work', data: 1 },
        { name: 'other', data: 2 },
        { name: 'work', data: 3 },
        { name: 'other', data: 4 },
      ]);
      const consumer = queue.consumer.consume({ work: handle('w'), other: handle('o') });
      afterwards(() => consumer.close());
      await eventually('four jobs ran', () => ran.length === 4);
      expect(ran).toEqual(['w ran work 1', 'o ran other 2', 'w ran work 3', 'o ran other 4']);
      expect(most).toBe(1);
    },
  },
  {
    title: '[12] a result is any JSON value, falsy ones too; undefined becomes null',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const results = [undefined, null, 0, '', false, [], {}, 'text', { deep: [1, { x: null }] }];
      const reported: unknown[] = [];
      const consumer = await consume(queue, ({ data }) => results[data as number]);
      consumer.on('completed', ({ result }) => reported.push(result));
      const references = await queue.producer.addMany(
        results.map((_, n) => ({ name: 'work' as const, data: n })),
      );
      const kept: unknown[] = [];
      for (const { id } of references) kept.push((await ended(queue, id)).result);
      const expected = results.map((result) => result ?? null);
      expect(kept).toEqual(expected);
      await eventually('all were reported', () => reported.length === results.length);
      expect(reported).toEqual(expected);
    },
  },
  {
    title: '[12] a falsy result is itself in queue-wide events, for those who wait, and for late comers',
    needs: ['queue-events'],
    async run({ engine, another, declare, consume, afterwards }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const results = [undefined, null, 0, '', false, [], {}];
      const told: unknown[] = [];
      afterwards(await queue.events.on('completed', ({ result }) => told.push(result)));
      const jobs = await queue.producer.addMany(
        results.map((_, n) => ({
          name: 'work' as const,
          data: n,
          options: { removeOnComplete: n % 2 === 0 },
        })),
      );
      const waiting = jobs.map((job) => queue.events.waitForEnd(job, { timeoutMs: 30_000 }));
      await consume(elsewhere, ({ data }) => results[data as number]);
      const expected = results.map((result) => result ?? null);
      expect(await Promise.all(waiting)).toEqual(expected);
      await eventually('all were told', () => told.length >= results.length);
      expect(told).toEqual(expected);
      for (const [n, job] of jobs.entries()) {
        // Every other one was removed at its end.
        if (n % 2 === 0) continue;
        expect(await elsewhere.events.waitForEnd(job, { timeoutMs: 30_000 })).toEqual(expected[n]);
      }
    },
  },
  {
    title: 'a result that JSON cannot carry fails the attempt',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const circular: { self?: unknown } = {};
      circular.self = circular;
      const results = [circular, 10n];
      await consume(queue, ({ data, attempt }) => (attempt === 1 ? results[data as number] : 'plain'));
      for (const [n] of results.entries()) {
        const single = await queue.producer.add('work', n);
        expect(await ended(queue, single.id)).toMatchObject({ state: 'failed', attemptsMade: 1 });
        const retried = await queue.producer.add('work', n, { attempts: 2 });
        expect(await ended(queue, retried.id)).toMatchObject({ result: 'plain', attemptsMade: 2 });
      }
    },
  },
  {
    title: '[8] timeoutMs fails the attempt and aborts its signal; the job may pass at the next',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare({ defaults: { timeoutMs: 200 } }));
      const never = latch();
      const signals: AbortSignal[] = [];
      const failures: ConsumerEvents['failed'][] = [];
      const consumer = await consume(queue, async ({ attempt, signal }) => {
        signals.push(signal);
        if (attempt === 1) await never.opened;
        return 'in time';
      });
      consumer.on('failed', (failure) => failures.push(failure));
      const { id } = await queue.producer.add('work', null, { attempts: 2 });
      expect(await ended(queue, id)).toMatchObject({
        state: 'completed',
        result: 'in time',
        attemptsMade: 2,
      });
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
      expect(signals[0]?.reason).toBeInstanceOf(JobTimeoutError);
      expect(failures).toEqual([
        { jobId: id, name: 'work', error: expect.any(JobTimeoutError), final: false },
      ]);
    },
  },
  {
    title: '[8] a job whose last attempt times out is failed, and its handler no longer holds a slot',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const never = latch();
      await consume(queue, ({ data }) => (data === 'slow' ? never.opened : 'fast'));
      const slow = await queue.producer.add('work', 'slow', { timeoutMs: 150 });
      const fast = await queue.producer.add('work', 'fast');
      expect(await ended(queue, slow.id)).toMatchObject({
        state: 'failed',
        failedReason: expect.stringContaining('150 ms'),
      });
      expect((await ended(queue, fast.id)).result).toBe('fast');
    },
  },
  {
    title: "[8] a job's own timeoutMs wins over the declaration's, and no wait counts but its handler's",
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare({ defaults: { timeoutMs: 1 } }));
      const go = latch();
      const gate: JobGate = { enter: async () => (await go.opened, () => undefined) };
      const signals: AbortSignal[] = [];
      await consume(
        queue,
        ({ data, signal }) => {
          signals.push(signal);
          return data;
        },
        { gate },
      );
      const own = { timeoutMs: 60_000 };
      const { id } = await queue.producer.add('work', 'at the gate', own);
      const next = await queue.producer.add('work', 'in the queue', own);
      await quiet(300);
      go.open();
      expect((await ended(queue, id)).result).toBe('at the gate');
      expect((await ended(queue, next.id)).result).toBe('in the queue');
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    },
  },
  {
    title: '[8] attempts that time out wait their backoff, and each gets a signal of its own',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const signals: AbortSignal[] = [];
      const startsAtMs: number[] = [];
      await consume(queue, ({ signal }) => {
        startsAtMs.push(performance.now());
        signals.push(signal);
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('of the handler, too late')));
        });
      });
      const { id } = await queue.producer.add('work', null, {
        attempts: 3,
        timeoutMs: 100,
        backoff: { type: 'fixed', delayMs: 300 },
      });
      const job = await ended(queue, id);
      expect(job).toMatchObject({ state: 'failed', attemptsMade: 3 });
      expect(job.failedReason).toContain('100 ms');
      expect(new Set(signals).size).toBe(3);
      for (const signal of signals) expect(signal.reason).toBeInstanceOf(JobTimeoutError);
      // 100 ms until it times out and 300 ms of backoff; a store counts whole milliseconds.
      for (const [n, at] of startsAtMs.slice(1).entries()) {
        expect(at - (startsAtMs[n] ?? 0)).toBeGreaterThanOrEqual(395);
      }
    },
  },
  {
    title: '[23] a handler that throws something that is no Error fails its job with a NonErrorThrownError',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const things = ['text', undefined, null, 42, { code: 'E' }];
      const failures: ConsumerEvents['failed'][] = [];
      const consumer = await consume(queue, ({ data }) => {
        throw things[data as number];
      });
      consumer.on('failed', (failure) => failures.push(failure));
      for (const [n] of things.entries()) {
        const { id } = await queue.producer.add('work', n);
        expect(await ended(queue, id)).toMatchObject({ state: 'failed', failedReason: expect.any(String) });
      }
      await eventually('all were reported', () => failures.length === things.length);
      for (const [n, { error, final }] of failures.entries()) {
        expect(error).toBeInstanceOf(NonErrorThrownError);
        expect(error.cause).toEqual(things[n]);
        expect(final).toBe(true);
      }
      const [first] = await queue.inspector.jobs(['failed'], { offset: things.length - 1 });
      expect(first?.failedReason).toContain('text');
    },
  },
  {
    title: '[22] progress is any JSON value, the last one wins; logs keep their order',
    async run({ engine, another, declare, consume, latch }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const go = latch();
      const consumer = await consume(queue, async (job) => {
        await job.updateProgress(10);
        await job.log('first line');
        await job.updateProgress({ step: 'half', at: 0.5 });
        await job.log('zweite Zeile ✓');
        await go.opened;
      });
      const heard: unknown[] = [];
      consumer.on('progress', ({ jobId, progress }) => heard.push([jobId, progress]));
      const { id } = await queue.producer.add('work', null);
      await eventually('it logged', async () => (await elsewhere.inspector.logs(id)).length === 2);
      expect(await elsewhere.inspector.logs(id)).toEqual(['first line', 'zweite Zeile ✓']);
      expect(await elsewhere.inspector.job(id)).toMatchObject({
        state: 'active',
        progress: { step: 'half', at: 0.5 },
      });
      go.open();
      expect((await ended(queue, id)).progress).toEqual({ step: 'half', at: 0.5 });
      await eventually('progress was reported', () => heard.length === 2);
      expect(heard).toEqual([
        [id, 10],
        [id, { step: 'half', at: 0.5 }],
      ]);
    },
  },
  {
    title: '[22] a falsy progress is told from none',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const values = [0, false, ''];
      await consume(queue, async ({ data, updateProgress }) => {
        if (typeof data === 'number') await updateProgress(values[data]);
      });
      for (const [n, value] of values.entries()) {
        const { id } = await queue.producer.add('work', n);
        expect((await ended(queue, id)).progress).toBe(value);
      }
      const { id } = await queue.producer.add('work', 'says nothing');
      expect((await ended(queue, id)).progress).toBeNull();
    },
  },
  {
    title: '[22] updateData replaces the payload for later attempts and all who look, falsy values too',
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const steps = [{ step: 1, text: 'ünï' }, null, 0, '', false, [], undefined, 'end'];
      const stored: unknown[] = [];
      const seen: unknown[] = [];
      await consume(queue, async ({ id, data, attempt, updateData }) => {
        seen.push(data);
        if (attempt > steps.length) return data;
        await updateData(steps[attempt - 1]);
        stored.push((await elsewhere.inspector.job(id))?.data);
        throw new Error('to be continued');
      });
      const { id } = await queue.producer.add('work', 'begin', { attempts: steps.length + 1 });
      const expected = steps.map((step) => step ?? null);
      expect(await ended(queue, id)).toMatchObject({ state: 'completed', data: 'end', result: 'end' });
      expect(stored).toEqual(expected);
      expect(seen).toEqual(['begin', ...expected]);
    },
  },
  {
    title: '[22] updateData refuses what an add would refuse, and the payload stays as it was',
    async run({ engine, queueName, afterwards }) {
      const definition = defineQueue({
        name: queueName,
        tier: 'medium',
        jobs: { notify: withDefault, any: anything },
      });
      const queue = engine.queue(definition);
      const refused: unknown[] = [];
      const consumer = queue.consumer.consume({
        async notify({ data, updateData }) {
          await updateData({ to: 'grace' });
          await updateData({ from: 'nobody' } as unknown as { to: string }).catch((error) =>
            refused.push(error),
          );
          return data;
        },
        async any({ updateData }) {
          await updateData(10n).catch((error) => refused.push(error));
        },
      });
      afterwards(() => consumer.close());
      const { id } = await queue.producer.add('notify', { to: 'ada' });
      const other = await queue.producer.add('any', 'kept');
      // What the handler holds is its own; what is kept is as it was given, without what the schema makes of it.
      expect(await ended(queue, id)).toMatchObject({
        data: { to: 'grace' },
        result: { to: 'ada', channel: 'sms' },
      });
      expect(await ended(queue, other.id)).toMatchObject({ state: 'completed', data: 'kept' });
      expect(refused).toEqual([expect.any(InvalidPayloadError), expect.any(InvalidPayloadError)]);
    },
  },
  {
    title: 'every attempt is published on the diagnostics channel',
    async run({ engine, declare, consume, queueName, afterwards }) {
      const queue = engine.queue(declare());
      const attempts: JobAttempt[] = [];
      const hear = (message: unknown) => {
        if ((message as JobAttempt).queue === queueName) attempts.push(message as JobAttempt);
      };
      subscribe(JOB_CHANNEL, hear);
      afterwards(() => unsubscribe(JOB_CHANNEL, hear));
      await consume(queue, ({ attempt }) => {
        if (attempt === 1) throw new Error('once');
      });
      const { id } = await queue.producer.add('work', null, { attempts: 2 });
      await ended(queue, id);
      const common = { engine: engine.name, queue: queueName, jobId: id, name: 'work', scheduleId: null };
      expect(attempts).toEqual([
        { ...common, attempt: 1, outcome: 'threw', error: expect.any(Error), durationMs: expect.any(Number) },
        { ...common, attempt: 2, outcome: 'succeeded', error: null, durationMs: expect.any(Number) },
      ]);
    },
  },
];
