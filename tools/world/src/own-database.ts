import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database that was made on somebody's server, and goes with the world. */
export interface OwnDatabase {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

/** No database could be made; the message says why, and holds no password. */
export class DatabaseRefusedError extends Error {
  readonly code = 'ERR_WORLD_DATABASE_REFUSED';
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Makes a database beside the one that `databaseUrl` names, under a name nobody has. The named one is connected to and
 * left as it is.
 *
 * @throws DatabaseRefusedError
 */
export async function createOwnDatabase(databaseUrl: string): Promise<OwnDatabase> {
  const name = `switchyard_world_${randomBytes(6).toString('hex')}`;
  if (!URL.canParse(databaseUrl) || !/^postgres(ql)?:$/.test(new URL(databaseUrl).protocol))
    throw new DatabaseRefusedError('DATABASE_URL is none: postgres://user:password@host:port/database');
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  await run(databaseUrl, `create database "${name}"`);
  // Whoever is still connected is one of ours.
  return {
    name,
    url: url.href,
    drop: () => run(databaseUrl, `drop database if exists "${name}" with (force)`),
  };
}

async function run(databaseUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(statement);
  } catch (cause) {
    const { code = 'no answer' } = cause as { code?: string };
    throw new DatabaseRefusedError(
      `The server of DATABASE_URL does not let us make a database of our own there, and yours stays untouched (${code}). Without DATABASE_URL none is needed.`,
      { cause },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
