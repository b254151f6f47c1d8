import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { closeInstances } from './instance.js';

/** A Redis for the tests of one spec file: after each, it is empty and nobody uses it any more. */
export function redisOfSpec(): Pick<RedisServer, 'url' | 'kill' | 'restart'> {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
  });

  afterEach(async () => {
    await closeInstances();
    const observer = new Redis(server.url);
    await observer.flushall();
    observer.disconnect();
  });

  afterAll(() => server.stop());

  return {
    get url() {
      return server.url;
    },
    kill: () => server.kill(),
    restart: (options) => server.restart(options),
  };
}
