import { index, pgTable, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant, key, oneOf, text } from './columns.js';
import { users } from './users.js';

export const ACCOUNT_STATUSES = ['connected', 'needs-reconnect', 'revoked'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** A user's account at a provider. */
export const accounts = pgTable(
  'accounts',
  {
    id: key('id').primaryKey(),
    userId: key('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** `google`, for one. */
    provider: key('provider').notNull(),
    /** The provider's id of the person (`sub`). */
    externalId: key('external_id').notNull(),
    email: key('email'),
    scopes: text('scopes').array().notNull().default([]),
    status: oneOf('status', ACCOUNT_STATUSES).notNull().default('connected'),
    statusChangedAt: instant('status_changed_at').notNull(),
    /** Why it is not connected: a code such as `invalid_grant`, never a message of the provider. */
    statusReason: text('status_reason'),
    /** When the user was last asked to reconnect it. */
    reconnectAskedAt: instant('reconnect_asked_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('accounts_provider_external_id_key').on(table.provider, table.externalId),
    index('accounts_user_id_idx').on(table.userId),
  ],
);

export type Account = typeof accounts.$inferSelect;
export type NewAccount = typeof accounts.$inferInsert;
