import { startRedis } from '@switchyard/local-redis';
import { describeQueueEngineContract } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { createBullEngine } from './create-bull-engine.js';

describeQueueEngineContract('bull', async () => {
  const server = await startRedis();
  const lent: Redis[] = [];
  const make = () => {
    const connection = new Redis(server.url, { maxRetriesPerRequest: null });
    lent.push(connection);
    return createBullEngine({ connection });
  };
  const engine = make();
  return {
    engine,
    another: () => Promise.resolve(make()),
    async close() {
      await engine.close({ timeoutMs: 1000 });
      for (const connection of lent) connection.disconnect();
      await server.stop();
    },
  };
});
