import {
  billedCommands,
  commandsBetween,
  parseCommandStats,
  startRedis,
  startRestEndpoint,
  type RedisServer,
  type RestEndpoint,
} from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { createHttpRedis, type HttpRedisOptions } from '../create-http-redis.js';
import type { HttpRedis } from '../http-redis.js';

/** What a piece of work cost. */
export interface Cost {
  readonly requests: number;
  readonly billed: number;
  /** Calls by lower-case command. */
  readonly calls: ReadonlyMap<string, number>;
}

/** A Redis, the REST protocol in front of it, and a look from behind. */
export interface HttpLab {
  readonly server: RedisServer;
  readonly endpoint: RestEndpoint;
  readonly behind: Redis;
  client(options?: Partial<HttpRedisOptions>): HttpRedis;
  costOf(work: () => Promise<unknown>): Promise<Cost>;
  stop(): Promise<void>;
}

export async function openHttpLab(): Promise<HttpLab> {
  const server = await startRedis();
  const endpoint = await startRestEndpoint({ redisUrl: server.url });
  const behind = new Redis(server.port, server.host);
  const clients: HttpRedis[] = [];
  const stats = async () => parseCommandStats(await behind.info('commandstats'));
  return {
    server,
    endpoint,
    behind,
    client(options = {}) {
      const made = createHttpRedis({ url: endpoint.url, token: endpoint.token, ...options });
      clients.push(made);
      return made;
    },
    async costOf(work) {
      const [requests, before] = [endpoint.requests, await stats()];
      await work();
      const after = await stats();
      return {
        requests: endpoint.requests - requests,
        billed: billedCommands(before, after),
        calls: commandsBetween(before, after),
      };
    },
    async stop() {
      await Promise.all(clients.map((each) => each.close()));
      await endpoint.stop();
      behind.disconnect();
      await server.stop();
    },
  };
}
