import { isNativeError } from 'node:util/types';
import { createAttemptCalls } from './attempt-calls.js';
import {
  ClosedError,
  InvalidPayloadError,
  JobTimeoutError,
  NonErrorThrownError,
  UnknownJobNameError,
  UnrecoverableJobError,
} from './errors.js';
import { publishAttempt, type JobAttempt } from './job-channel.js';
import type { JobHandlers, RunningJob } from './job-consumer.js';
import type { JobGate } from './job-gate.js';
import { parsePayload } from './payload.js';
import type { JobSchemas, QueueDefinition } from './queue-definition.js';

export interface JobRun<S extends JobSchemas = JobSchemas> {
  readonly definition: QueueDefinition<S>;
  readonly handlers: JobHandlers<S>;
  readonly job: Omit<RunningJob, 'signal'>;
  readonly timeoutMs?: number | undefined;
  /** Aborted when the consumer gives the attempt up at its close. */
  readonly signal: AbortSignal;
  readonly gate?: JobGate | undefined;
}

/**
 * Runs one attempt the way the contract wants it on every engine: waits for the gate, checks name and payload,
 * calls the handler with a signal that obeys `timeoutMs`, and answers a result in which `undefined` is `null`.
 *
 * An attempt whose signal is aborted before the gate has let it in is none: it rejects with the signal's reason.
 *
 * A handler that goes on after its time-out cannot be stopped; its late answer is dropped, its late error is
 * swallowed, and what it tells of its job is refused.
 *
 * @throws UnknownJobNameError, InvalidPayloadError — see {@link isUnrecoverable}
 * @throws JobTimeoutError, NonErrorThrownError, or what the handler threw
 */
export async function runJob<S extends JobSchemas>(run: JobRun<S>): Promise<unknown> {
  const { definition, handlers, job, timeoutMs, gate } = run;
  const leave = gate ? await gate.enter(run.signal) : () => {};
  if (gate && run.signal.aborted) {
    // The job was given back while the gate let it in.
    leave();
    throw run.signal.reason;
  }
  const startedAt = performance.now();
  let outcome: JobAttempt['outcome'] = 'refused';
  let error: Error | null = null;
  let lasting = run.signal;
  let end: { readonly reason: unknown } | undefined;
  try {
    const data = await parsePayload(definition, job.name, job.data);
    const handler = handlers[job.name];
    if (!handler) throw new UnknownJobNameError(definition.name, job.name, Object.keys(handlers));
    outcome = 'threw';
    const checkData = (changed: unknown) => parsePayload(definition, job.name, changed);
    const result = await withTimeout(run, (signal) => {
      lasting = signal;
      const calls = createAttemptCalls(job, checkData, () => end ?? (signal.aborted ? signal : undefined));
      return handler({ ...job, ...calls, data, signal } as Parameters<typeof handler>[0]);
    });
    outcome = 'succeeded';
    return result ?? null;
  } catch (thrown) {
    // An error may come from another realm, such as a vm context.
    error = thrown instanceof Error || isNativeError(thrown) ? thrown : new NonErrorThrownError(thrown);
    if (error instanceof JobTimeoutError && timeoutMs !== undefined) outcome = 'timed-out';
    throw error;
  } finally {
    leave();
    const { engine, queue, id, name, attempt, scheduleId } = job;
    const what = `attempt ${attempt} of job "${id}" of queue "${queue}"`;
    end = { reason: lasting.aborted ? lasting.reason : (error ?? new ClosedError(what)) };
    const durationMs = performance.now() - startedAt;
    publishAttempt({ engine, queue, jobId: id, name, attempt, scheduleId, outcome, error, durationMs });
  }
}

/** Whether trying the same job again cannot help, so that an engine must not retry it. */
export function isUnrecoverable(error: unknown): boolean {
  return error instanceof UnrecoverableJobError || isRefusal(error);
}

/**
 * Whether the declaration has no place for the job: nobody had it in hand yet, and declared rightly it can be tried
 * again. An engine keeps such a job although its retention would remove it at once.
 */
export function isRefusal(error: unknown): boolean {
  return error instanceof UnknownJobNameError || error instanceof InvalidPayloadError;
}

async function withTimeout<S extends JobSchemas>(
  { definition, job, timeoutMs, signal }: JobRun<S>,
  call: (signal: AbortSignal) => unknown,
): Promise<unknown> {
  if (timeoutMs === undefined) return call(signal);
  const timeout = new AbortController();
  const error = new JobTimeoutError(definition.name, job.id, timeoutMs);
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // First, or a handler that hands on the abort of what it waits for would say why in its own words.
      reject(error);
      timeout.abort(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([call(AbortSignal.any([signal, timeout.signal])), expired]);
  } finally {
    clearTimeout(timer);
  }
}
