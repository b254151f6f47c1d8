import { createConnectionPool, type ConnectionPool } from './pools/connection-pool.js';
import { PoolError, PoolDrainingError } from './pools/pool-errors.js';
import type { PoolOptions } from './pools/pool-options.js';
import { SmsError, SmsLookupError, SmsOutcomeUnknownError, SmsTemporaryError } from './sms-errors.js';
import type { SmsSender } from './sms-sender.js';

/** A client that connections belong to. */
export interface SmsClient extends SmsSender {
  check(options?: { readonly signal?: AbortSignal }): Promise<void>;
  close(): void;
}

/**
 * A sender over a pool of clients, so that no more messages are on their way at once than the provider takes. When none
 * is free in time nothing was sent, and the error says so in the words of the port.
 */
export function createPooledSms<Client extends SmsClient>(
  open: () => Client,
  options: Partial<Omit<PoolOptions<Client>, 'create' | 'destroy' | 'check'>> = {},
): SmsSender & { readonly pool: ConnectionPool<Client> } {
  const pool = createConnectionPool<Client>({
    name: 'sms',
    ...options,
    create: async () => open(),
    destroy: (client) => client.close(),
    check: (client) => client.check(),
  });
  return {
    pool,
    async send(message, { signal } = {}) {
      try {
        return await pool.use((client) => client.send(message, { signal }), { signal, isSuspect });
      } catch (error) {
        if (error instanceof SmsError) throw error;
        // A client tells what went wrong in errors of the port: this is the pool, or the signal, before one was had.
        throw new SmsTemporaryError('no client was free to send it', {}, { cause: error });
      }
    },
    async find(query, { signal } = {}) {
      try {
        return await pool.use((client) => client.find(query, { signal }), { signal, isSuspect });
      } catch (error) {
        if (!(error instanceof PoolError)) throw error;
        const isPassing = !(error instanceof PoolDrainingError);
        throw new SmsLookupError('no client was free to ask', isPassing, {}, { cause: error });
      }
    },
  };
}

/** A provider that says no has been reached. */
const isSuspect = (error: unknown): boolean =>
  error instanceof SmsOutcomeUnknownError ||
  error instanceof SmsTemporaryError ||
  (error instanceof SmsLookupError && error.status === undefined);
