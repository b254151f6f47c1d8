import type { SharedConnections } from '@switchyard/bullmq-shared-connections';
import { ClosedError, EngineUnavailableError } from '@switchyard/queue-contract';
import type { Queue } from 'bullmq';
import { isQueueOfBull } from './bull-keys.js';
import type { Connection } from './connection.js';
import type { FaultReport } from './fault-report.js';
import { firstSlot } from './schedule-slots.js';
import type { Patience } from './patience.js';

/** What every part of the engine works with. */
export interface EngineContext {
  /** The engine's name, which appears in jobs, logs and metrics. */
  readonly engine: string;
  readonly connection: Connection;
  readonly shared: SharedConnections;
  readonly prefix: string;
  readonly patience: Patience;
  readonly faults: FaultReport;
  /** How long a worker may be silent before its job is given to another. Renewed at half time. */
  readonly lockMs: number;
  isClosed(): boolean;
  /** Calls once when the engine begins to close. Answers a function that ends the subscription. */
  onClose(listener: () => void): () => void;
}

/** BullMQ's own queue of one name, made at its first use, and what surrounds it. */
export interface BullMqQueue {
  readonly name: string;
  readonly context: EngineContext;
  /** The Redis key of one of the queue's own structures, or of a job by its stored id. */
  key(type: string): string;
  report(error: unknown): boolean;
  /** Before anything else is done with the queue. @throws EngineUnavailableError when it is Bull's */
  check(): Promise<void>;
  /** See {@link Patience.run}. @throws ClosedError */
  use<T>(work: (queue: Queue) => Promise<T>, options?: { readonly again?: boolean }): Promise<T>;
  close(): Promise<void>;
}

export function createBullMqQueue(context: EngineContext, name: string): BullMqQueue {
  const { engine, prefix } = context;
  let opened: Queue | undefined;
  let isChecked = false;
  const report = (error: unknown) => context.faults.report(error, name);
  const assertOpen = () => {
    if (context.isClosed()) throw new ClosedError(`engine "${engine}"`);
  };

  const key = (type: string) => `${prefix}:${name}:${type}`;

  const check = async () => {
    if (isChecked) return;
    if (await isQueueOfBull(context.connection, key)) {
      const problem = `"${prefix}:${name}:*" holds a queue of Bull, on whose keys BullMQ would lose jobs; take another prefix`;
      throw new EngineUnavailableError(engine, problem);
    }
    isChecked = true;
  };

  const ready = async (): Promise<Queue> => {
    await check();
    assertOpen();
    if (!opened) {
      opened = new context.shared.Queue(name, {
        prefix,
        settings: { repeatStrategy: firstSlot },
      });
      opened.on('error', report);
    }
    const queue = opened;
    try {
      await queue.waitUntilReady();
    } catch (error) {
      // BullMQ remembers for ever that its first step failed.
      if (opened === queue) opened = undefined;
      queue.close().catch(report);
      throw error;
    }
    return queue;
  };

  return {
    name,
    context,
    key,
    report,
    check,
    async use(work, options) {
      assertOpen();
      return context.patience.run(async () => work(await ready()), options);
    },
    async close() {
      await opened?.close();
    },
  };
}
