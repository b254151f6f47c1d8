import { index, pgTable } from 'drizzle-orm/pg-core';
import { instant, key, text } from './columns.js';
import { users } from './users.js';

/** A sign-in that was started: what comes back with its state, once, within its time, is let in. */
export const oauthStates = pgTable(
  'oauth_states',
  {
    /** SHA-256 of the state, in hexadecimal: the table alone lets nobody in. */
    stateHash: key('state_hash').primaryKey(),
    /** Null where the sign-in is to find out who it is. */
    userId: key('user_id').references(() => users.id, { onDelete: 'cascade' }),
    provider: key('provider').notNull(),
    /** PKCE's code verifier, sealed. */
    sealedCodeVerifier: text('sealed_code_verifier').notNull(),
    redirectUri: text('redirect_uri').notNull(),
    scopes: text('scopes').array().notNull().default([]),
    /** Where in the app to go on. */
    returnTo: text('return_to'),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [index('oauth_states_expires_at_idx').on(table.expiresAt)],
);

export type OAuthStateRow = typeof oauthStates.$inferSelect;
