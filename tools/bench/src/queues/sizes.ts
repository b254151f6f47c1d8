import { BASELINE, type ContenderId } from './contender.js';

/** How much of everything one run of the benchmark does. */
export interface Sizes {
  /** From the start of the workers to the start of counting: connections settle, first polls are over. */
  readonly idleSettleMs: number;
  readonly idleMs: number;
  readonly countedJobs: number;
  readonly burstJobsPerQueue: number;
  readonly runs: number;
  readonly warmUpJobsPerQueue: number;
  readonly drainedJobsPerQueue: number;
  readonly addedJobs: number;
  readonly sparseJobs: number;
  readonly delayedJobs: number;
  /** How often a marker and a timer are lost. */
  readonly losses: number;
  /** Whose. Shared connections take half a minute to make one good, stock BullMQ five seconds. */
  readonly lossesOf: readonly ContenderId[];
}

export const FULL: Sizes = {
  // A whole number of the periods that contenders have by default (5, 30 and 120 s) would catch one tick more or
  // less by chance at its edges; starting 7 s in keeps the edges off all of them.
  idleSettleMs: 7_000,
  idleMs: 150_000,
  // Few enough to be over before the stalled check that every worker makes 30 s after its start.
  countedJobs: 66,
  burstJobsPerQueue: 100,
  runs: 5,
  warmUpJobsPerQueue: 100,
  drainedJobsPerQueue: 1_000,
  addedJobs: 2_200,
  sparseJobs: 165,
  delayedJobs: 20,
  losses: 2,
  lossesOf: [BASELINE, 'ours'],
};

export const QUICK: Sizes = {
  idleSettleMs: 500,
  idleMs: 2_000,
  countedJobs: 3,
  burstJobsPerQueue: 10,
  runs: 1,
  warmUpJobsPerQueue: 1,
  drainedJobsPerQueue: 20,
  addedJobs: 22,
  sparseJobs: 11,
  delayedJobs: 2,
  losses: 1,
  lossesOf: [BASELINE],
};
