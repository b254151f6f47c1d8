import { DrizzleQueryError, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { DatabaseUnavailableError } from '../errors.js';
import { dataErrorOf } from './data-errors.js';
import type { DatabaseAddress } from './database-url.js';
import type { Engine, Isolation } from './engine.js';

export interface ServerOptions {
  readonly address: DatabaseAddress;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** Time for the server to say that it called a statement off, before the connection counts as dead. */
const ANSWER_MS = 5000;

/** @throws DatabaseUnavailableError */
export async function openServerEngine(options: ServerOptions): Promise<Engine> {
  const engine = createServerEngine(options);
  try {
    await engine.queries.execute(sql`select 1`);
    return engine;
  } catch (error) {
    await engine.close();
    throw unavailable(error, options.address.where);
  }
}

function createServerEngine(options: ServerOptions): Engine {
  const { address, poolSize, connectTimeoutMs, statementTimeoutMs } = options;
  const pool = new pg.Pool({
    connectionString: address.url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_MS,
    idle_in_transaction_session_timeout: statementTimeoutMs + ANSWER_MS,
    application_name: 'catchup',
    keepAlive: true,
    // Instants are read as a session in UTC writes them.
    options: '-c TimeZone=UTC -c DateStyle=ISO -c extra_float_digits=1',
  });
  // A connection that ends while nobody waits on it tells so here; the next use gets another one.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));

  return {
    kind: 'server',
    queries: drizzle(pool),
    async transaction(work, isolation) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query(`begin isolation level ${isolation satisfies Isolation}`);
        const result = await work({
          queries: drizzle(client),
          runScript: async (script) => void (await client.query(script)),
        });
        await client.query('commit');
        return result;
      } catch (error) {
        // A connection that cannot even roll back is not lent again.
        await client.query('rollback').catch((failure: Error) => (broken = failure));
        throw error;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

/** What is wrong with the first connection is wrong with the settings, or with the server. */
function unavailable(error: unknown, where: string): unknown {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  const code = String((cause as { code?: unknown } | undefined)?.code ?? '');
  if (code === '3D000')
    return new DatabaseUnavailableError('no-database', where, 'the server has none of that name');
  if (code.startsWith('28'))
    return new DatabaseUnavailableError('no-entry', where, 'the user or the password is refused');
  const known = dataErrorOf(error, where);
  if (known instanceof DatabaseUnavailableError) return known;
  return new DatabaseUnavailableError('no-answer', where, code || 'the connection broke off', {
    cause: known,
  });
}
