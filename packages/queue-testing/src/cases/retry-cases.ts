import { UnrecoverableJobError, type JobOptions, type QueueDefinition } from '@switchyard/queue-contract';
import { ended, type CaseContext, type ContractCase, type WorkJobs } from '../contract-case.js';
import { eventually } from '../eventually.js';

/** Fails all attempts of one job and answers the waits between them in ms. */
async function waitsBetweenAttempts(
  { engine, declare, consume }: CaseContext,
  options: JobOptions,
  settings?: Pick<QueueDefinition<WorkJobs>, 'backoffDelayMs'>,
): Promise<readonly number[]> {
  const queue = engine.queue(declare(settings));
  const startsAtMs: number[] = [];
  await consume(queue, () => {
    startsAtMs.push(performance.now());
    throw new Error('again');
  });
  const { id } = await queue.producer.add('work', null, options);
  expect((await ended(queue, id)).state).toBe('failed');
  // Stores count whole milliseconds, so a wait may look a fraction of one shorter than it was.
  return startsAtMs.slice(1).map((at, n) => Math.ceil(at - (startsAtMs[n] ?? 0)) + 1);
}

export const retryCases: readonly ContractCase[] = [
  {
    title: 'a job that fails twice and then passes completes at its third attempt',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const attempts: unknown[] = [];
      await consume(queue, ({ attempt, attempts: all }) => {
        attempts.push([attempt, all]);
        if (attempt < 3) throw new Error(`no luck ${attempt}`);
        return 'lucky';
      });
      const { id } = await queue.producer.add('work', null, { attempts: 5 });
      const job = await ended(queue, id);
      expect(attempts).toEqual([
        [1, 5],
        [2, 5],
        [3, 5],
      ]);
      expect(job).toMatchObject({
        state: 'completed',
        attempts: 5,
        attemptsMade: 3,
        result: 'lucky',
        failedReason: null,
      });
      expect(job.stackTraces).toEqual([
        expect.stringContaining('no luck 1'),
        expect.stringContaining('no luck 2'),
      ]);
    },
  },
  {
    title: 'a job whose attempts all fail is failed, with the last reason and every stack trace',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      await consume(queue, ({ attempt }) => {
        throw new Error(`broken ${attempt}`);
      });
      const { id } = await queue.producer.add('work', null, { attempts: 2 });
      const job = await ended(queue, id);
      expect(job).toMatchObject({ state: 'failed', attemptsMade: 2, failedReason: 'broken 2', result: null });
      expect(job.stackTraces).toEqual([
        expect.stringContaining('broken 1'),
        expect.stringContaining('broken 2'),
      ]);
      expect(job.finishedAtMs).toBeGreaterThanOrEqual(job.processedAtMs ?? Infinity);
      expect(job.processedAtMs).toBeGreaterThanOrEqual(job.createdAtMs);
    },
  },
  {
    title: "attempts default to the declaration's",
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare({ defaults: { attempts: 3 } }));
      await consume(queue, () => {
        throw new Error('no');
      });
      const preset = await queue.producer.add('work', null);
      const own = await queue.producer.add('work', null, { attempts: 2 });
      expect((await ended(queue, preset.id)).attemptsMade).toBe(3);
      expect((await ended(queue, own.id)).attemptsMade).toBe(2);
    },
  },
  {
    title: 'without a backoff a job is tried again at once',
    async run(context) {
      const waits = await waitsBetweenAttempts(context, { attempts: 4 });
      expect(waits).toHaveLength(3);
      for (const waitMs of waits) expect(waitMs).toBeLessThan(1000 + context.lostMs());
    },
  },
  {
    title: 'a job between two attempts is delayed, and others go before it',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const ran: unknown[] = [];
      const retried = await queue.producer.add('work', 'retried', {
        attempts: 2,
        backoff: { type: 'fixed', delayMs: 2000 },
      });
      const next = await queue.producer.add('work', 'next');
      await consume(queue, ({ data, attempt }) => {
        ran.push(data);
        if (data === 'retried' && attempt === 1) throw new Error('once');
      });
      await ended(queue, next.id);
      const between = await queue.inspector.job(retried.id);
      expect(between).toMatchObject({ state: 'delayed', attemptsMade: 1, failedReason: 'once' });
      await ended(queue, retried.id);
      expect(ran).toEqual(['retried', 'next', 'retried']);
    },
  },
  {
    title: 'a fixed backoff waits the same every time',
    async run(context) {
      const waits = await waitsBetweenAttempts(context, {
        attempts: 4,
        backoff: { type: 'fixed', delayMs: 250 },
      });
      expect(waits).toHaveLength(3);
      for (const waitMs of waits) {
        expect(waitMs).toBeGreaterThanOrEqual(250);
        expect(waitMs).toBeLessThan(1500 + context.lostMs());
      }
    },
  },
  {
    title: '[6] an exponential backoff of d waits d, 2 d, 4 d',
    async run(context) {
      const waits = await waitsBetweenAttempts(context, {
        attempts: 4,
        backoff: { type: 'exponential', delayMs: 400 },
      });
      expect(waits).toHaveLength(3);
      for (const [n, expectedMs] of [400, 800, 1600].entries()) {
        expect(waits[n]).toBeGreaterThanOrEqual(expectedMs);
      }
      // (2ⁿ − 1) · d, the other formula in use, would make the last 2800 and all together 4400.
      expect(waits[2]).toBeLessThan(2800 + context.lostMs());
      expect(waits.reduce((sum, waitMs) => sum + waitMs, 0)).toBeLessThan(4400 + context.lostMs());
    },
  },
  {
    title: '[6] jobs that wait for their next attempt come back in the order they fall due',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const runs: unknown[] = [];
      const duesAtMs: number[] = [];
      const nextDueAtMs = new Map<unknown, number>();
      await queue.producer.addMany([
        { name: 'work', data: 1600, options: { attempts: 2, backoff: { type: 'fixed', delayMs: 1600 } } },
        { name: 'work', data: 400, options: { attempts: 3, backoff: { type: 'exponential', delayMs: 400 } } },
        { name: 'work', data: 800, options: { attempts: 2, backoff: { type: 'exponential', delayMs: 800 } } },
      ]);
      await consume(queue, ({ data, attempt, attempts }) => {
        runs.push([data, attempt]);
        if (attempt > 1) duesAtMs.push(nextDueAtMs.get(data) ?? 0);
        nextDueAtMs.set(data, Date.now() + (data as number) * 2 ** (attempt - 1));
        if (attempt < attempts) throw new Error('again');
      });
      await eventually('all attempts were made', () => runs.length === 7);
      expect(runs.slice(0, 3)).toEqual([1600, 400, 800].map((data) => [data, 1]));
      // On a machine that is not busy: at 400, 800, 400 + 800 = 1200 and 1600.
      expect(duesAtMs).toEqual([...duesAtMs].sort((a, b) => a - b));
    },
  },
  {
    title: "[7] a custom backoff waits what the queue's function answers to attempts and error",
    needs: ['custom-backoff'],
    async run(context) {
      const asked: unknown[] = [];
      const answers = [300, 0, -50, Number.NaN];
      const waits = await waitsBetweenAttempts(
        context,
        { attempts: 5, backoff: { type: 'custom' } },
        {
          backoffDelayMs(attemptsMade, error) {
            asked.push([attemptsMade, error instanceof Error, error.message]);
            return answers[attemptsMade - 1] ?? 0;
          },
        },
      );
      expect(asked).toEqual([1, 2, 3, 4].map((attemptsMade) => [attemptsMade, true, 'again']));
      expect(waits[0]).toBeGreaterThanOrEqual(300);
      for (const waitMs of waits.slice(1)) expect(waitMs).toBeLessThan(1000 + context.lostMs());
    },
  },
  {
    title: '[7] a custom backoff that throws, or that the queue no longer declares, loses no attempt',
    needs: ['custom-backoff'],
    async run({ engine, another, declare, consume }) {
      const definition = declare({
        backoffDelayMs() {
          throw new Error('cannot say');
        },
      });
      const queue = engine.queue(definition);
      const bare = (await another()).queue({ ...definition, backoffDelayMs: undefined });
      for (const consuming of [queue, bare]) {
        const consumer = await consume(consuming, ({ attempt }) => {
          if (attempt < 3) throw new Error('again');
          return 'third time';
        });
        const options = { attempts: 3, backoff: { type: 'custom' } } as const;
        const { id } = await queue.producer.add('work', null, options);
        expect(await ended(queue, id)).toMatchObject({ result: 'third time', attemptsMade: 3 });
        await consumer.close();
      }
    },
  },
  {
    title: "backoff defaults to the declaration's",
    async run({ engine, declare, consume }) {
      const queue = engine.queue(
        declare({ defaults: { attempts: 2, backoff: { type: 'fixed', delayMs: 300 } } }),
      );
      const startsAtMs: number[] = [];
      await consume(queue, () => {
        startsAtMs.push(Date.now());
        throw new Error('no');
      });
      await ended(queue, (await queue.producer.add('work', null)).id);
      expect((startsAtMs[1] ?? 0) - (startsAtMs[0] ?? 0)).toBeGreaterThanOrEqual(299);
    },
  },
  {
    title: '[23] an error is an error, whatever its name or message: the job is tried again',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const named = (name: string, message: string) => Object.assign(new Error(message), { name });
      const errors = [
        named('UnrecoverableError', 'of a library'),
        named('WaitingError', 'job moved to wait'),
        named('DelayedError', 'job moved to delayed'),
        named('RateLimitError', 'bullmq:rateLimitExceeded'),
        named('Error', 'job stalled more than allowable limit'),
        named('Error', ''),
        Object.freeze(new TypeError('frozen')),
        new AggregateError([new Error('one')], 'many'),
        new Error('x'.repeat(100_000)),
        new DOMException('aborted', 'AbortError'),
      ];
      await consume(queue, ({ data, attempt }) => {
        if (attempt === 1) throw errors[data as number];
        return attempt;
      });
      for (const [n, error] of errors.entries()) {
        const { id } = await queue.producer.add('work', n, { attempts: 2 });
        const job = await ended(queue, id);
        expect([error.name, job.state, job.result]).toEqual([error.name, 'completed', 2]);
      }
    },
  },
  {
    title: '[22] an UnrecoverableJobError fails the job at once, whatever attempts are left',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      let runs = 0;
      await consume(queue, () => {
        runs++;
        throw new UnrecoverableJobError('no such user');
      });
      const { id } = await queue.producer.add('work', null, { attempts: 5 });
      const job = await ended(queue, id);
      expect(job).toMatchObject({ state: 'failed', attemptsMade: 1, failedReason: 'no such user' });
      expect(runs).toBe(1);
    },
  },
];
