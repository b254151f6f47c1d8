import { getTableName } from 'drizzle-orm';
import { createData, engineOf } from '../create-data.js';
import type { Data } from '../data.js';
import type { Engine } from '../engine/engine.js';
import { openDatabase } from '../open-database.js';
import { TABLES } from '../schema/tables.js';
import { createSealing } from '../tokens/sealing.js';
import { createKeyRing, type TokenKey } from '../tokens/token-keys.js';

export const TEST_TOKEN_KEYS: readonly TokenKey[] = [{ id: 'test', secret: '7e57'.repeat(16) }];

export interface OpenOptions {
  /** Default: {@link TEST_TOKEN_KEYS}. */
  readonly tokenKeys?: readonly TokenKey[];
  /** Connections to a server, default 10. */
  readonly poolSize?: number;
  /** For the distance between tries of a transaction, default 0. */
  readonly random?: () => number;
}

/** Opens a database without rows, all tables there. What it opened before is closed, and the last one after the block. */
export interface OpenBlank {
  (options?: OpenOptions): Promise<Data>;
  /** Once more what was opened last, with its rows, as another process would have it. */
  again(options?: OpenOptions): Promise<Data>;
  readonly kind: Data['kind'];
  /** Of what was opened last; nothing where it is embedded. */
  url(): string | undefined;
}

/** An {@link OpenBlank}, and what ends it. */
export interface Opening {
  readonly open: OpenBlank;
  close(): Promise<void>;
}

/** Quicker than a new database, or new tables: a spec has few rows. */
async function removeRows({ transaction }: Engine): Promise<void> {
  const deletes = Object.values(TABLES).map((table) => `delete from "${getTableName(table)}"`);
  await transaction(({ runScript }) => runScript(deletes.reverse().join(';\n')), 'read committed');
}

/** @param create makes a database with all tables on a server, and answers its URL; called once, at most */
export function openingOnServer(create: () => Promise<string>): Opening {
  const opened: Data[] = [];
  let url: string | undefined;
  const close = async () => void (await Promise.all(opened.splice(0).map((data) => data.close())));
  const connect = async ({ tokenKeys = TEST_TOKEN_KEYS, random = () => 0, poolSize }: OpenOptions = {}) => {
    const data = await openDatabase({ databaseUrl: url, tokenKeys, random, poolSize });
    opened.push(data);
    return data;
  };
  const open = async (options?: OpenOptions) => {
    await close();
    const isNew = url === undefined;
    url ??= await create();
    const data = await connect(options);
    if (!isNew) await removeRows(engineOf(data));
    return data;
  };
  return {
    open: Object.assign(open, { again: connect, kind: 'server' as const, url: () => url }),
    close,
  };
}

/** @param engine lent: one serves a whole file, since it takes seconds to start */
export function openingEmbedded(engine: () => Promise<Engine>): Opening {
  const connect = async ({ tokenKeys = TEST_TOKEN_KEYS, random = () => 0 }: OpenOptions = {}) => {
    const lent: Engine = { ...(await engine()), close: async () => undefined };
    const sealing = createSealing(createKeyRing(tokenKeys));
    return createData({ engine: lent, sealing, where: 'memory', random });
  };
  const open = async (options?: OpenOptions) => {
    await removeRows(await engine());
    return connect(options);
  };
  return {
    open: Object.assign(open, { again: connect, kind: 'embedded' as const, url: () => undefined }),
    close: async () => undefined,
  };
}
