import { startRedis, startRestEndpoint, type RedisServer, type RestEndpoint } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { createHttpRedis, type HttpRedisOptions } from '../create-http-redis.js';
import type { HttpRedis } from '../http-redis.js';

/** A Redis, the REST protocol in front of it, and a look from behind. */
export interface HttpLab {
  readonly server: RedisServer;
  readonly endpoint: RestEndpoint;
  readonly behind: Redis;
  client(options?: Partial<HttpRedisOptions>): HttpRedis;
  stop(): Promise<void>;
}

export async function openHttpLab(): Promise<HttpLab> {
  const server = await startRedis();
  const endpoint = await startRestEndpoint({ redisUrl: server.url });
  const behind = new Redis(server.port, server.host);
  const clients: HttpRedis[] = [];
  return {
    server,
    endpoint,
    behind,
    client(options = {}) {
      const made = createHttpRedis({ url: endpoint.url, token: endpoint.token, ...options });
      clients.push(made);
      return made;
    },
    async stop() {
      await Promise.all(clients.map((each) => each.close()));
      await endpoint.stop();
      behind.disconnect();
      await server.stop();
    },
  };
}
