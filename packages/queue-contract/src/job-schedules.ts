import type { JobOptions } from './job-options.js';
import type { JobInput, JobName, JobSchemas } from './queue-definition.js';

/** When a schedule fires. */
export type ScheduleRule =
  /** A cron expression of five fields, or six with seconds first; `timeZone` is an IANA name, default `UTC`. */
  | { readonly cron: string; readonly timeZone?: string }
  /** Every `everyMs` (1000 or more). */
  | { readonly everyMs: number };

export interface Schedule<S extends JobSchemas = JobSchemas, N extends JobName<S> = JobName<S>> {
  /** 1 to 512 bytes, unique within the queue. */
  readonly id: string;
  readonly rule: ScheduleRule;
  readonly name: N;
  readonly data: JobInput<S, N>;
  /** For every job that it fires. An id, delay or de-duplication makes no sense here and is refused. */
  readonly options?: Omit<JobOptions, 'id' | 'delayMs' | 'deduplication'>;
  /** Milliseconds since the epoch after which it fires no more. */
  readonly endAtMs?: number;
  /** How many more times it fires at most. */
  readonly remainingRuns?: number;
}

/**
 * A schedule as an engine holds it. Nothing is left open in it: a rule in cron names its time zone, and `options` are
 * those of every firing, with the queue's defaults as they were at the `upsert`. So they move to another engine.
 */
export interface ActiveSchedule<S extends JobSchemas = JobSchemas> extends Schedule<S> {
  readonly engine: string;
  /** When it fires next, in ms since the epoch. */
  readonly nextRunAtMs: number;
}

export interface JobSchedules<S extends JobSchemas = JobSchemas> {
  /**
   * Creates the schedule, or changes the one with this id. Calling it again with the same content changes
   * nothing, however many instances do. The queue's defaults for its jobs are part of the content: an upsert after they
   * changed gives the coming firings the new ones. A firing that is due and that nobody has taken belongs to the
   * schedule: it is the `nextRunAtMs`, takes part in a change and goes with `remove` and `suspend`.
   *
   * @param firstRunAtMs when it fires first, in ms since the epoch; later firings follow the rule, and an interval
   *   counts from here. One that has passed fires at once, once, and is not looked at again while the content stays
   *   the same. Default: the pending slot while the rule stays, else the rule's next, for an interval one interval from now.
   * @throws InvalidOptionError, InvalidPayloadError, UnknownJobNameError
   */
  upsert<N extends JobName<S>>(
    schedule: Schedule<S, N>,
    options?: { readonly firstRunAtMs?: number },
  ): Promise<ActiveSchedule<S>>;
  get(id: string): Promise<ActiveSchedule<S> | null>;
  list(): Promise<readonly ActiveSchedule<S>[]>;
  /** Removes the schedule and its pending firing. Answers whether there was one. */
  remove(id: string): Promise<boolean>;

  /**
   * Takes the schedule and its pending firing away in one step and keeps both aside: it fires no more until it is
   * resumed or upserted again, and a crash loses nothing. `null` when there is none.
   *
   * @throws InvalidOptionError, InvalidPayloadError, UnknownJobNameError for one that an app without this port left and
   *   that `upsert` would refuse: it goes on firing where it is
   */
  suspend(id: string): Promise<ActiveSchedule<S> | null>;
  /** What was suspended and not yet forgotten or resumed. */
  suspended(): Promise<readonly ActiveSchedule<S>[]>;
  /** Puts a suspended schedule back; a firing that came due meanwhile happens at once. */
  resume(id: string): Promise<ActiveSchedule<S> | null>;
  /** Drops a suspended schedule for good: it lives elsewhere now. */
  forget(id: string): Promise<void>;
}
