import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { join } from 'node:path';
import type { Engine, Isolation } from './engine.js';
import { lockFolder } from './folder-lock.js';

/** Keeps its data in memory, for as long as the process lives. */
export const IN_MEMORY = 'memory';

/**
 * @param dataFolder made where it is missing; `memory` for none
 * @throws FolderInUseError
 */
export async function openEmbeddedEngine(dataFolder: string): Promise<Engine> {
  if (dataFolder === IN_MEMORY) return createEmbeddedEngine(await PGlite.create('memory://'));
  const lock = await lockFolder(dataFolder);
  try {
    const pglite = await PGlite.create(join(lock.folder, 'postgres'));
    return createEmbeddedEngine(pglite, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** @param onClosed runs after it was closed */
export function createEmbeddedEngine(pglite: PGlite, onClosed?: () => Promise<void>): Engine {
  return {
    kind: 'embedded',
    queries: drizzle(pglite),
    transaction: (work, isolation) =>
      pglite.transaction(async (transaction) => {
        await transaction.exec(`set transaction isolation level ${isolation satisfies Isolation}`);
        return await work({
          // Drizzle runs statements on a transaction of PGlite's just as on a database of its.
          queries: drizzle(transaction as unknown as PGlite),
          runScript: async (script) => void (await transaction.exec(script)),
        });
      }),
    async close() {
      try {
        await pglite.close();
      } finally {
        await onClosed?.();
      }
    },
  };
}
