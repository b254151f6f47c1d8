import { createHttpRedis, type HttpRedis, type HttpRedisOptions } from '@switchyard/http-redis';
import { startRedis, startRestEndpoint, type RedisServer, type RestEndpoint } from '@switchyard/local-redis';
import { Redis } from 'ioredis';

/** A Redis of the spec's own, an endpoint in front of it, and a way to look into it that passes both. */
export interface RedisOverHttp {
  readonly server: RedisServer;
  readonly endpoint: RestEndpoint;
  readonly inside: Redis;
  /** A client of the endpoint, closed by `stop`. */
  connect(options?: Partial<HttpRedisOptions>): HttpRedis;
  /** Commands that a metered Redis would bill for what `work` does. */
  billed(work: () => Promise<unknown>): Promise<number>;
  stop(): Promise<void>;
}

export async function startRedisOverHttp(): Promise<RedisOverHttp> {
  const server = await startRedis();
  const endpoint = await startRestEndpoint({ redisUrl: server.url });
  const inside = new Redis(server.url);
  const clients: HttpRedis[] = [];
  return {
    server,
    endpoint,
    inside,
    connect(options = {}) {
      const client = createHttpRedis({ url: endpoint.url, token: endpoint.token, ...options });
      clients.push(client);
      return client;
    },
    billed: async (work) => (await endpoint.costOf(work)).billed,
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      inside.disconnect();
      await endpoint.stop();
      await server.stop();
    },
  };
}
