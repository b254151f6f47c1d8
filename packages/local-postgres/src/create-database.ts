import pg from 'pg';
import { PostgresNotReachableError } from './errors.js';

/** A database on a server. */
export interface PostgresDatabase {
  readonly name: string;
  /** `postgres://user:password@127.0.0.1:PORT/name` */
  readonly url: string;
}

export interface CreateDatabaseOptions {
  /** The database to copy, with its tables and rows; nobody may be connected to it. Default: an empty one. */
  readonly template?: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** What PostgreSQL keeps of a name; it cuts longer ones without a word. */
const LONGEST_NAME_BYTES = 63;
/** What pg reads back from a URL: it leaves these three encoded. */
const NAME = /^[^/?#\0]+$/;

/**
 * Creates a database.
 *
 * @throws {PostgresNotReachableError} when the server is gone.
 * @throws TypeError when the name is none, does not fit into a URL, or the server would cut it.
 */
export async function createDatabase(
  adminUrl: string,
  name: string,
  { template }: CreateDatabaseOptions = {},
): Promise<PostgresDatabase> {
  for (const each of [name, ...(template === undefined ? [] : [template])]) {
    if (!NAME.test(each) || Buffer.byteLength(each) > LONGEST_NAME_BYTES) {
      throw new TypeError(
        `"${each}" cannot be the name of a database here: 1 to ${LONGEST_NAME_BYTES} bytes without / ? # can`,
      );
    }
  }
  const client = new pg.Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A server that goes while nothing is asked tells so in an event, which nobody waits for.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw new PostgresNotReachableError(Number(new URL(adminUrl).port), { cause });
  }
  try {
    const from = template === undefined ? '' : ` TEMPLATE ${client.escapeIdentifier(template)}`;
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}${from}`);
  } finally {
    await client.end().catch(() => undefined);
  }
  const url = new URL(adminUrl);
  url.pathname = encodeURI(name);
  return { name, url: url.href };
}
