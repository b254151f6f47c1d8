import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { giveUpWhenSilent } from './silence-watch.js';

/** Opens connections like the lent one, but fit for blocking and for subscribing. */
export interface OwnConnections {
  /** @param name shown by CLIENT LIST */
  open(name?: string): Redis;
  close(connection: Redis): Promise<void>;
}

/** How long a connection that is being opened may take to notice that it is no longer wanted. */
const END_LIMIT_MS = 1000;
const SILENCE_LIMIT_MS = 20_000;
const MAX_RECONNECT_DELAY_MS = 500;

export function createOwnConnections(
  lent: Redis,
  report: (source: object, error: Error | null) => void,
): OwnConnections {
  return {
    open(name) {
      const connection = lent.duplicate({
        connectionName: name,
        lazyConnect: false,
        keyPrefix: '',
        scripts: undefined,
        enableAutoPipelining: false,
        enableOfflineQueue: true,
        autoResubscribe: true,
        autoResendUnfulfilledCommands: true,
        retryStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 10), MAX_RECONNECT_DELAY_MS),
        // Bull insists on these two for connections that block or subscribe.
        enableReadyCheck: false,
        maxRetriesPerRequest: null,
        // A blocking command answers late, which is no fault.
        commandTimeout: undefined,
        socketTimeout: undefined,
      });
      // But Bull waits for 5 s at most: a socket that owes an answer for longer leads nowhere any more.
      giveUpWhenSilent(connection, SILENCE_LIMIT_MS);
      connection.on('error', (error) => report(connection, error));
      connection.on('ready', () => report(connection, null));
      return connection;
    },
    async close(connection) {
      const { status } = connection;
      const ended = status === 'end' || status === 'reconnecting';
      const waiting = ended
        ? undefined
        : once(connection, 'end', { signal: AbortSignal.timeout(END_LIMIT_MS) }).catch(() => {});
      connection.disconnect();
      await waiting;
      report(connection, null);
    },
  };
}
