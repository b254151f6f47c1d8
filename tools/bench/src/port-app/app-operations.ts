import type { Nothing } from '../operations.js';

/** What serves the queues: one engine, or the rollout between both. */
export type AppEngine = 'bullmq' | 'bull' | 'rollout';

export interface AppOptions {
  readonly engine: AppEngine;
  readonly url: string;
  /** The part of the rollout's jobs that goes to BullMQ, in percent. */
  readonly targetShare: number;
  readonly lockMs: number;
  /** Of each of the 11 queues, in this process. */
  readonly concurrency: number;
  readonly handlerMs: number;
  /** Whether it listens to a queue-wide event of every queue, which takes a connection of its own. */
  readonly listensToEvents: boolean;
  /** First part of every job id, so that several processes may add to the same queues. */
  readonly idPrefix: string;
}

/** An app with 11 queues, producer and consumer, behind the port. */
export interface AppOperations {
  /** Connects and begins to consume. First, and once. */
  open: { args: AppOptions; answer: void };
  /** From now on adds a job to each queue every `everyMs`, without waiting for the answers. */
  startLoad: { args: { everyMs: number }; answer: void };
  /** Resolves when every add under way is answered or refused. */
  stopLoad: { args: Nothing; answer: void };
  /** Adds as many jobs to each queue in bulk calls of up to 500, all queues at once; resolves when all are accepted. */
  burst: { args: { jobsPerQueue: number }; answer: void };
  sample: { args: Nothing; answer: ProcessSample };
  /** For the rollout alone; resolves when every queue is where that wants it. */
  setTargetShare: { args: { percent: number; settle: boolean }; answer: void };
  /** Jobs of all queues, by state. */
  counts: { args: Nothing; answer: Record<string, number> };
  close: { args: Nothing; answer: void };
}

export interface ProcessSample {
  readonly atMs: number;
  /** Used heap after a full garbage collection. */
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** On the connection that was lent to the engines. */
  readonly listeners: number;
  readonly sockets: number;
  readonly timers: number;
  /** Jobs in their handlers' hands. */
  readonly running: number;
}

/** A handler's success. */
export interface Run {
  readonly id: string;
  readonly queue: number;
  /** Unix ms. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** What the app tells by itself, in batches. */
export type AppNote =
  | {
      readonly type: 'account';
      /** Adds that were answered. */
      readonly added: readonly string[];
      /** Adds that were not, and said so: such a job may run or not. */
      readonly refused: readonly string[];
      readonly runs: readonly Run[];
    }
  /** A call of `reportError`. */
  | { readonly type: 'report'; readonly engine: string; readonly message: string; readonly atMs: number };
