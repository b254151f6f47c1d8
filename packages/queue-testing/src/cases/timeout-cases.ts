import { JobTimeoutError, type ConsumerEvents, type JobGate } from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';
import { quiet } from '../eventually.js';

export const timeoutCases: readonly ContractCase[] = [
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
];
