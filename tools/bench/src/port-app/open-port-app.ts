import { createBullMqEngine } from '@switchyard/queue-bullmq';
import type { EngineQueue, QueueEngine, ReportError } from '@switchyard/queue-contract';
import { createFlagSource, createRollout, type TargetShares } from '@switchyard/queue-rollout';
import { Redis } from 'ioredis';
import { hasBull, loadBull } from '../optional-bull.js';
import type { AppOptions } from './app-operations.js';
import { appQueues, type AppQueueDefinition } from './app-queues.js';

export type AppQueue = EngineQueue<AppQueueDefinition['jobs']>;

/** The 11 queues on what was asked for, as a composition root puts it together. */
export interface PortApp {
  readonly connection: Redis;
  readonly queues: readonly AppQueue[];
  /** Begins to work; after the consumers were made. */
  start(): Promise<void>;
  setTargetShare(percent: number): void;
  /** Resolves when every queue is where its flag wants it. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

type EngineOptions = Parameters<typeof createBullMqEngine>[0];
interface BullPackage {
  createBullEngine(options: EngineOptions): QueueEngine;
}

/** Every queue of both engines listens to the one connection. */
const MAX_LISTENERS = 100;
const MAX_RECONNECT_DELAY_MS = 500;
const LOADING_RETRY_MS = 200;
const SETTLE_LIMIT_MS = 120_000;

export async function openPortApp(options: AppOptions, reportError: ReportError): Promise<PortApp> {
  const { engine, url, lockMs } = options;
  const connection = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (retries) => Math.min(50 * retries, MAX_RECONNECT_DELAY_MS),
    maxLoadingRetryTime: LOADING_RETRY_MS,
  });
  connection.setMaxListeners(MAX_LISTENERS);
  connection.on('error', () => undefined);
  const end = async () => {
    if (connection.status === 'ready') await connection.quit();
    else connection.disconnect();
  };

  const engineOptions = { connection, reportError, lockMs };
  const bullmq = () => createBullMqEngine(engineOptions);
  const bull = async () => (await loadBull<BullPackage>()).createBullEngine(engineOptions);
  if (engine !== 'rollout') {
    const only = engine === 'bullmq' ? bullmq() : await bull();
    return {
      connection,
      queues: appQueues.map((definition) => only.queue(definition)),
      start: () => only.ready(),
      setTargetShare() {
        throw new Error('only a rollout has shares');
      },
      settled: async () => undefined,
      async close() {
        await only.close();
        await end();
      },
    };
  }

  const target = bullmq();
  const legacy = hasBull() ? await bull() : undefined;
  const sharesOf = (percent: number): TargetShares => new Map(appQueues.map(({ name }) => [name, percent]));
  const flags = createFlagSource(sharesOf(options.targetShare));
  const rollout = createRollout({ target, legacy, queues: appQueues, flags, reportError });
  return {
    connection,
    queues: appQueues.map((definition) => rollout.queue(definition)),
    start: () => rollout.start(),
    setTargetShare: (percent) => flags.set(sharesOf(percent)),
    async settled() {
      await Promise.all(appQueues.map(({ name }) => rollout.settled(name, { timeoutMs: SETTLE_LIMIT_MS })));
    },
    async close() {
      await rollout.close();
      await Promise.all([target.close(), legacy?.close()]);
      await end();
    },
  };
}
