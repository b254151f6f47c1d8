/**
 * What several consumers share so that a queue's concurrency and rate limit hold for all of them together: a job
 * that was taken enters before its handler starts. A consumer that closes gives those that still wait here back.
 */
export interface JobGate {
  /**
   * Resolves with a function to call once when the job has left.
   * Rejects with the signal's reason when it is aborted first.
   */
  enter(signal: AbortSignal): Promise<() => void>;
}
