import {
  isRefusal,
  JobNotFoundError,
  runJob,
  storableValue,
  type JobGate,
  type JobHandlers,
  type JobSchemas,
  type QueueDefinition,
  type RunningJob,
} from '@switchyard/queue-contract';
import { WaitingError, type Job as BullMqJob, type KeepJobs } from 'bullmq';
import { asError } from './as-error.js';
import { attemptError } from './attempt-error.js';
import { LET_GO_MS } from './let-go.js';
import { storableData } from './storable-data.js';
import { callerId } from './stored-id.js';
import type { StoredOptions } from './stored-options.js';

/** What BullMQ's errors are marked with when a job is not there. */
const MISSING_KEY = -1;

export interface AttemptRequest<S extends JobSchemas> {
  readonly engine: string;
  readonly definition: QueueDefinition<S>;
  readonly handlers: JobHandlers<S>;
  readonly gate: JobGate;
  readonly job: BullMqJob;
  /** Of the worker that took the job: its right to put it back. */
  readonly token: string | undefined;
  readonly report: (error: unknown) => void;
}

/** A job in a worker's hands, from when it was taken. */
export interface Attempt {
  /** What BullMQ is to wait for: the result, or an error it understands. */
  readonly outcome: Promise<unknown>;
  /** Whether the gate has let it in. */
  readonly hasBegun: boolean;
  /** Aborts the handler's signal, puts the job back for somebody else and waits for the handler no longer. */
  giveUp(reason: Error): void;
}

export function startAttempt<S extends JobSchemas>(request: AttemptRequest<S>): Attempt {
  const { engine, definition, handlers, gate, job, token, report } = request;
  const controller = new AbortController();
  const { timeoutMs } = job.opts as StoredOptions;
  let hasBegun = false;
  const notingGate: JobGate = {
    async enter(signal) {
      const leave = await gate.enter(signal);
      hasBegun = true;
      return leave;
    },
  };

  const run = runJob({
    definition,
    handlers,
    job: runningJob(engine, definition.name, job),
    timeoutMs,
    signal: controller.signal,
    gate: notingGate,
  });
  const handled = run.then(storableValue).catch((thrown: unknown) => {
    // It has been put back: it did not fail, and is no longer this worker's to say so of.
    if (controller.signal.aborted) return abandoned;
    if (isRefusal(thrown) && removesAtOnce(job.opts.removeOnFail)) job.opts.removeOnFail = false;
    throw attemptError(asError(thrown));
  });
  let abandon: () => void = () => undefined;
  const abandoned = new Promise<never>((_, reject) => {
    abandon = () => {
      const leave = () => reject(new WaitingError());
      // A worker of BullMQ whose job never leaves it never closes, and keeps its timers and the process.
      const limit = setTimeout(leave, LET_GO_MS);
      // Back to the front of the queue and without counting the attempt. When even that fails, the lock runs out.
      void job
        .moveToWait(token)
        .catch(report)
        .finally(() => {
          clearTimeout(limit);
          leave();
        });
    };
  });
  handled.catch(() => undefined);
  abandoned.catch(() => undefined);
  return {
    outcome: Promise.race([handled, abandoned]),
    get hasBegun() {
      return hasBegun;
    },
    giveUp(reason) {
      if (controller.signal.aborted) return;
      abandon();
      controller.abort(reason);
    },
  };
}

function runningJob(engine: string, queue: string, job: BullMqJob): Omit<RunningJob, 'signal'> {
  const id = callerId(job.id ?? '');
  const unlessGone = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      throw (error as { readonly code?: unknown }).code === MISSING_KEY
        ? new JobNotFoundError(queue, id)
        : error;
    }
  };
  return {
    id,
    name: job.name,
    queue,
    engine,
    data: job.data as unknown,
    attempt: job.attemptsMade + 1,
    attempts: job.opts.attempts || 1,
    createdAtMs: job.timestamp,
    scheduleId: job.repeatJobKey === undefined ? null : callerId(job.repeatJobKey),
    updateProgress: async (progress) => unlessGone(job.updateProgress(storableValue(progress) as object)),
    log: (line) => unlessGone(job.log(line)),
    updateData: async (data) => unlessGone(job.updateData(storableData(queue, job.name, data))),
  };
}

function removesAtOnce(retention: boolean | number | KeepJobs | undefined): boolean {
  const count = typeof retention === 'object' ? retention.count : retention;
  return count === true || count === 0;
}
