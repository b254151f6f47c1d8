import {
  defineQueue,
  type Consumer,
  type ConsumeOptions,
  type EngineCapability,
  type EngineQueue,
  type Job,
  type QueueDefinition,
  type QueueEngine,
  type RunningJob,
  type StandardSchema,
} from '@switchyard/queue-contract';
import type { EngineUnderTest } from './engine-under-test.js';
import { eventually } from './eventually.js';
import { createLatch, type Latch } from './latch.js';
import { anything } from './payload-schemas.js';

/** One promise of the port. Its title is what a reader learns the contract from; `[n]` is a row of PITFALLS.md. */
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
  /** Runs at the end of the case, last registered first. */
  afterwards(clean: () => unknown): void;
}

let queues = 0;

/** Runs a case and cleans up behind it, whether it passes or not. */
export async function runCase(contractCase: ContractCase, tested: EngineUnderTest): Promise<void> {
  const cleanups: (() => unknown)[] = [];
  const afterwards = (clean: () => unknown) => void cleanups.unshift(clean);
  const latches: Latch[] = [];
  const queueName = `contract-${process.pid}-${++queues}`;
  const context: CaseContext = {
    engine: tested.engine,
    rerunWithinMs: tested.rerunWithinMs ?? 10_000,
    queueName,
    afterwards,
    async another() {
      const engine = await tested.another();
      afterwards(() => engine.close({ timeoutMs: 1000 }));
      return engine;
    },
    declare: (settings = {}) =>
      defineQueue({
        name: queueName,
        tier: 'medium',
        jobs: { work: anything, other: anything },
        ...settings,
      }),
    async consume(queue, handler, options) {
      const consumer = queue.consumer.consume({ work: handler, other: handler }, options);
      afterwards(() => consumer.close({ timeoutMs: 1000 }));
      await consumer.ready();
      return consumer;
    },
    latch() {
      const latch = createLatch();
      latches.push(latch);
      return latch;
    },
  };
  const problems: unknown[] = [];
  const attempt = async (step: () => unknown) => {
    try {
      await step();
    } catch (problem) {
      problems.push(problem);
    }
  };
  await attempt(() => contractCase.run(context));
  for (const latch of latches) latch.open();
  for (const clean of cleanups) await attempt(clean);
  if (problems.length > 0) throw problems[0];
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
