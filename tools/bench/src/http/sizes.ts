import type { TimedOperation } from './http-operations.js';

/** How much of everything one run of the benchmark does. */
export interface Sizes {
  /** Before anything is timed: calls of each operation, by one caller and by many. */
  readonly warmUpCalls: number;
  readonly countedCalls: number;
  /** Of keys whose commands are counted while windows pass; a whole number of the four for which an expiry holds. */
  readonly countedWindows: number;
  readonly countedRejections: number;
  readonly stampedes: number;
  readonly raceWindowMs: number;
  readonly runs: number;
  /** With the latency on, which leaves less to chance. */
  readonly slowRuns: number;
  /** Each run's calls of a contender are made in so many parts, the other contenders' in between. */
  readonly parts: number;
  /** By one caller, in each run; with the latency on fewer. */
  readonly calls: number;
  readonly slowCalls: number;
  /** More where a p95 is judged, and where only one of five calls is sent. */
  readonly slowCallsOf: Partial<Record<TimedOperation, number>>;
  /** By all callers together, in each run. */
  readonly concurrentCalls: number;
  readonly slowConcurrentCalls: number;
}

/** What the endpoint adds when it is slow. */
export const SLOW_MS = 20;
export const CALLERS = 50;
export const STAMPEDE_CALLERS = 1_000;
/** Of a window or bucket that callers race for. */
export const RACE_LIMIT = 20;
/** From three quarters of a window on: the rest of that one, one whole, and most of a third. */
export const RACED_WINDOWS = 2.75;

export const FULL: Sizes = {
  warmUpCalls: 400,
  countedCalls: 200,
  countedWindows: 8,
  countedRejections: 100,
  stampedes: 3,
  raceWindowMs: 1_000,
  runs: 5,
  slowRuns: 3,
  parts: 4,
  calls: 400,
  slowCalls: 16,
  slowCallsOf: { sliding: 80, lease: 40 },
  concurrentCalls: 1_000,
  slowConcurrentCalls: 500,
};

export const QUICK: Sizes = {
  warmUpCalls: 2,
  countedCalls: 50,
  countedWindows: 4,
  countedRejections: 100,
  stampedes: 1,
  raceWindowMs: 200,
  runs: 1,
  slowRuns: 1,
  parts: 1,
  calls: 4,
  slowCalls: 2,
  slowCallsOf: {},
  concurrentCalls: 50,
  slowConcurrentCalls: 50,
};
