import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  NonErrorThrownError,
  UnrecoverableJobError,
  type Consumer,
  type ConsumeOptions,
  type ConsumerEvents,
  type EngineQueue,
} from '@switchyard/queue-contract';
import { startSandbox, type Sandbox, type SandboxOptions } from '@switchyard/sandboxed-handlers';
import { ended, type CaseContext, type ContractCase, type WorkJobs } from '../contract-case.js';
import { eventually } from '../eventually.js';

/** Engines under test that lock for less have to renew the lock meanwhile. */
const LONGER_THAN_A_LOCK_MS = 5000;

interface Sandboxed {
  readonly queue: EngineQueue<WorkJobs>;
  readonly consumer: Consumer;
  readonly sandbox: Sandbox<WorkJobs>;
  readonly failures: ConsumerEvents['failed'][];
}

async function consumeInSandbox(
  { engine, declare, afterwards }: CaseContext,
  { sandboxOptions, ...options }: ConsumeOptions & { readonly sandboxOptions?: SandboxOptions } = {},
): Promise<Sandboxed> {
  const definition = declare();
  const file = new URL('./sandbox-handlers.mjs', import.meta.url);
  const sandbox = await startSandbox(definition, file, { graceMs: 200, ...sandboxOptions });
  afterwards(() => sandbox.close({ timeoutMs: 0 }));
  const queue = engine.queue(definition);
  const consumer = queue.consumer.consume(sandbox.handlers, options);
  afterwards(() => consumer.close({ timeoutMs: 1000 }));
  const failures: ConsumerEvents['failed'][] = [];
  consumer.on('failed', (failure) => failures.push(failure));
  await consumer.ready();
  return { queue, consumer, sandbox, failures };
}

export const sandboxCases: readonly ContractCase[] = [
  {
    title: '[20] handlers of a file run in other processes and learn everything about their job',
    async run(context) {
      const { engine, queueName } = context;
      const { queue, sandbox } = await consumeInSandbox(context);
      const data = { deed: 'introduce', text: 'ä✓', nothing: null };
      const { id } = await queue.producer.add('other', data, { attempts: 3 });
      const { result, createdAtMs } = await ended(queue, id);
      expect(result).toEqual({
        id,
        name: 'other',
        queue: queueName,
        engine: engine.name,
        data,
        attempt: 1,
        attempts: 3,
        createdAtMs,
        scheduleId: null,
        pid: sandbox.processIds[0],
      });
      expect(sandbox.processIds).not.toContain(process.pid);
    },
  },
  {
    title: '[20] jobs of a file run at once in a process each, as many as the concurrency allows',
    async run(context) {
      const { queue, sandbox } = await consumeInSandbox(context, { concurrency: 3 });
      const rest = { name: 'work' as const, data: { deed: 'rest', forMs: 1000 } };
      const pids: unknown[] = [];
      for (const { id } of await queue.producer.addMany([rest, rest, rest, rest])) {
        pids.push((await ended(queue, id)).result);
      }
      expect(sandbox.processIds).toHaveLength(3);
      expect(new Set(pids)).toEqual(new Set(sandbox.processIds));
    },
  },
  {
    title: '[20] results arrive from a process as from a handler in this one',
    async run(context) {
      const { queue } = await consumeInSandbox(context);
      const results = [null, 0, '', false, [], {}, 'text', { deep: [1, { x: null }] }];
      const jobs = [...results, undefined].map((_, n) => ({
        name: 'work' as const,
        data: { deed: 'answer', results, n },
      }));
      const kept: unknown[] = [];
      for (const { id } of await queue.producer.addMany(jobs)) kept.push((await ended(queue, id)).result);
      expect(kept).toEqual([...results, null]);
      const { id } = await queue.producer.add('work', { deed: 'answerCircle' });
      expect(await ended(queue, id)).toMatchObject({ state: 'failed', attemptsMade: 1 });
    },
  },
  {
    title: '[20] progress and logs arrive from a process as from a handler in this one',
    async run(context) {
      const { queue, consumer } = await consumeInSandbox(context);
      const heard: unknown[] = [];
      consumer.on('progress', ({ progress }) => heard.push(progress));
      const { id } = await queue.producer.add('work', { deed: 'tell' });
      expect((await ended(queue, id)).progress).toEqual({ step: 'half', at: 0.5 });
      expect(await queue.inspector.logs(id)).toEqual(['first line', 'zweite Zeile ✓']);
      await eventually('progress was reported', () => heard.length === 2);
      expect(heard).toEqual([10, { step: 'half', at: 0.5 }]);
    },
  },
  {
    title: '[20] a payload that a process changes is what its next attempt begins with',
    async run(context) {
      const { queue } = await consumeInSandbox(context);
      const { id } = await queue.producer.add('work', { deed: 'changeOnce', step: 1 }, { attempts: 2 });
      expect(await ended(queue, id)).toMatchObject({
        result: 2,
        attemptsMade: 2,
        data: { deed: 'changeOnce', step: 2 },
      });
    },
  },
  {
    title: '[20] errors arrive from a process as from a handler in this one, and the job is retried',
    async run(context) {
      const { queue, failures } = await consumeInSandbox(context);
      const single = await queue.producer.add('work', { deed: 'failOnce' }, { attempts: 2 });
      expect(await ended(queue, single.id)).toMatchObject({
        state: 'completed',
        result: 'lucky',
        attemptsMade: 2,
        stackTraces: [expect.stringMatching(/no luck\n +at .*sandbox-handlers\.mjs/)],
      });
      const text = await queue.producer.add('work', { deed: 'throwText' });
      expect(await ended(queue, text.id)).toMatchObject({
        state: 'failed',
        failedReason: expect.stringContaining('text'),
      });
      await eventually('both were reported', () => failures.length === 2);
      expect(failures).toMatchObject([
        { jobId: single.id, final: false, error: { name: 'TypeError', code: 'E_LUCK', status: 503 } },
        { jobId: text.id, final: true, error: expect.any(NonErrorThrownError) },
      ]);
      expect(failures[0]?.error).toBeInstanceOf(TypeError);
    },
  },
  {
    title: '[20] an UnrecoverableJobError from a process fails the job whatever attempts are left',
    async run(context) {
      const { queue, failures } = await consumeInSandbox(context);
      const { id } = await queue.producer.add('work', { deed: 'failForGood' }, { attempts: 5 });
      expect(await ended(queue, id)).toMatchObject({
        state: 'failed',
        failedReason: 'for good',
        attemptsMade: 1,
      });
      await eventually('it was reported', () => failures.length === 1);
      expect(failures[0]?.error).toBeInstanceOf(UnrecoverableJobError);
    },
  },
  {
    title: '[20] timeoutMs aborts the signal in the process',
    async run(context) {
      const { queue, failures, sandbox } = await consumeInSandbox(context, {
        sandboxOptions: { graceMs: 10_000 },
      });
      const before = sandbox.processIds;
      // Not in its log: what it tells after its time-out is refused.
      const folder = await mkdtemp(join(tmpdir(), 'switchyard-case-'));
      context.afterwards(() => rm(folder, { recursive: true }));
      const report = join(folder, 'report');
      const payload = { deed: 'stopWhenAborted', report };
      const { id } = await queue.producer.add('work', payload, { timeoutMs: 200 });
      expect(await ended(queue, id)).toMatchObject({
        state: 'failed',
        failedReason: expect.stringContaining('200 ms'),
      });
      await eventually('it was reported', () => failures.length === 1);
      expect(failures[0]?.error).toMatchObject({ code: 'SWITCHYARD_JOB_TIMEOUT' });
      await eventually('the handler saw it', async () => existsSync(report));
      expect(await readFile(report, 'utf8')).toBe('aborted by JobTimeoutError');
      expect(sandbox.processIds).toEqual(before);
    },
  },
  {
    title:
      '[20] a handler that goes on after its time-out is ended with its process, unlike one in this process',
    async run(context) {
      const { queue, sandbox } = await consumeInSandbox(context, { sandboxOptions: { processes: 2 } });
      const { id } = await queue.producer.add('work', { deed: 'goOnOnce' }, { attempts: 2, timeoutMs: 1000 });
      expect(await ended(queue, id)).toMatchObject({ result: 'in time', attemptsMade: 2 });
      const [pid] = await queue.inspector.logs(id);
      await eventually('its process is gone', () => !sandbox.processIds.map(String).includes(String(pid)));
    },
  },
  {
    title: '[20] a handler that ends its process, or is killed, fails its attempt alone and is retried',
    async run(context) {
      const { queue, failures } = await consumeInSandbox(context, { concurrency: 2 });
      const neighbour = await queue.producer.add('work', { deed: 'compute', forMs: 500 });
      for (const [deed, how] of [
        ['exitOnce', { exitCode: 0, exitSignal: null }],
        ['killOnce', { exitCode: null, exitSignal: 'SIGKILL' }],
      ] as const) {
        const { id } = await queue.producer.add('work', { deed }, { attempts: 2 });
        expect(await ended(queue, id)).toMatchObject({
          state: 'completed',
          result: 'survived',
          attemptsMade: 2,
        });
        const failure = await eventually('it was reported', () => failures.pop());
        expect(failure).toMatchObject({
          jobId: id,
          final: false,
          error: { code: 'SWITCHYARD_SANDBOX_CRASHED', ...how },
        });
      }
      expect((await ended(queue, neighbour.id)).result).toBe('computed');
    },
  },
  {
    title: '[20] a job that computes without a pause neither stalls nor holds up this process',
    async run(context) {
      const { another, declare, consume } = context;
      const { queue, consumer } = await consumeInSandbox(context);
      const { id } = await queue.producer.add('work', { deed: 'compute', forMs: LONGER_THAN_A_LOCK_MS });
      await eventually('it runs', () => consumer.running === 1);
      let elsewhere = 0;
      const rival = await consume((await another()).queue(declare()), () => ++elsewhere);
      const stalled: string[] = [];
      for (const each of [consumer, rival]) each.on('stalled', ({ jobId }) => stalled.push(jobId));
      let ticks = 0;
      const ticking = setInterval(() => ticks++, 10);
      try {
        expect(await ended(queue, id)).toMatchObject({ result: 'computed', attemptsMade: 1 });
      } finally {
        clearInterval(ticking);
      }
      expect(ticks).toBeGreaterThan(30);
      expect([elsewhere, stalled]).toEqual([0, []]);
    },
  },
  {
    title: '[20] close waits for a job in a process',
    async run(context) {
      const { queue, consumer, sandbox } = await consumeInSandbox(context);
      const { id } = await queue.producer.add('work', { deed: 'compute', forMs: 500 });
      await eventually('it runs', () => consumer.running === 1);
      await consumer.close();
      expect(await queue.inspector.job(id)).toMatchObject({ state: 'completed', result: 'computed' });
      await sandbox.close();
      expect(sandbox.processIds).toEqual([]);
    },
  },
  {
    title: '[20] close with timeoutMs ends a process that goes on; its job runs again elsewhere, not failed',
    async run(context) {
      const { another, declare, consume, rerunWithinMs } = context;
      const { queue, consumer, sandbox } = await consumeInSandbox(context);
      const { id } = await queue.producer.add('work', { deed: 'compute', forMs: 60_000 });
      await eventually('it runs', () => consumer.running === 1);
      await consumer.close({ timeoutMs: 150 });
      await eventually('its process is gone', () => sandbox.processIds.length === 0);
      const elsewhere = (await another()).queue(declare());
      await consume(elsewhere, () => 'elsewhere');
      const job = await eventually(
        'it runs elsewhere',
        () => queue.inspector.job(id),
        (found) => found?.state === 'completed' || found?.state === 'failed',
        rerunWithinMs,
      );
      expect(job).toMatchObject({ state: 'completed', result: 'elsewhere' });
    },
  },
];
