/** What happened to a queue's jobs in any process. */
export interface QueueEvents {
  readonly waiting: { readonly jobId: string };
  readonly active: { readonly jobId: string };
  readonly progress: { readonly jobId: string; readonly progress: unknown };
  readonly completed: { readonly jobId: string; readonly result: unknown };
  /** The job failed for good. */
  readonly failed: { readonly jobId: string; readonly reason: string };
  readonly stalled: { readonly jobId: string };
  readonly drained: Record<string, never>;
}

export interface JobEvents {
  /**
   * Resolves when the subscription is live: what happens from then on is heard. Answers a function that ends it.
   * The first listener of an engine opens a connection, the last one to go closes it.
   */
  on<E extends keyof QueueEvents>(
    event: E,
    listener: (payload: QueueEvents[E]) => void,
  ): Promise<() => Promise<void>>;

  /**
   * Waits for a job's end, in whichever process it happens, and answers its result.
   *
   * @throws JobFailedError, JobRemovedError, WaitTimeoutError, JobNotFoundError
   */
  waitForEnd(id: string, options: { readonly timeoutMs: number }): Promise<unknown>;
}
