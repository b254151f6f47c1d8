import { DEVELOPMENT_TOKEN_KEY, openDatabase, type Data } from '@switchyard/catchup-data';
import { startPostgres } from '@switchyard/local-postgres';
import { createOwnDatabase } from './own-database.js';
import type { WorldArguments } from './read-arguments.js';

export interface WorldDatabase {
  readonly data: Data;
  /** For people. */
  readonly description: string;
  stop(): Promise<void>;
}

const tokenKeys = [DEVELOPMENT_TOKEN_KEY];

/** An empty database with all tables, which is gone after `stop`. */
export async function startDatabase(
  { database, databaseUrl }: WorldArguments,
  onProgress: (text: string) => void,
): Promise<WorldDatabase> {
  if (database === 'given' && databaseUrl !== undefined) {
    const own = await createOwnDatabase(databaseUrl);
    return opened(own.url, `PostgreSQL of DATABASE_URL, in a database of its own, ${own.name}`, own.drop);
  }
  if (database === 'server') {
    const server = await startPostgres({ onProgress });
    return opened(server.url, `PostgreSQL ${server.version}, a server of its own`, () => server.stop());
  }
  const data = await openDatabase({ dataFolder: 'memory', tokenKeys });
  return {
    data,
    description: 'PostgreSQL inside this process (PGlite), in memory',
    stop: () => data.close(),
  };
}

async function opened(
  databaseUrl: string,
  description: string,
  remove: () => Promise<void>,
): Promise<WorldDatabase> {
  try {
    const data = await openDatabase({ databaseUrl, tokenKeys });
    return {
      data,
      description,
      async stop() {
        try {
          await data.close();
        } finally {
          await remove();
        }
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
