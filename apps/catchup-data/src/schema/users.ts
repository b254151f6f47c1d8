import { pgTable, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant, json, key, oneOf, text } from './columns.js';

export const USER_TIERS = ['free', 'pro'] as const;
export type UserTier = (typeof USER_TIERS)[number];

/** What a user may set; whatever is missing has the default of the service that reads it. */
export interface UserPreferences {
  /** Local hours, `HH:MM` to `HH:MM`, in which calls may be suggested. */
  readonly callHours?: { readonly from: string; readonly to: string };
  /** Days on which calls may be suggested: 1 is Monday, 7 is Sunday. */
  readonly callDays?: readonly number[];
  readonly callMinutes?: number;
  /** Local hours, `HH:MM` to `HH:MM`, in which no message goes out. */
  readonly quietHours?: { readonly from: string; readonly to: string };
  readonly maxSuggestionsPerWeek?: number;
}

export const users = pgTable(
  'users',
  {
    id: key('id').primaryKey(),
    /** In lower case. */
    email: key('email').notNull(),
    name: text('name').notNull(),
    /** E.164. No two users share one: messages that come in are told apart by it. */
    phone: key('phone'),
    /** An IANA name. */
    timeZone: key('time_zone').notNull(),
    tier: oneOf('tier', USER_TIERS).notNull().default('free'),
    preferences: json<UserPreferences>('preferences').notNull().default({}),
    /** Since when the user wants no messages. */
    smsStoppedAt: instant('sms_stopped_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [uniqueIndex('users_email_key').on(table.email), uniqueIndex('users_phone_key').on(table.phone)],
);

export type User = typeof users.$inferSelect;
export type NewUser = typeof users.$inferInsert;
