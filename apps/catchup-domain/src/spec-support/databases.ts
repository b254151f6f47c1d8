import { DEVELOPMENT_TOKEN_KEY, openDatabase, type Data } from '@switchyard/catchup-data';
import { startPostgres } from '@switchyard/local-postgres';

export const DATABASE_KINDS = ['embedded', 'server'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

export interface TestDatabase {
  readonly kind: DatabaseKind;
  readonly data: Data;
  /** As another process would: with a pool of its own. An embedded database is for one process, so it is the same. */
  openAnother(): Promise<Data>;
  stop(): Promise<void>;
}

/** An empty database of its own, with all tables. */
export async function startDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  const tokenKeys = [DEVELOPMENT_TOKEN_KEY];
  if (kind === 'embedded') {
    const data = await openDatabase({ dataFolder: 'memory', tokenKeys });
    return { kind, data, openAnother: () => Promise.resolve(data), stop: () => data.close() };
  }
  const server = await startPostgres();
  const opened: Data[] = [];
  const openAnother = async () => {
    const data = await openDatabase({ databaseUrl: server.url, tokenKeys });
    opened.push(data);
    return data;
  };
  try {
    const data = await openAnother();
    return {
      kind,
      data,
      openAnother,
      async stop() {
        await Promise.all(opened.map((each) => each.close()));
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
