import { startRedis, startRestEndpoint } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { observeRedis } from './redis-observer.js';

test('counts the connections of the app, and neither its own nor that of the REST endpoint', async () => {
  const redis = await startRedis();
  const endpoint = await startRestEndpoint({ redisUrl: redis.url });
  const observer = await observeRedis(redis.url);
  const app = new Redis(redis.url);
  const producer = new Redis(redis.url, { connectionName: 'producer' });
  try {
    await Promise.all([app.ping(), producer.ping()]);
    expect(await observer.connections()).toBe(2);
    expect(await observer.connections({ exceptNamed: 'producer' })).toBe(1);
  } finally {
    observer.close();
    app.disconnect();
    producer.disconnect();
    await endpoint.stop();
    await redis.stop();
  }
});
