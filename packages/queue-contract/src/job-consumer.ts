import type { JobGate } from './job-gate.js';
import type {
  JobInput,
  JobName,
  JobOutput,
  JobResult,
  JobSchemas,
  WorkerSettings,
} from './queue-definition.js';

/**
 * A job in its handler's hands.
 *
 * Once the attempt has ended (by its time-out, by the consumer's giving up, or because the handler has), the last three
 * change nothing any more: they reject with what has ended it, such as the JobTimeoutError or the reason of `signal`,
 * or with a ClosedError after a success. Who does not wait for them hears nothing of it.
 */
export interface RunningJob<Name extends string = string, Data = unknown, Input = Data> {
  readonly id: string;
  readonly name: Name;
  readonly queue: string;
  readonly engine: string;
  readonly data: Data;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly attempts: number;
  readonly createdAtMs: number;
  readonly scheduleId: string | null;
  /** Aborted when the attempt times out or the consumer gives up waiting for it at its close. */
  readonly signal: AbortSignal;
  /** Any JSON value. */
  updateProgress(progress: unknown): Promise<void>;
  log(line: string): Promise<void>;
  /**
   * Replaces the payload, so that a later attempt goes on where this one has got to. Checked and stored like that of
   * an add; `data` stays what this attempt began with.
   *
   * @throws InvalidPayloadError — the payload stays as it is then
   */
  updateData(data: Input): Promise<void>;
}

/**
 * A function per declared name. What it answers becomes the job's result (JSON; `undefined` becomes `null`), of the
 * type that the declaration gives, if it gives one; what it throws fails the attempt, and an UnrecoverableJobError the job.
 */
export type JobHandlers<S extends JobSchemas = JobSchemas> = {
  readonly [N in JobName<S>]: (
    job: RunningJob<N, JobOutput<S, N>, JobInput<S, N>>,
  ) => JobResult<S, N> | Promise<JobResult<S, N>>;
};

export interface ConsumeOptions extends WorkerSettings {
  /** Closes the consumer when aborted. */
  readonly signal?: AbortSignal;
  readonly gate?: JobGate;
}

/** What one consumer, in this process, did. */
export interface ConsumerEvents {
  readonly active: { readonly jobId: string; readonly name: string };
  readonly progress: { readonly jobId: string; readonly progress: unknown };
  readonly completed: { readonly jobId: string; readonly name: string; readonly result: unknown };
  /** An attempt failed; `final` says whether it was the last. */
  readonly failed: {
    readonly jobId: string;
    readonly name: string;
    readonly error: Error;
    readonly final: boolean;
  };
  readonly stalled: { readonly jobId: string };
  readonly drained: Record<string, never>;
  readonly error: { readonly error: Error };
}

export interface Consumer {
  /** Resolves when it has begun to take jobs. */
  ready(): Promise<void>;
  /** Answers a function that ends the subscription. */
  on<E extends keyof ConsumerEvents>(event: E, listener: (payload: ConsumerEvents[E]) => void): () => void;
  /** Jobs whose handlers run at this moment. */
  readonly running: number;
  /**
   * Takes no more jobs, gives those back that wait at the gate, which costs them no attempt, waits for those that run,
   * and lets go of what it held in the store. After `timeoutMs` (default: no limit) their signals are aborted and it
   * closes without them: such a job runs again elsewhere. More than a timer holds, `Infinity` too, is nearly 25 days;
   * less than 0 is 0.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

export interface JobConsumer<S extends JobSchemas = JobSchemas> {
  /** Concurrency and limit default to the declaration's. */
  consume(handlers: JobHandlers<S>, options?: ConsumeOptions): Consumer;
}
