/**
 * Where a job stands. Engines that keep prioritised or paused jobs in places of their own report them as
 * `waiting`: a caller never sees an engine's bookkeeping.
 */
export type JobState = 'waiting' | 'delayed' | 'active' | 'completed' | 'failed';

export const JOB_STATES: readonly JobState[] = ['waiting', 'delayed', 'active', 'completed', 'failed'];

/** The name of a job that was added without one (Bull allows that); a queue declares it like any other name. */
export const UNNAMED_JOB = '__default__';

/** What `add` answers: which job it is, and the name it was added under. */
export interface JobReference<Name extends string = string> {
  /** 1 to 512 bytes of UTF-8, unique within the queue. */
  readonly id: string;
  readonly name: Name;
  readonly queue: string;
}

/** A picture of a job at one moment: plain data, not kept up to date. */
export interface Job<Data = unknown> extends JobReference {
  readonly data: Data;
  readonly state: JobState;
  /** The name of the engine that holds it. */
  readonly engine: string;
  /** 1 is first; `null` comes after every number. */
  readonly priority: number | null;
  /** How long it was asked to wait before its first attempt, in ms. */
  readonly delayMs: number;
  /** How many attempts it may take in all. */
  readonly attempts: number;
  /** How many attempts have ended, in success or failure. */
  readonly attemptsMade: number;
  /** Milliseconds since the epoch, as the three below. */
  readonly createdAtMs: number;
  readonly processedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** The schedule that fired it, if one did. */
  readonly scheduleId: string | null;
  /** What the handler last passed to `updateProgress`, else `null`. */
  readonly progress: unknown;
  /** What the handler answered, once completed; `undefined` reads as `null`. */
  readonly result: unknown;
  /** Why the last attempt failed, if it did. */
  readonly failedReason: string | null;
  /** One stack trace per failed attempt, oldest first. */
  readonly stackTraces: readonly string[];
}
