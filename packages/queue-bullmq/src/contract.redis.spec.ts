import { startRedis } from '@switchyard/local-redis';
import { describeQueueEngineContract } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { createBullMqEngine } from './index.js';

describeQueueEngineContract('bullmq', async () => {
  const server = await startRedis();
  const connections: Redis[] = [];
  const makeEngine = () => {
    const connection = new Redis(server.url, { maxRetriesPerRequest: null });
    connections.push(connection);
    return createBullMqEngine({ connection, lockMs: 1000 });
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
    rerunWithinMs: 10_000,
  };
});
