import { createHttpRedis, type HttpRedis, type HttpRedisOptions } from '@switchyard/http-redis';
import { startRedis, startRestEndpoint, type RedisServer, type RestEndpoint } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { COMPLETE_CLAIM } from '../complete-claim.lua.js';
import { createIdempotency, type Claim, type ClaimOutcome, type Idempotency } from '../index.js';
import type { IdempotencyOptions } from '../index.js';
import { recordKey, type IdempotencyKey } from '../record-key.js';
import { RELEASE_CLAIM } from '../release-claim.lua.js';
import { RENEW_CLAIM } from '../renew-claim.lua.js';

/** A Redis with an endpoint before it. */
export interface Lab {
  readonly server: RedisServer;
  readonly endpoint: RestEndpoint;
  /** Looks behind the endpoint. */
  readonly admin: Redis;
  openRedis(options?: Partial<HttpRedisOptions>): HttpRedis;
  /** With a client of its own, as another process has. */
  open(options?: Partial<IdempotencyOptions>, redis?: Partial<HttpRedisOptions>): Idempotency;
  /** What a metered Redis bills for something. */
  billed(action: () => Promise<unknown>): Promise<number>;
  /** As if the lease or the window had run out. */
  expire(key: IdempotencyKey): Promise<void>;
  /** While `action` runs, whatever is asked is applied, and the connection breaks instead of an answer. */
  withoutAnswers<T>(action: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export async function startLab(): Promise<Lab> {
  const server = await startRedis();
  // Drawn from the second half of those dropped: after the commands have run.
  const endpoint = await startRestEndpoint({ redisUrl: server.url, random: () => 0.75 });
  const admin = new Redis(server.url);
  const clients: HttpRedis[] = [];

  const openRedis = (options: Partial<HttpRedisOptions> = {}) => {
    const client = createHttpRedis({ url: endpoint.url, token: endpoint.token, ...options });
    clients.push(client);
    return client;
  };
  return {
    server,
    endpoint,
    admin,
    openRedis,
    open: (options = {}, redis = {}) => createIdempotency({ redis: openRedis(redis), ...options }),
    billed: async (action) => (await endpoint.costOf(action)).billed,
    async expire(key) {
      await admin.del(recordKey('default', key));
    },
    async withoutAnswers(action) {
      // Or else what Redis applies and nobody hears may be that it does not know the script.
      for (const { lua } of [COMPLETE_CLAIM, RELEASE_CLAIM, RENEW_CLAIM]) await admin.script('LOAD', lua);
      endpoint.setFaults({ dropShare: 1 });
      try {
        return await action();
      } finally {
        endpoint.setFaults({});
      }
    },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await endpoint.stop();
      admin.disconnect();
      await server.stop();
    },
  };
}

/** The claim of an outcome that must be one. */
export function claimed(outcome: ClaimOutcome): Claim {
  if (outcome.state !== 'fresh') throw new Error(`expected a claim, got "${outcome.state}"`);
  return outcome;
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => new Error('it did not reject'),
    (reason: unknown) => reason,
  );
  return error as Error;
}
