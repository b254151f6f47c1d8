import { startRedis } from '@switchyard/local-redis';
import { describeQueueEngineContract } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { createBullMqEngine } from './index.js';

/** Short enough to run out in a case that computes, and no machine stands still for half of it. */
const LOCK_MS = 4000;

describeQueueEngineContract('bullmq', async () => {
  const server = await startRedis();
  const connections: Redis[] = [];
  const makeEngine = () => {
    const connection = new Redis(server.url, { maxRetriesPerRequest: null });
    connections.push(connection);
    return createBullMqEngine({ connection, lockMs: LOCK_MS });
  };
  const engine = makeEngine();
  return {
    engine,
    another: async () => makeEngine(),
    async close() {
      await engine.close({ timeoutMs: 1000 });
      for (const connection of connections) connection.disconnect();
      await server.stop();
    },
    rerunWithinMs: 20_000,
  };
});
