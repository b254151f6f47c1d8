import { boolean, index, pgTable, uniqueIndex } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.js';
import { instant, key, text } from './columns.js';
import { users } from './users.js';

export const calendars = pgTable(
  'calendars',
  {
    id: key('id').primaryKey(),
    accountId: key('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    userId: key('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    externalId: key('external_id').notNull(),
    summary: text('summary').notNull(),
    /** An IANA name. */
    timeZone: key('time_zone').notNull(),
    /** `owner`, `writer`, `reader` or `freeBusyReader`. */
    accessRole: key('access_role').notNull(),
    isPrimary: boolean('is_primary').notNull().default(false),
    /** Whether its events count. */
    selected: boolean('selected').notNull().default(true),
    etag: text('etag'),
    deletedAt: instant('deleted_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('calendars_account_id_external_id_key').on(table.accountId, table.externalId),
    index('calendars_user_id_idx').on(table.userId),
  ],
);

export type Calendar = typeof calendars.$inferSelect;
export type NewCalendar = typeof calendars.$inferInsert;
