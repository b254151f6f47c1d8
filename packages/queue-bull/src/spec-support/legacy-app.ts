import { startRedis, type RedisServer } from '@switchyard/local-redis';
import {
  defineQueue,
  UNNAMED_JOB,
  type Consumer,
  type EngineQueue,
  type QueueDefinition,
  type QueueEngine,
  type RunningJob,
} from '@switchyard/queue-contract';
import { anything } from '@switchyard/queue-testing';
import Bull from 'bull';
import { Redis } from 'ioredis';
import { createBullEngine } from '../create-bull-engine.js';

/** The names that the legacy app's jobs have. */
export const LEGACY_JOBS = { [UNNAMED_JOB]: anything, send: anything, sync: anything };

type LegacyQueue = EngineQueue<typeof LEGACY_JOBS>;

/** An app on plain Bull, and the engine that takes its queues over, on one Redis. */
export interface LegacyApp {
  readonly connection: Redis;
  readonly engine: QueueEngine;
  /** A queue of a name of its own, as the legacy app has it and as the engine has it. */
  both(settings?: Partial<QueueDefinition<typeof LEGACY_JOBS>>): {
    readonly name: string;
    readonly legacy: Bull.Queue;
    readonly definition: QueueDefinition<typeof LEGACY_JOBS>;
    readonly queue: LegacyQueue;
  };
  /** A queue object of plain Bull that is closed with the others. */
  legacyQueue(name: string, options: Bull.QueueOptions): Bull.Queue;
  newName(): string;
  closeLegacy(): Promise<void>;
  close(): Promise<void>;
}

/** @param Version the Bull that the app is on */
export function startLegacyApp(url: string, Version = Bull): LegacyApp {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const engine = createBullEngine({ connection });
  const legacyQueues: Bull.Queue[] = [];
  let queueNumber = 0;

  const app: LegacyApp = {
    connection,
    engine,
    both(settings = {}) {
      const name = app.newName();
      const legacy = new Version(name, url);
      legacyQueues.push(legacy);
      const definition = defineQueue({ name, tier: 'medium', jobs: LEGACY_JOBS, ...settings });
      return { name, legacy, definition, queue: engine.queue(definition) };
    },
    legacyQueue(name, options) {
      const legacy = new Version(name, options);
      legacyQueues.push(legacy);
      return legacy;
    },
    newName: () => `legacy-${++queueNumber}`,
    async closeLegacy() {
      for (const queue of legacyQueues.splice(0)) await queue.close();
    },
    async close() {
      await app.closeLegacy();
      await engine.close();
      connection.disconnect();
    },
  };
  return app;
}

/** To be called in a `describe`: a Redis, an app on plain Bull and the engine, for all its tests. */
export function useLegacyApp(Version = Bull): LegacyApp & { readonly server: RedisServer } {
  let server: RedisServer | undefined;
  let app: LegacyApp | undefined;
  beforeAll(async () => {
    server = await startRedis();
    app = startLegacyApp(server.url, Version);
  });
  afterEach(() => app?.closeLegacy());
  afterAll(async () => {
    await app?.close();
    await server?.stop();
  });
  const started = <T>(what: T | undefined): T => {
    if (what === undefined) throw new Error('only while tests run');
    return what;
  };
  return {
    get server() {
      return started(server);
    },
    get connection() {
      return started(app).connection;
    },
    get engine() {
      return started(app).engine;
    },
    both: (settings) => started(app).both(settings),
    legacyQueue: (name, options) => started(app).legacyQueue(name, options),
    newName: () => started(app).newName(),
    closeLegacy: () => started(app).closeLegacy(),
    close: () => started(app).close(),
  };
}

/** Consumes jobs of every name with one handler. */
export function consumeAll(queue: LegacyQueue, handle: (job: RunningJob) => unknown): Consumer {
  return queue.consumer.consume({ [UNNAMED_JOB]: handle, send: handle, sync: handle });
}
