import { and, eq, lte } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import { syncLeases, type SyncLease } from '../schema/sync-leases.js';

/**
 * One sync at a time for an account's resource, in whichever process. Who holds a lease writes in transactions that
 * begin with `hold`: one that was overtaken learns of it there, before it writes anything.
 */
export interface SyncLeaseStore {
  /** @returns false while somebody else's lease lasts; the caller's own is not told apart from that */
  take(lease: SyncLease, now: Date): Promise<boolean>;
  /**
   * Prolongs it and, within a transaction, keeps everybody else from taking it until the transaction ends.
   *
   * @returns false where somebody else has taken it. One that ran out unnoticed still holds.
   */
  hold(lease: SyncLease): Promise<boolean>;
  release(lease: Pick<SyncLease, 'accountId' | 'resource' | 'holder'>): Promise<void>;
}

export function createSyncLeaseStore(queries: Queries): SyncLeaseStore {
  const held = ({ accountId, resource, holder }: Pick<SyncLease, 'accountId' | 'resource' | 'holder'>) =>
    and(
      eq(syncLeases.accountId, accountId),
      eq(syncLeases.resource, resource),
      eq(syncLeases.holder, holder),
    );
  return {
    async take(lease, now) {
      const { holder, expiresAt } = lease;
      const taken = await queries
        .insert(syncLeases)
        .values(lease)
        .onConflictDoUpdate({
          target: [syncLeases.accountId, syncLeases.resource],
          set: { holder, expiresAt },
          setWhere: lte(syncLeases.expiresAt, now),
        })
        .returning({ holder: syncLeases.holder });
      return taken.length > 0;
    },
    async hold(lease) {
      const { expiresAt } = lease;
      const rows = await queries.update(syncLeases).set({ expiresAt }).where(held(lease)).returning();
      return rows.length > 0;
    },
    async release(lease) {
      await queries.delete(syncLeases).where(held(lease));
    },
  };
}
