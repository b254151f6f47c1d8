import type { JobReference } from './job.js';
import type { JobOptions } from './job-options.js';
import type { JobInput, JobName, JobSchemas } from './queue-definition.js';

export type NewJob<S extends JobSchemas> = {
  readonly [N in JobName<S>]: {
    readonly name: N;
    readonly data: JobInput<S, N>;
    readonly options?: JobOptions;
  };
}[JobName<S>];

export interface JobProducer<S extends JobSchemas = JobSchemas> {
  /**
   * Queues one job. The payload is checked against its schema and stored as it was given, as JSON in which
   * `undefined` is `null`; the handler gets what the schema makes of it.
   *
   * @throws InvalidPayloadError (what JSON cannot carry, too), UnknownJobNameError, InvalidOptionError — nothing is
   *   queued then
   * @throws EngineUnavailableError when the store did not answer in time; the job may or may not be queued
   */
  add<N extends JobName<S>>(name: N, data: JobInput<S, N>, options?: JobOptions): Promise<JobReference<N>>;

  /**
   * Queues many jobs, in order. All are checked before the first is queued. A fault of the store in the middle
   * may leave a first part of them queued; ids make a second call safe.
   */
  addMany(jobs: readonly NewJob<S>[]): Promise<readonly JobReference<JobName<S>>[]>;
}
