import { index, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.js';
import { instant, json, key, text } from './columns.js';

/** What a run of a sync found. */
export interface SyncRun {
  /** ISO 8601, in UTC. */
  readonly at: string;
  readonly changes: number;
}

/** How far an account's resource is synced: `contacts`, `calendars`, or `events:` and the calendar's external id. */
export const syncState = pgTable(
  'sync_state',
  {
    accountId: key('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    resource: key('resource').notNull(),
    /** Null: the next sync is a full one. */
    syncToken: text('sync_token'),
    lastFullAt: instant('last_full_at'),
    lastIncrementalAt: instant('last_incremental_at'),
    intervalSeconds: integer('interval_seconds'),
    /** The newest last. */
    changeHistory: json<readonly SyncRun[]>('change_history').notNull().default([]),
    /** Failures since the last good run. */
    failureCount: integer('failure_count').notNull().default(0),
    lastFailureAt: instant('last_failure_at'),
    /** A code, never a message of the provider. */
    lastFailure: text('last_failure'),
    /** When it is to be synced again. */
    nextSyncAt: instant('next_sync_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'sync_state_pkey', columns: [table.accountId, table.resource] }),
    index('sync_state_next_sync_at_idx').on(table.nextSyncAt),
  ],
);

export type SyncState = typeof syncState.$inferSelect;
export type NewSyncState = typeof syncState.$inferInsert;
