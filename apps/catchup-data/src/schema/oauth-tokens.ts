import { index, integer, pgTable } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.js';
import { instant, key, text } from './columns.js';

/** Sealed: the columns hold envelopes that only the token store opens. */
export const oauthTokens = pgTable(
  'oauth_tokens',
  {
    accountId: key('account_id')
      .primaryKey()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    sealedAccessToken: text('sealed_access_token').notNull(),
    sealedRefreshToken: text('sealed_refresh_token'),
    /** The key that both are sealed with. */
    keyId: key('key_id').notNull(),
    /** Of the access token. */
    expiresAt: instant('expires_at').notNull(),
    refreshedAt: instant('refreshed_at'),
    /** Failed refreshes since the last good one. */
    failureCount: integer('failure_count').notNull().default(0),
    lastFailureAt: instant('last_failure_at'),
    /** A code such as `invalid_grant`. */
    lastFailure: text('last_failure'),
    /** Not to be refreshed before. */
    retryAt: instant('retry_at'),
    /** Grows with every new pair of tokens. */
    version: integer('version').notNull().default(1),
    /** Who refreshes it right now, until `refresh_lease_until` at most. */
    refreshLease: key('refresh_lease'),
    refreshLeaseUntil: instant('refresh_lease_until'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    index('oauth_tokens_expires_at_idx').on(table.expiresAt),
    index('oauth_tokens_key_id_idx').on(table.keyId, table.accountId),
  ],
);

export type OAuthTokenRow = typeof oauthTokens.$inferSelect;
