import { setTimeout as sleep } from 'node:timers/promises';
import { ClosedError, type EngineQueue, type JobGate, type RunningJob } from '@switchyard/queue-contract';
import { ended, type CaseContext, type ContractCase, type WorkJobs } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

export const closeCases: readonly ContractCase[] = [
  {
    title: 'close waits for the jobs that run and takes no more',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const go = latch();
      const consumer = await consume(queue, () => go.opened);
      const running = await queue.producer.add('work', 1);
      const waiting = await queue.producer.add('work', 2);
      await eventually('it runs', () => consumer.running === 1);
      let closed = false;
      const closing = consumer.close().then(() => (closed = true));
      await quiet(200);
      expect(closed).toBe(false);
      expect((await queue.inspector.job(running.id))?.state).toBe('active');
      go.open();
      await closing;
      expect((await queue.inspector.job(running.id))?.state).toBe('completed');
      expect((await queue.inspector.job(waiting.id))?.state).toBe('waiting');
    },
  },
  {
    title: 'an abort signal closes the consumer',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const controller = new AbortController();
      const go = latch();
      const handle = async ({ signal }: RunningJob) => {
        await go.opened;
        return signal.aborted;
      };
      const consumer = await consume(queue, handle, { signal: controller.signal });
      const running = await queue.producer.add('work', 1);
      await eventually('it runs', () => consumer.running === 1);
      controller.abort();
      const waiting = await queue.producer.add('work', 2);
      go.open();
      expect(await ended(queue, running.id)).toMatchObject({ state: 'completed', result: false });
      await expect(consumer.ready()).rejects.toBeInstanceOf(ClosedError);
      await quiet(200);
      expect((await queue.inspector.job(waiting.id))?.state).toBe('waiting');
    },
  },
  {
    title: 'a consumer whose signal was aborted before takes no job',
    async run({ engine, declare, afterwards }) {
      const queue = engine.queue(declare());
      const { id } = await queue.producer.add('work', null);
      const handlers = { work: () => null, other: () => null };
      const consumer = queue.consumer.consume(handlers, { signal: AbortSignal.abort() });
      afterwards(() => consumer.close());
      await quiet(200);
      expect((await queue.inspector.job(id))?.state).toBe('waiting');
      await consumer.close();
    },
  },
  {
    title: 'close with timeoutMs closes without a handler that goes on; its job runs again elsewhere, once',
    async run(context) {
      const { latch } = context;
      const late = latch();
      const { signal, queue, id, runsElsewhere } = await closeWhileRunning(context, async () => {
        await late.opened;
        return 'too late';
      });
      expect(signal.aborted).toBe(true);
      late.open();
      await quiet(200);
      expect(await queue.inspector.job(id)).toMatchObject({ state: 'completed', result: 'elsewhere' });
      expect(runsElsewhere()).toBe(1);
    },
  },
  {
    title: 'an attempt that ends because of the abort at close is none: its job runs again, not failed',
    async run(context) {
      const { signal } = await closeWhileRunning(context, (abort) =>
        sleep(60_000, 'never', { signal: abort }),
      );
      expect(signal.aborted).toBe(true);
    },
  },
  {
    title: 'a close that waits can be given a limit by a second one',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const never = latch();
      const consumer = await consume(queue, () => never.opened);
      await queue.producer.add('work', null);
      await eventually('it runs', () => consumer.running === 1);
      const patient = consumer.close();
      await consumer.close({ timeoutMs: 100 });
      await patient;
    },
  },
  {
    title: 'close with timeoutMs closes earlier when the handlers end earlier',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const go = latch();
      const consumer = await consume(queue, async ({ signal }) => {
        await go.opened;
        return signal.aborted;
      });
      const { id } = await queue.producer.add('work', null);
      await eventually('it runs', () => consumer.running === 1);
      const startMs = performance.now();
      const closing = consumer.close({ timeoutMs: 30_000 });
      go.open();
      await closing;
      expect(performance.now() - startMs).toBeLessThan(10_000);
      expect(await queue.inspector.job(id)).toMatchObject({ state: 'completed', result: false });
    },
  },
  {
    title: 'a job enters the gate before its handler starts and leaves it once, whatever becomes of it',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const admit = latch();
      let entered = 0;
      let left = 0;
      let started = 0;
      const gate: JobGate = {
        async enter() {
          entered++;
          await admit.opened;
          return () => void left++;
        },
      };
      await consume(
        queue,
        ({ data }) => {
          started++;
          if (data === 'bad') throw new Error('no');
        },
        { gate, concurrency: 2 },
      );
      const bad = await queue.producer.add('work', 'bad');
      const good = await queue.producer.add('work', 'good');
      await eventually('both are at the gate', () => entered === 2);
      await quiet(100);
      expect(started).toBe(0);
      admit.open();
      expect((await ended(queue, bad.id)).state).toBe('failed');
      expect((await ended(queue, good.id)).state).toBe('completed');
      expect([entered, started, left]).toEqual([2, 2, 2]);
    },
  },
  {
    title:
      'close hands a job back at once that waits at the gate: it waits, has no attempt less, and runs elsewhere',
    async run({ engine, another, declare, consume, latch }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const admit = latch();
      const go = latch();
      let entered = 0;
      const gate: JobGate = {
        async enter() {
          // Lets in the first; heeds no signal.
          if (++entered > 1) await admit.opened;
          return () => undefined;
        },
      };
      const ran: unknown[] = [];
      const failures: Error[] = [];
      const handle = async ({ data }: RunningJob) => {
        ran.push(data);
        await go.opened;
      };
      const consumer = await consume(queue, handle, { gate, concurrency: 2 });
      consumer.on('failed', ({ error }) => failures.push(error));
      consumer.on('error', ({ error }) => failures.push(error));
      const first = await queue.producer.add('work', 'first');
      await eventually('the first runs', () => consumer.running === 1);
      const { id } = await queue.producer.add('work', 'second', { attempts: 1 });
      await eventually('the second is at the gate', () => entered === 2);
      const closing = consumer.close();
      const stateOf = async (jobId: string) => (await queue.inspector.job(jobId))?.state;
      await eventually('it waits again', async () => (await stateOf(id)) === 'waiting');
      // The close still waits for the one that runs.
      expect([await stateOf(first.id), consumer.running]).toEqual(['active', 1]);
      admit.open();
      await quiet(100);
      expect([await stateOf(id), ran]).toEqual(['waiting', ['first']]);
      go.open();
      await closing;
      expect((await ended(queue, first.id)).state).toBe('completed');
      expect(failures).toEqual([]);
      const attempts: number[] = [];
      await consume((await another()).queue(definition), ({ attempt }) => void attempts.push(attempt));
      expect(await ended(queue, id)).toMatchObject({ state: 'completed', attemptsMade: 1 });
      expect(attempts).toEqual([1]);
    },
  },
  {
    title: 'a job that waits at the gate when its consumer gives up runs elsewhere, not failed',
    async run({ engine, another, declare, consume, rerunWithinMs }) {
      const definition = declare();
      const queue = engine.queue(definition);
      let waiting = 0;
      const gate: JobGate = {
        enter(signal) {
          waiting++;
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          });
        },
      };
      let ran = 0;
      const consumer = await consume(queue, () => void ran++, { gate });
      const { id } = await queue.producer.add('work', null);
      await eventually('it is at the gate', () => waiting === 1);
      await consumer.close({ timeoutMs: 100 });
      const elsewhere = (await another()).queue(definition);
      await consume(elsewhere, () => 'elsewhere');
      const job = await eventually(
        'it runs elsewhere',
        () => elsewhere.inspector.job(id),
        (found) => found?.state === 'completed' || found?.state === 'failed',
        rerunWithinMs,
      );
      expect(job).toMatchObject({ state: 'completed', result: 'elsewhere' });
      expect(ran).toBe(0);
    },
  },
];

/** Closes a consumer with a limit while its only attempt of one runs, and lets another instance have the job. */
async function closeWhileRunning(
  { engine, another, declare, consume, latch, rerunWithinMs }: CaseContext,
  handle: (signal: AbortSignal) => unknown,
): Promise<{
  signal: AbortSignal;
  queue: EngineQueue<WorkJobs>;
  id: string;
  runsElsewhere: () => number;
}> {
  const definition = declare();
  const queue = engine.queue(definition);
  const started = latch();
  let signal = AbortSignal.abort();
  const consumer = await consume(queue, async (job) => {
    signal = job.signal;
    started.open();
    return handle(job.signal);
  });
  const { id } = await queue.producer.add('work', null);
  await started.opened;
  expect(signal.aborted).toBe(false);
  const closedAtMs = performance.now();
  await consumer.close({ timeoutMs: 150 });
  expect(performance.now() - closedAtMs).toBeLessThan(5000);
  const elsewhere = (await another()).queue(definition);
  let runs = 0;
  await consume(elsewhere, () => {
    runs++;
    return 'elsewhere';
  });
  const job = await eventually(
    'it runs elsewhere',
    () => elsewhere.inspector.job(id),
    (found) => found?.state === 'completed' || found?.state === 'failed',
    rerunWithinMs,
  );
  expect(job).toMatchObject({ state: 'completed', result: 'elsewhere' });
  return { signal, queue: elsewhere, id, runsElsewhere: () => runs };
}
