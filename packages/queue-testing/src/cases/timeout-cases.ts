import { JobTimeoutError, type ConsumerEvents, type JobGate } from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

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
  {
    title:
      '[8] what a handler tells after its time-out is refused for that, and the next attempt sees nothing of it',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const told = latch();
      const seen: unknown[] = [];
      const refusals: unknown[] = [];
      await consume(queue, async ({ attempt, data, signal, updateData, updateProgress, log }) => {
        seen.push(data);
        if (attempt === 2) return told.opened;
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        // The next attempt has begun.
        await eventually('the next attempt runs', () => seen.length === 2);
        for (const call of [updateData('stale'), updateProgress('stale'), log('stale')]) {
          refusals.push(
            await call.then(
              () => 'none',
              (error: unknown) => error,
            ),
          );
        }
        told.open();
      });
      const { id } = await queue.producer.add('work', 'as added', { attempts: 2, timeoutMs: 1000 });
      await ended(queue, id);
      expect(refusals).toEqual([1, 2, 3].map(() => expect.any(JobTimeoutError)));
      expect(seen).toEqual(['as added', 'as added']);
      expect(await queue.inspector.job(id)).toMatchObject({
        state: 'completed',
        data: 'as added',
        progress: null,
      });
      expect(await queue.inspector.logs(id)).toEqual([]);
    },
  },
];
