import { boolean, doublePrecision, index, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.js';
import { instant, json, key, text } from './columns.js';
import { users } from './users.js';

/** What a provider says of a person, normalised; a contact is merged from those of all its sources. */
export interface ContactFields {
  readonly displayName: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly nickname: string | null;
  readonly organization: string | null;
  readonly jobTitle: string | null;
  /** `YYYY-MM-DD`, or `--MM-DD` without a year. */
  readonly birthday: string | null;
  readonly photoUrl: string | null;
  readonly notes: string | null;
  readonly starred: boolean;
  /** In lower case, the first one is preferred. */
  readonly emails: readonly LabelledAddress[];
  /** E.164 where it could be parsed, the first one is preferred. */
  readonly phones: readonly LabelledAddress[];
  /** Of a source: when the provider last saw it changed, ISO 8601 in UTC. */
  readonly changedAt?: string | null;
}

export interface LabelledAddress {
  readonly value: string;
  readonly label: string | null;
}

/** A person of a user's, merged from all sources that speak of them. */
export const contacts = pgTable(
  'contacts',
  {
    id: key('id').primaryKey(),
    userId: key('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    displayName: text('display_name').notNull(),
    givenName: text('given_name'),
    familyName: text('family_name'),
    nickname: text('nickname'),
    organization: text('organization'),
    jobTitle: text('job_title'),
    birthday: text('birthday'),
    photoUrl: text('photo_url'),
    notes: text('notes'),
    starred: boolean('starred').notNull().default(false),
    lastContactedAt: instant('last_contacted_at'),
    /** From 0, a stranger, to 1. Null where nobody said. */
    closeness: doublePrecision('closeness'),
    /** Nobody is to be reminded of this person. */
    muted: boolean('muted').notNull().default(false),
    /** No source speaks of the person any more. */
    deletedAt: instant('deleted_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [index('contacts_user_id_idx').on(table.userId, table.id)],
);

/** What one account says of a person, and which contact that went into. */
export const contactSources = pgTable(
  'contact_sources',
  {
    accountId: key('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** The provider's name of the person, such as `people/c123`. */
    resourceName: key('resource_name').notNull(),
    contactId: key('contact_id')
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    etag: text('etag'),
    fields: json<ContactFields>('fields').notNull(),
    deletedAt: instant('deleted_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'contact_sources_pkey', columns: [table.accountId, table.resourceName] }),
    index('contact_sources_contact_id_idx').on(table.contactId),
  ],
);

const address = {
  contactId: key('contact_id')
    .notNull()
    .references(() => contacts.id, { onDelete: 'cascade' }),
  /** The contact's, so that a user's contacts are found by address without a join. */
  userId: key('user_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  label: text('label'),
  /** 0 is preferred. */
  position: integer('position').notNull(),
};

export const contactEmails = pgTable(
  'contact_emails',
  { ...address, email: key('email').notNull() },
  (table) => [
    primaryKey({ name: 'contact_emails_pkey', columns: [table.contactId, table.email] }),
    index('contact_emails_user_id_email_idx').on(table.userId, table.email),
  ],
);

export const contactPhones = pgTable(
  'contact_phones',
  { ...address, phone: key('phone').notNull() },
  (table) => [
    primaryKey({ name: 'contact_phones_pkey', columns: [table.contactId, table.phone] }),
    index('contact_phones_user_id_phone_idx').on(table.userId, table.phone),
  ],
);

export type Contact = typeof contacts.$inferSelect;
export type NewContact = typeof contacts.$inferInsert;
export type ContactSource = typeof contactSources.$inferSelect;
export type NewContactSource = typeof contactSources.$inferInsert;
export type ContactEmail = typeof contactEmails.$inferSelect;
export type ContactPhone = typeof contactPhones.$inferSelect;
