import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { DrizzleQueryError, sql } from 'drizzle-orm';
import type { Data, TransactionOptions } from './data.js';
import { dataErrorOf } from './engine/data-errors.js';
import type { Engine } from './engine/engine.js';
import type { Guard } from './engine/guarded.js';
import { InvalidDataOptionError, MisplacedUseError, TransactionConflictError } from './errors.js';
import { createStores, type Stores } from './stores/stores.js';
import { rotateTokenKeys } from './tokens/rotate-token-keys.js';
import type { Sealing } from './tokens/sealing.js';

export interface DataParts {
  readonly engine: Engine;
  readonly sealing: Sealing;
  /** What errors call the database. */
  readonly where: string;
  readonly random: () => number;
}

const MAX_ATTEMPTS = 5;
const MOST_ATTEMPTS = 20;
const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 200;

/** Stores over an engine whose migrations are applied. */
export function createData({ engine, sealing, where, random }: DataParts): Data {
  const inTransaction = new AsyncLocalStorage<true>();
  let closing: Promise<void> | undefined;

  const translated: Guard = async (run) => {
    try {
      return await run();
    } catch (error) {
      throw dataErrorOf(error, where);
    }
  };
  const outside: Guard = async (run) => {
    if (closing) throw new MisplacedUseError('closed');
    if (inTransaction.getStore()) throw new MisplacedUseError('outside-transaction');
    return translated(run);
  };

  const once = <Result>(
    work: (stores: Stores) => Promise<Result>,
    isolation: TransactionOptions['isolation'],
  ) =>
    outside(() =>
      engine.transaction(async ({ queries }) => {
        let isOver = false;
        let refused: unknown;
        let turn: Promise<unknown> = Promise.resolve();
        const inside: Guard = async (run) => {
          if (isOver) throw new MisplacedUseError('transaction-over');
          // A transaction has one connection, which answers one after the other.
          const answer = turn.then(run);
          turn = answer.catch(() => undefined);
          try {
            return await answer;
          } catch (error) {
            const translatedError = dataErrorOf(error, where);
            if (error instanceof DrizzleQueryError) refused ??= translatedError;
            throw translatedError;
          }
        };
        try {
          const result = await inTransaction.run(true, () => work(createStores(queries, sealing, inside)));
          // After a refused statement PostgreSQL keeps nothing, and takes a commit for a rollback without a word.
          if (refused !== undefined) throw refused;
          return result;
        } finally {
          isOver = true;
        }
      }, isolation ?? 'read committed'),
    );

  const data = Object.freeze({
    ...createStores(engine.queries, sealing, outside),
    kind: engine.kind,
    async transaction<Result>(
      work: (stores: Stores) => Promise<Result>,
      { isolation, maxAttempts = MAX_ATTEMPTS, signal }: TransactionOptions = {},
    ): Promise<Result> {
      if (!Number.isInteger(maxAttempts) || maxAttempts < 1 || maxAttempts > MOST_ATTEMPTS)
        throw new InvalidDataOptionError('maxAttempts', maxAttempts, `1 to ${MOST_ATTEMPTS}`);
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        try {
          return await once(work, isolation);
        } catch (error) {
          if (!(error instanceof TransactionConflictError)) throw error;
          if (attempt >= maxAttempts) throw new TransactionConflictError(error.sqlState, attempt);
          const upToMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
          await wait(upToMs * random(), undefined, { signal });
        }
      }
    },
    rotateTokenKeys: (options) => outside(() => rotateTokenKeys(engine.queries, sealing, options)),
    ping: () => outside(async () => void (await engine.queries.execute(sql`select 1`))),
    close: () => (closing ??= engine.close()),
  } satisfies Data);
  engines.set(data, engine);
  return data;
}

const engines = new WeakMap<Data, Engine>();

/** What a database is made of; for this package alone. */
export function engineOf(data: Data): Engine {
  const engine = engines.get(data);
  if (!engine) throw new InvalidDataOptionError('data', data, 'what openDatabase gave');
  return engine;
}
