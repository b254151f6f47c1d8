import type { Nothing } from '../operations.js';
import type { ContenderId } from './contender.js';

/** What the benchmark asks of a contender's process, by name. One at a time. */
export interface ContenderOperations {
  /** Connects the 11 queues. First, and once. */
  open: { args: { contender: ContenderId; url: string }; answer: void };
  /** Makes and starts the 11 workers; their handler takes `handlerMs`. */
  startWorkers: { args: { concurrency: number; handlerMs: number }; answer: void };
  listenToEvents: { args: Nothing; answer: void };
  /** Adds a job, waits for its end, and answers `restMs` later. */
  runOne: { args: { queue: number; delayMs?: number; restMs?: number }; answer: OneJob };
  /** Adds `count` jobs, round the queues, each as soon as the one before is accepted; then waits for their ends. */
  addOneByOne: { args: { count: number }; answer: { addMs: number[] } };
  /** Adds as many jobs to each queue in one bulk call, all queues at once, and waits for their ends. */
  burst: { args: { jobsPerQueue: number }; answer: void };
  /** Adds as many jobs to each queue; nobody works yet. */
  fill: { args: { jobsPerQueue: number }; answer: void };
  /** Makes the workers and, once they stand, clocks from their start to the end of the last job filled in. */
  drain: { args: { concurrency: number }; answer: { durationMs: number; cpuMs: number } };
  /** Closes everything, after which the process may open again. */
  close: { args: Nothing; answer: void };
}

export interface OneJob {
  /** From the call of add until Redis had accepted the job. */
  readonly addMs: number;
  /** From the call of add until the worker said "completed". */
  readonly latencyMs: number;
  /** From the time the job was due until its handler began, of a clock that ticks in whole milliseconds. */
  readonly latenessMs: number;
}
