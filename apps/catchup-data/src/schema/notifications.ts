import { sql } from 'drizzle-orm';
import { index, integer, pgTable, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant, json, key, oneOf, text } from './columns.js';
import { users } from './users.js';

export const NOTIFICATION_STATUSES = ['pending', 'claimed', 'sent', 'failed', 'cancelled'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

/**
 * `claimed`: nothing was given to the provider yet. `sending`: it may have been, and who finds it so after its lease
 * cannot know. `sent`: the provider has it.
 */
export const BATCH_STATES = ['claimed', 'sending', 'sent', 'failed', 'released'] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** One message to one user, with all the notifications that were claimed for it. */
export const notificationBatches = pgTable(
  'notification_batches',
  {
    id: key('id').primaryKey(),
    userId: key('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    state: oneOf('state', BATCH_STATES).notNull(),
    leaseUntil: instant('lease_until'),
    /** E.164, as of the moment it was sent: the user's number may change meanwhile. */
    recipient: key('recipient'),
    body: text('body'),
    providerMessageId: key('provider_message_id'),
    failure: text('failure'),
    sentAt: instant('sent_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('notification_batches_provider_message_id_key').on(table.providerMessageId),
    index('notification_batches_state_idx').on(table.state, table.leaseUntil),
    // One message at a time: whoever opens the second batch of a user gets none.
    uniqueIndex('notification_batches_open_key')
      .on(table.userId)
      .where(sql`state in ('claimed', 'sending')`),
    index('notification_batches_user_id_idx').on(table.userId),
  ],
);

export const notifications = pgTable(
  'notifications',
  {
    id: key('id').primaryKey(),
    userId: key('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: key('kind').notNull(),
    /** What would be said twice has the same key. */
    dedupeKey: key('dedupe_key').notNull(),
    payload: json<Readonly<Record<string, unknown>>>('payload').notNull(),
    status: oneOf('status', NOTIFICATION_STATUSES).notNull().default('pending'),
    batchId: key('batch_id').references(() => notificationBatches.id, { onDelete: 'set null' }),
    /** Not to be sent before. */
    dueAt: instant('due_at').notNull(),
    /** Batches that failed with it. */
    attempts: integer('attempts').notNull().default(0),
    sentAt: instant('sent_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('notifications_user_id_dedupe_key_key').on(table.userId, table.dedupeKey),
    index('notifications_status_due_at_idx').on(table.status, table.dueAt),
    index('notifications_batch_id_idx').on(table.batchId),
  ],
);

export type Notification = typeof notifications.$inferSelect;
export type NewNotification = typeof notifications.$inferInsert;
export type NotificationBatch = typeof notificationBatches.$inferSelect;
