import type {
  Consumer,
  ConsumeOptions,
  EngineCapability,
  EngineQueue,
  Job,
  QueueDefinition,
  QueueEngine,
  RunningJob,
  StandardSchema,
} from '@switchyard/queue-contract';
import { eventually } from './eventually.js';
import type { Latch } from './latch.js';

/** One promise of the port. Its title is what a reader learns the contract from; `[n]` numbers a known difference between Bull and BullMQ; its cases share it. */
export interface ContractCase {
  readonly title: string;
  /** An engine that declares one of these as a gap answers the case with an UnsupportedByEngineError. */
  readonly needs?: readonly EngineCapability[];
  run(context: CaseContext): Promise<void>;
}

/** The jobs of the queue that most cases use. */
export type WorkJobs = { readonly work: StandardSchema<unknown>; readonly other: StandardSchema<unknown> };

export interface CaseContext {
  readonly engine: QueueEngine;
  /** See EngineUnderTest. */
  readonly rerunWithinMs: number;
  /** Another engine on the same store, closed after the case. */
  another(): Promise<QueueEngine>;
  /** A queue name that no other case uses; the same within the case. */
  readonly queueName: string;
  /** Declares a queue under {@link queueName} with jobs `work` and `other`, whose payloads may be anything. */
  declare(settings?: Omit<QueueDefinition<WorkJobs>, 'name' | 'tier' | 'jobs'>): QueueDefinition<WorkJobs>;
  /** Runs both jobs of a queue with one handler; resolves when it takes jobs. Closed after the case. */
  consume(
    queue: EngineQueue<WorkJobs>,
    handler: (job: RunningJob) => unknown,
    options?: ConsumeOptions,
  ): Promise<Consumer>;
  /** A latch that is opened after the case at the latest, so that no handler is left behind. */
  latch(): Latch;
  /** How long this process did not get to run since the case began, in ms: what is measured may be so much later. */
  lostMs(): number;
  /** Runs at the end of the case, last registered first. */
  afterwards(clean: () => unknown): void;
}

/** Waits until the job has completed or failed for good, and answers it. */
export async function ended(queue: Pick<EngineQueue, 'inspector'>, id: string): Promise<Job> {
  const job = await eventually(
    `job "${id}" ends`,
    () => queue.inspector.job(id),
    (found) => found?.state === 'completed' || found?.state === 'failed',
  );
  return job as Job;
}
