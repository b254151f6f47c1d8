import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  JOB_CHANNEL,
  NonErrorThrownError,
  type ConsumerEvents,
  type JobAttempt,
  type RunningJob,
} from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';
import { eventually } from '../eventually.js';

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
