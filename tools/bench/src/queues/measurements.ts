import type { ContenderId } from './contender.js';
import type { JobCost } from './counted-cases.js';
import type { IdleFigures } from './idle-case.js';
import type { Loss } from './loss-case.js';
import type { TimedFigures } from './timed-cases.js';

/** Everything one benchmark measured, before it is put into cases. */
export interface Measurements {
  readonly idle: Partial<Record<ContenderId, IdleFigures>>;
  readonly sparseInstant: Partial<Record<ContenderId, JobCost>>;
  readonly sparse50Ms: Partial<Record<ContenderId, JobCost>>;
  readonly burst: Partial<Record<ContenderId, JobCost>>;
  /** One entry a run, in the order of the runs. */
  readonly timed: Partial<Record<ContenderId, TimedFigures[]>>;
  /** Milliseconds, one entry a loss. */
  readonly losses: Readonly<Record<Loss, Partial<Record<ContenderId, number[]>>>>;
}
