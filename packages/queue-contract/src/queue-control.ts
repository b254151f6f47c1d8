export interface QueueControl {
  /** No process starts another job of this queue until `resume`; running ones finish. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  isPaused(): Promise<boolean>;
  /**
   * Removes the jobs that wait, and the delayed ones too when asked; active ones and schedules stay. Of a schedule whose
   * firing waits, the next firing comes; one that is delayed stays.
   */
  removeWaiting(options?: { readonly delayed?: boolean }): Promise<void>;
}
