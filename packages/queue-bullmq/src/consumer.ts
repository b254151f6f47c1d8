import {
  ClosedError,
  closeLimitMs,
  EngineUnavailableError,
  resolveConsumeOptions,
  type Consumer,
  type ConsumerEvents,
  type JobConsumer,
  type JobGate,
  type JobSchemas,
  type QueueDefinition,
  type ResolvedConsumeOptions,
} from '@switchyard/queue-contract';
import type { Job as BullMqJob, Worker } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { asError } from './as-error.js';
import { originalError } from './attempt-error.js';
import { startAttempt, type Attempt } from './attempt.js';
import type { BullMqQueue } from './bullmq-queue.js';
import { watchDrained } from './drained.js';
import { endScheduleIfOver } from './end-schedule.js';
import { LET_GO_MS } from './let-go.js';
import { createListeners } from './listeners.js';
import { callerId } from './stored-id.js';
import { backoffStrategy } from './stored-options.js';

/** BullMQ waits 15 s before it asks again after a lost connection; the connection is back long before. */
const RETRY_AFTER_FAULT_MS = 500;
/** The contract's: a job that stalls once runs again, one that stalls twice fails. */
const MAX_STALLED_COUNT = 1;

const OPEN_GATE: JobGate = { enter: async () => () => undefined };

export interface ConsumerHost<S extends JobSchemas> extends JobConsumer<S> {
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** The consumers of one queue in this process. */
export function createConsumerHost<S extends JobSchemas>(
  bullMqQueue: BullMqQueue,
  definition: QueueDefinition<S>,
): ConsumerHost<S> {
  const consumers = new Set<Consumer>();
  return {
    consume(handlers, options) {
      if (bullMqQueue.context.isClosed()) throw new ClosedError(`engine "${bullMqQueue.context.engine}"`);
      const settings = resolveConsumeOptions(definition, options);
      const consumer = startConsumer(bullMqQueue, definition, handlers, settings, () =>
        consumers.delete(consumer),
      );
      consumers.add(consumer);
      return consumer;
    },
    async close(options) {
      await Promise.all([...consumers].map((consumer) => consumer.close(options)));
    },
  };
}

function startConsumer<S extends JobSchemas>(
  bullMqQueue: BullMqQueue,
  definition: QueueDefinition<S>,
  handlers: Parameters<JobConsumer<S>['consume']>[0],
  { concurrency, limit, gate = OPEN_GATE, signal }: ResolvedConsumeOptions,
  onClosed: () => void,
): Consumer {
  const { name, context, report } = bullMqQueue;
  const { shared, prefix, patience, lockMs } = context;
  const what = `consumer of queue "${name}"`;
  const listeners = createListeners<ConsumerEvents>(report);
  const attempts = new Set<Attempt>();
  let running = 0;
  let worker: Worker | undefined;
  let closing: Promise<void> | undefined;
  let letGo: () => void = () => undefined;
  const lettingGo = new Promise<void>((resolve) => {
    letGo = resolve;
  });

  const onError = (error: unknown) => {
    if (report(error)) listeners.emit('error', { error: asError(error) });
  };

  const countingGate: JobGate = {
    async enter(entering) {
      const leave = await gate.enter(entering);
      running++;
      return () => {
        running--;
        leave();
      };
    },
  };

  const process = async (job: BullMqJob, token?: string): Promise<unknown> => {
    await endScheduleIfOver(bullMqQueue, job).catch(onError);
    const attempt = startAttempt({
      engine: context.engine,
      definition,
      handlers,
      gate: countingGate,
      job,
      token,
      report: onError,
    });
    attempts.add(attempt);
    if (closing) giveBackWaiting(); // it was on its way when nothing was to be taken any more
    try {
      return await attempt.outcome;
    } finally {
      attempts.delete(attempt);
    }
  };

  const startWorker = (): Worker => {
    const made = new shared.Worker(name, process, {
      prefix,
      concurrency,
      ...(limit && { limiter: { max: limit.max, duration: limit.durationMs } }),
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: MAX_STALLED_COUNT,
      runRetryDelay: RETRY_AFTER_FAULT_MS,
      settings: { backoffStrategy: backoffStrategy(definition, onError) },
    });
    const of = (job: BullMqJob) => ({ jobId: callerId(job.id ?? ''), name: job.name });
    made.on('error', onError);
    made.on('active', (job) => listeners.emit('active', of(job)));
    made.on('progress', (job, progress) => listeners.emit('progress', { jobId: of(job).jobId, progress }));
    made.on('completed', (job, result: unknown) =>
      listeners.emit('completed', { ...of(job), result: result ?? null }),
    );
    made.on('failed', (job, error) => {
      // BullMQ sets the time of the end only when it does not try again.
      if (job) listeners.emit('failed', { ...of(job), error: originalError(error), final: !!job.finishedOn });
    });
    made.on('stalled', (jobId) => listeners.emit('stalled', { jobId: callerId(jobId) }));
    watchDrained(bullMqQueue, made, () => listeners.emit('drained', {}), onError);
    worker = made;
    return made;
  };

  const start = async (): Promise<void> => {
    while (!closing) {
      // A worker remembers for ever that its first step failed, so it is made when the connection is up.
      await Promise.race([patience.connected(), lettingGo]);
      if (closing) return;
      let made: Worker | undefined;
      try {
        await bullMqQueue.check();
        if (closing) return;
        made = startWorker();
        return await made.waitUntilReady();
      } catch (error) {
        if (error instanceof EngineUnavailableError) throw error;
        onError(error);
        if (closing) return;
        worker = undefined;
        made?.close(true).catch(onError);
        await Promise.race([sleep(RETRY_AFTER_FAULT_MS), lettingGo]);
      }
    }
  };
  const started = start();
  started.catch(onError);

  const shut = async () => {
    if (!worker) return;
    await worker.close();
  };

  /** Without a gate nothing waits: what was taken begins. */
  const giveBackWaiting = () => {
    if (gate === OPEN_GATE) return;
    for (const attempt of attempts) {
      if (!attempt.hasBegun) attempt.giveUp(new ClosedError(what));
    }
  };

  const giveUp = () => {
    for (const attempt of attempts) attempt.giveUp(new ClosedError(what));
    setTimeout(letGo, LET_GO_MS).unref();
  };

  const close: Consumer['close'] = async ({ timeoutMs } = {}) => {
    const isFirst = closing === undefined;
    closing ??= Promise.race([shut(), lettingGo]).catch(onError);
    if (isFirst) {
      signal?.removeEventListener('abort', onAbort);
      giveBackWaiting();
      void closing.then(onClosed);
      // With Redis away and nothing running there is nothing to wait for.
      if (!worker) letGo();
      else if (context.connection.status !== 'ready' && attempts.size === 0)
        setTimeout(letGo, LET_GO_MS).unref();
    }
    const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, closeLimitMs(timeoutMs));
    await closing;
    clearTimeout(timer);
  };
  const onAbort = () => void close();
  if (signal?.aborted) void close();
  else signal?.addEventListener('abort', onAbort, { once: true });

  return {
    async ready() {
      await started;
      if (!worker || closing) throw new ClosedError(what);
    },
    on: listeners.on,
    get running() {
      return running;
    },
    close,
  };
}
