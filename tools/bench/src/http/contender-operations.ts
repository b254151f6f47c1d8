import type { ContenderId, Place, RaceRule } from './contender.js';
import type { HttpOperation, RacedAlgorithm } from './http-operations.js';

/** What the benchmark asks of a contender's process, by name. One at a time. */
export interface ContenderOperations {
  /** First, and once. */
  open: { args: { contender: ContenderId; place: Place }; answer: void };
  /** Makes a fresh batch ready; `run` works it off. */
  prepare: { args: { operation: HttpOperation; calls: number; isSlow: boolean }; answer: void };
  /** The next calls of the batch, made by so many callers at once, each as soon as its last one is answered. */
  run: { args: { calls: number; callers: number }; answer: Ran };
  /** Callers who want to be admitted to one key without pause, from three quarters of a window on. */
  race: {
    args: { algorithm: RacedAlgorithm; rule: RaceRule; callers: number; durationMs: number };
    answer: RaceFigures;
  };
  /** All ask for one key that is nowhere, at once; to fetch its value takes `fetchMs`. */
  stampede: { args: { callers: number; fetchMs: number }; answer: { fetches: number } };
}

export interface Ran {
  /** Of each call. */
  readonly latenciesMs: readonly number[];
  /** Of all together. */
  readonly durationMs: number;
}

export interface RaceFigures {
  /** In all. */
  readonly admitted: number;
  /** The most in one window, wherever it begins. */
  readonly mostInOneWindow: number;
}
