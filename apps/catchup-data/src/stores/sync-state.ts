import { and, asc, eq, isNull, lte, or, sql } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import { accounts } from '../schema/accounts.js';
import { syncState, type NewSyncState, type SyncState } from '../schema/sync-state.js';
import { upsert, type Upserted } from './upsert.js';

export interface SyncStateStore {
  get(accountId: string, resource: string): Promise<SyncState | undefined>;
  ofAccount(accountId: string): Promise<SyncState[]>;
  /**
   * Takes over the columns that are given. A sync token belongs into the transaction that writes the rows it stands for.
   */
  save(state: NewSyncState): Promise<Upserted<SyncState>>;
  /** Those of connected accounts whose next sync is due, or was never planned; the longest due first. */
  due(now: Date, limit: number): Promise<SyncState[]>;
  remove(accountId: string, resource: string): Promise<boolean>;
}

const KEY = ['accountId', 'resource'] as const;
const NEVER_SET = new Set<string>([...KEY, 'createdAt', 'updatedAt']);

export function createSyncStateStore(queries: Queries): SyncStateStore {
  const is = (accountId: string, resource: string) =>
    and(eq(syncState.accountId, accountId), eq(syncState.resource, resource));
  return {
    get: async (accountId, resource) =>
      (await queries.select().from(syncState).where(is(accountId, resource)))[0],
    ofAccount: (accountId) =>
      queries
        .select()
        .from(syncState)
        .where(eq(syncState.accountId, accountId))
        .orderBy(asc(syncState.resource)),
    save(state) {
      const given = Object.keys(state).filter(
        (name) => !NEVER_SET.has(name) && state[name as keyof NewSyncState] !== undefined,
      );
      return upsert(queries, syncState, [state], { by: KEY, set: given as (keyof NewSyncState)[] });
    },
    due: async (now, limit) =>
      (
        await queries
          .select({ state: syncState })
          .from(syncState)
          .innerJoin(accounts, eq(accounts.id, syncState.accountId))
          .where(
            and(
              eq(accounts.status, 'connected'),
              or(isNull(syncState.nextSyncAt), lte(syncState.nextSyncAt, now)),
            ),
          )
          .orderBy(
            sql`${syncState.nextSyncAt} asc nulls first`,
            asc(syncState.accountId),
            asc(syncState.resource),
          )
          .limit(limit)
      ).map(({ state }) => state),
    async remove(accountId, resource) {
      const gone = await queries.delete(syncState).where(is(accountId, resource)).returning();
      return gone.length > 0;
    },
  };
}
