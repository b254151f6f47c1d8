import type { ByContender } from './contender.js';
import type { Costs, StampedeFigures } from './counted-cases.js';
import type { Races } from './races.js';
import type { TimedRun } from './timed-cases.js';

/** Everything one benchmark measured, before it is put into cases. */
export interface Measurements {
  /** To Redis, over TCP. */
  readonly connections: ByContender<number>;
  readonly costs: Costs;
  readonly stampede: ByContender<StampedeFigures>;
  readonly races: Races;
  /** One entry a run, in the order of the runs. */
  readonly prompt: readonly TimedRun[];
  /** The same with latency. */
  readonly slow: readonly TimedRun[];
}
