import type { Contender } from '../benchmark.js';
import { hasBull } from '../optional-bull.js';

export type ContenderId = 'bull' | 'bullmq-options' | 'bullmq-shared' | 'ours';

export const contenders: readonly (Contender & { readonly id: ContenderId })[] = [
  ...(hasBull() ? [{ id: 'bull' as const, title: 'Bull' }] : []),
  { id: 'bullmq-options', title: 'BullMQ, options' },
  { id: 'bullmq-shared', title: 'BullMQ, one ioredis' },
  { id: 'ours', title: 'shared connections' },
];

export const BASELINE: ContenderId = 'bullmq-options';

export const queueNames: readonly string[] = Array.from({ length: 11 }, (_, index) => `queue-${index + 1}`);

/** What a benchmark's job carries. */
export interface Ticket {
  readonly number: number;
}

export interface WorkerOptions {
  /** Of each of the 11 workers. */
  readonly concurrency: number;
  /** Called when an attempt begins, with the time the job was due (its creation plus its delay), in Unix ms. */
  readonly handle: (ticket: Ticket, dueAtMs: number) => Promise<void>;
  /** The worker's own event, not the queue-wide one. */
  readonly onCompleted: (ticket: Ticket) => void;
}

/** An app with 11 queues, built with the contender's own API and defaults. */
export interface ContenderApp {
  /** Resolves when Redis has accepted the job. */
  add(queue: number, ticket: Ticket, delayMs?: number): Promise<void>;
  /** One bulk call. */
  addMany(queue: number, tickets: readonly Ticket[]): Promise<void>;
  /**
   * Makes the 11 workers; they work from `start` on, where the contender can tell one from the other (Bull opens its
   * blocking connection at `start`). Once per app.
   */
  makeWorkers(options: WorkerOptions): Promise<{ start(): void }>;
  /** Listens to the queue-wide completed event of all 11 queues; resolves when it is listening. */
  listenToEvents(): Promise<void>;
  close(): Promise<void>;
}
