import { bigint, index, pgTable } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.js';
import { calendars } from './calendars.js';
import { instant, key, oneOf, text } from './columns.js';

/** `pending`: asked for, not yet granted. `silent`: granted, but nothing comes. */
export const CHANNEL_STATUSES = ['pending', 'active', 'silent', 'stopped', 'expired'] as const;
export type ChannelStatus = (typeof CHANNEL_STATUSES)[number];

/** Through which a provider tells of changes. */
export const pushChannels = pgTable(
  'push_channels',
  {
    /** Made up here and sent with every push. */
    id: key('id').primaryKey(),
    accountId: key('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    calendarId: key('calendar_id').references(() => calendars.id, { onDelete: 'cascade' }),
    /** The resource of `sync_state` that it tells of. */
    resource: key('resource').notNull(),
    /** The provider's, needed to stop it. */
    resourceId: text('resource_id'),
    /** SHA-256 of the token that pushes carry, in hexadecimal. */
    tokenHash: key('token_hash').notNull(),
    expiresAt: instant('expires_at').notNull(),
    lastMessageNumber: bigint('last_message_number', { mode: 'number' }).notNull().default(0),
    lastNotifiedAt: instant('last_notified_at'),
    status: oneOf('status', CHANNEL_STATUSES).notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    index('push_channels_account_id_resource_idx').on(table.accountId, table.resource),
    index('push_channels_calendar_id_idx').on(table.calendarId),
    index('push_channels_status_expires_at_idx').on(table.status, table.expiresAt),
  ],
);

export type PushChannel = typeof pushChannels.$inferSelect;
export type NewPushChannel = typeof pushChannels.$inferInsert;
