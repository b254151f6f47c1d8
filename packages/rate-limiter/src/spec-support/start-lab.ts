import { createHttpRedis, type HttpRedis, type HttpRedisOptions } from '@switchyard/http-redis';
import {
  startRedis,
  startRestEndpoint,
  type RestEndpoint,
  type StartRestEndpointOptions,
} from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import type { Policies } from '../policy.js';
import { createRateLimiter, type Clocks, type RateLimiter, type RateLimiterOptions } from '../index.js';

/** A Redis with an endpoint before it. */
export interface Lab {
  readonly endpoint: RestEndpoint;
  /** Looks behind the endpoint. */
  readonly admin: Redis;
  /** With a client and a memory of its own, as another process has. */
  open<P extends Policies>(
    policies: P,
    options?: Partial<RateLimiterOptions<P>>,
    redis?: Partial<HttpRedisOptions>,
    clocks?: Clocks,
  ): RateLimiter<P>;
  /** What a metered Redis bills for something. */
  billed(action: () => Promise<unknown>): Promise<number>;
  /** As a crash would end it, with whatever is under way. */
  killEndpoint(): Promise<void>;
  /** At the same address, with the same token. */
  startEndpointAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** What is counted exactly is not to depend on a machine that stands still for a moment. */
const PATIENT_MS = 10_000;

export async function startLab(): Promise<Lab> {
  const server = await startRedis();
  // Of faults that drop an answer, those after the commands have run.
  const startEndpoint = (options: Partial<StartRestEndpointOptions> = {}) =>
    startRestEndpoint({ redisUrl: server.url, random: () => 0.75, ...options });
  let endpoint = await startEndpoint();
  const admin = new Redis(server.url);
  const opened: { close(): unknown }[] = [];
  return {
    get endpoint() {
      return endpoint;
    },
    admin,
    open(policies, options = {}, redisOptions = {}, clocks) {
      const redis: HttpRedis = createHttpRedis({ url: endpoint.url, token: endpoint.token, ...redisOptions });
      const limiter = createRateLimiter({ redis, policies, timeoutMs: PATIENT_MS, ...options }, clocks);
      opened.push(limiter, redis);
      return limiter;
    },
    billed: async (action) => (await endpoint.costOf(action)).billed,
    killEndpoint: () => endpoint.stop({ isGraceful: false }),
    async startEndpointAgain() {
      const { port, token } = endpoint;
      endpoint = await startEndpoint({ port, token });
    },
    async stop() {
      for (const each of opened) await each.close();
      await endpoint.stop();
      admin.disconnect();
      await server.stop();
    },
  };
}
