import {
  billedCommands,
  countConnections,
  parseClientList,
  parseCommandStats,
  type CommandStats,
} from '@switchyard/local-redis';
import { Redis } from 'ioredis';

/** What the REST endpoint calls its connection: it stands where a provider's would, outside of the app. */
const ENDPOINT_NAME = 'switchyard-rest';

/** Looks at Redis over a connection of its own, which counts nowhere, no more than that of the REST endpoint. */
export interface RedisObserver {
  /** Connections of others; those whose client gave itself this name are left out. */
  connections(options?: { readonly exceptNamed?: string }): Promise<number>;
  /** What a metered Redis would have billed to others since the observer was made. */
  billed(): Promise<number>;
  close(): void;
}

export async function observeRedis(url: string): Promise<RedisObserver> {
  const redis = new Redis(url, { connectionName: 'demo-observer', maxRetriesPerRequest: 2 });
  redis.on('error', () => undefined);
  const readStats = async () => parseCommandStats(await redis.info('commandstats'));
  const id = Number(await redis.client('ID'));
  const first: CommandStats = await readStats();
  // INFO is not billed; these are, and they are ours.
  let ownCommands = 0;
  return {
    async connections({ exceptNamed } = {}) {
      ownCommands++;
      const clients = parseClientList(String(await redis.client('LIST')));
      return countConnections(
        clients.filter(
          ({ name }) => name !== ENDPOINT_NAME && (exceptNamed === undefined || name !== exceptNamed),
        ),
        id,
      );
    },
    billed: async () => billedCommands(first, await readStats()) - ownCommands,
    close: () => redis.disconnect(),
  };
}
