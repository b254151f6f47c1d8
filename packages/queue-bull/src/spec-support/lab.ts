import { startRedis, type RedisServer } from '@switchyard/local-redis';
import {
  defineQueue,
  type EngineQueue,
  type QueueDefinition,
  type QueueEngine,
} from '@switchyard/queue-contract';
import { anything } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { createBullEngine, type BullEngineOptions } from '../create-bull-engine.js';

const JOBS = { work: anything };

/** A Redis for one spec file and an engine for each of its tests. */
export interface Lab {
  readonly server: RedisServer;
  readonly connection: Redis;
  readonly engine: QueueEngine;
  /** What the engine of this test has reported. */
  readonly reported: string[];
  /** A queue of a name of its own with jobs named `work`. */
  declare(settings?: Partial<QueueDefinition<typeof JOBS>>): {
    readonly name: string;
    readonly queue: EngineQueue<typeof JOBS>;
  };
}

/** To be called in a `describe`: it adds the hooks that start and stop everything. */
export function useLab(options: Partial<BullEngineOptions> = {}): Lab {
  const lab = {} as { -readonly [K in keyof Lab]: Lab[K] };
  let queueNumber = 0;
  lab.declare = (settings = {}) => {
    const name = settings.name ?? `queue-${++queueNumber}`;
    const definition = defineQueue({ tier: 'medium', jobs: JOBS, ...settings, name });
    return { name, queue: lab.engine.queue(definition) };
  };
  beforeAll(async () => {
    lab.server = await startRedis();
    lab.connection = new Redis(lab.server.url, { maxRetriesPerRequest: null });
  });
  beforeEach(() => {
    const reported: string[] = (lab.reported = []);
    lab.engine = createBullEngine({
      connection: lab.connection,
      reportError: (error) => reported.push(error.message),
      ...options,
    });
  });
  afterEach(() => lab.engine.close({ timeoutMs: 1000 }));
  afterAll(async () => {
    lab.connection?.disconnect();
    await lab.server?.stop();
  });
  return lab;
}
