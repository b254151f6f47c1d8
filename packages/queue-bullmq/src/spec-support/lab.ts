import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { defineQueue, type EngineQueue, type QueueDefinition } from '@switchyard/queue-contract';
import { anything } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { createBullMqEngine, type BullMqEngine, type BullMqEngineOptions } from '../index.js';

const JOBS = { work: anything };
export type LabQueue = EngineQueue<typeof JOBS>;

/** A Redis for one spec file and an engine for each of its tests. */
export interface Lab {
  readonly server: RedisServer;
  readonly connection: Redis;
  readonly engine: BullMqEngine;
  /** What the engine of this test has reported. */
  readonly reported: string[];
  /** A queue of a name of its own with jobs named `work`. */
  declare(settings?: Partial<Omit<QueueDefinition<typeof JOBS>, 'name'>>): {
    readonly definition: QueueDefinition<typeof JOBS>;
    readonly name: string;
    readonly queue: LabQueue;
  };
}

/** To be called once, at the top of a file: it adds the hooks that start and stop everything. */
export function useLab(options: Partial<BullMqEngineOptions> = {}): Lab {
  const lab = {} as { -readonly [K in keyof Lab]: Lab[K] };
  let queueNumber = 0;
  lab.declare = (settings = {}) => {
    const name = `queue-${++queueNumber}`;
    const definition = defineQueue({ name, tier: 'medium', jobs: JOBS, ...settings });
    return { definition, name, queue: lab.engine.queue(definition) };
  };
  beforeAll(async () => {
    lab.server = await startRedis();
    lab.connection = new Redis(lab.server.url, { maxRetriesPerRequest: null });
  });
  beforeEach(() => {
    const reported: string[] = (lab.reported = []);
    lab.engine = createBullMqEngine({
      connection: lab.connection,
      reportError: ({ message }) => void reported.push(message),
      ...options,
    });
  });
  afterEach(() => lab.engine.close({ timeoutMs: 500 }));
  afterAll(async () => {
    lab.connection?.disconnect();
    await lab.server?.stop();
  });
  return lab;
}
