import { pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.js';
import { instant, key } from './columns.js';

/** Who syncs an account's resource right now. A sync that ends takes its row away. */
export const syncLeases = pgTable(
  'sync_leases',
  {
    accountId: key('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** As in `sync_state`. */
    resource: key('resource').notNull(),
    holder: key('holder').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [primaryKey({ name: 'sync_leases_pkey', columns: [table.accountId, table.resource] })],
);

export type SyncLease = typeof syncLeases.$inferSelect;
