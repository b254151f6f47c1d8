import { startRedis } from '@switchyard/local-redis';
import { describeQueueEngineContract } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { startEngine } from './engine.js';

/** A job that its consumer let go of runs again when its lock is seen to be gone. */
const QUICK_TUNING = { lockMs: 1000, stalledCheckMs: 500 };

describeQueueEngineContract('bullmq', async () => {
  const server = await startRedis();
  const connections: Redis[] = [];
  const makeEngine = () => {
    const connection = new Redis(server.url, { maxRetriesPerRequest: null });
    connections.push(connection);
    return startEngine({ connection }, QUICK_TUNING);
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
