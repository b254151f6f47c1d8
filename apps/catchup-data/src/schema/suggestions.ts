import { doublePrecision, index, integer, pgTable, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant, json, key, oneOf } from './columns.js';
import { contacts } from './contacts.js';
import { users } from './users.js';

export const SUGGESTION_STATUSES = ['pending', 'accepted', 'dismissed', 'expired'] as const;
export type SuggestionStatus = (typeof SUGGESTION_STATUSES)[number];

/** One part of a score, to be shown to the user. */
export interface SuggestionReason {
  readonly code: string;
  /** What it added to the score. */
  readonly points: number;
  readonly text: string;
}

/** Whom to call, when and why. */
export const suggestions = pgTable(
  'suggestions',
  {
    id: key('id').primaryKey(),
    userId: key('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    contactId: key('contact_id')
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    /** The same suggestion made again has the same key. */
    dedupeKey: key('dedupe_key').notNull(),
    score: doublePrecision('score').notNull(),
    reasons: json<readonly SuggestionReason[]>('reasons').notNull(),
    slotStartAt: instant('slot_start_at').notNull(),
    slotEndAt: instant('slot_end_at').notNull(),
    status: oneOf('status', SUGGESTION_STATUSES).notNull().default('pending'),
    decidedAt: instant('decided_at'),
    expiresAt: instant('expires_at').notNull(),
    reminderCount: integer('reminder_count').notNull().default(0),
    lastRemindedAt: instant('last_reminded_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('suggestions_user_id_dedupe_key_key').on(table.userId, table.dedupeKey),
    index('suggestions_user_id_status_idx').on(table.userId, table.status),
    index('suggestions_contact_id_idx').on(table.contactId),
  ],
);

export type Suggestion = typeof suggestions.$inferSelect;
export type NewSuggestion = typeof suggestions.$inferInsert;
