import type { Job, JobState } from './job.js';

export type JobCounts = Readonly<Record<JobState, number>>;

export interface JobInspector {
  job(id: string): Promise<Job | null>;
  /**
   * Jobs in any of the states; waiting ones in the order they will run, others newest first. `offset` and `limit` are
   * integers, 0 or more; `limit` defaults to 100.
   *
   * @throws InvalidOptionError
   */
  jobs(
    states: readonly JobState[],
    page?: { readonly offset?: number; readonly limit?: number },
  ): Promise<readonly Job[]>;
  counts(): Promise<JobCounts>;
  /**
   * The id of the job that an add under this de-duplication id would be one with: one that has not ended, or, given a
   * time to live, whichever the time began with. `null` when such an add would be a new job; that costs one command.
   */
  deduplicated(deduplicationId: string): Promise<string | null>;
  /** What handlers logged, oldest first. */
  logs(id: string): Promise<readonly string[]>;
  /** Puts a failed job back to wait. @throws JobNotFoundError, JobStateError */
  retry(id: string): Promise<void>;
  /** Makes a delayed job wait no longer. @throws JobNotFoundError, JobStateError */
  promote(id: string): Promise<void>;
  /**
   * Answers whether there was one. Of a schedule's firing only this one is skipped: the schedule goes on with the next.
   *
   * @throws JobStateError while it is active
   */
  remove(id: string): Promise<boolean>;
  /**
   * Removes up to `limit` (default 1000) jobs that ended at least `olderThanMs` ago; answers their ids. Both are
   * integers, 0 or more.
   *
   * @throws InvalidOptionError
   */
  clean(
    state: 'completed' | 'failed',
    options: { readonly olderThanMs: number; readonly limit?: number },
  ): Promise<readonly string[]>;
}
