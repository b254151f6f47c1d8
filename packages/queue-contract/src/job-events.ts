import type { JobReference } from './job.js';
import type { JobName, JobResult, JobSchemas } from './queue-definition.js';

/** What happened to a queue's jobs in any process. */
export interface QueueEvents {
  /** A job came to wait. Whether one that is tried again at once is told again is up to the engine. */
  readonly waiting: { readonly jobId: string };
  readonly active: { readonly jobId: string };
  readonly progress: { readonly jobId: string; readonly progress: unknown };
  readonly completed: { readonly jobId: string; readonly result: unknown };
  /** The job failed for good. */
  readonly failed: { readonly jobId: string; readonly reason: string };
  readonly stalled: { readonly jobId: string };
  /** No job waits any more; delayed ones may be left. May be told more than once. */
  readonly drained: Record<string, never>;
}

/** What a result is to those who read it. */
export type StoredResult<Result> = Result extends undefined | void ? null : Result;

export interface JobEvents<S extends JobSchemas = JobSchemas> {
  /**
   * Resolves when the subscription is live: what happens from then on is heard. Answers a function that ends it.
   * The first listener of an engine opens a connection, the last one to go closes it.
   */
  on<E extends keyof QueueEvents>(
    event: E,
    listener: (payload: QueueEvents[E]) => void,
  ): Promise<() => Promise<void>>;

  /**
   * Waits for a job's end, in whichever process it happens, and answers its result. Given what `add` answered, the
   * result has the type that this job's declaration gives; given an id alone, that of any job of the queue. `timeoutMs`
   * is more than 0 and at most 2 147 483 647.
   *
   * @throws JobFailedError, JobRemovedError, WaitTimeoutError, JobNotFoundError
   * @throws InvalidOptionError for such a limit, or a reference to another queue's job
   */
  waitForEnd<N extends JobName<S> = JobName<S>>(
    job: JobReference<N> | string,
    options: { readonly timeoutMs: number },
  ): Promise<StoredResult<JobResult<S, N>>>;
}
