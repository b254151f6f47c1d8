import { and, asc, eq, gt, inArray, isNull, lt, or, type SQL } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import {
  contactEmails,
  contactPhones,
  contacts,
  type Contact,
  type ContactEmail,
  type ContactPhone,
  type NewContact,
} from '../schema/contacts.js';
import { anyOf } from './any-of.js';
import { replaceAddresses, type ContactAddresses } from './contact-addresses.js';
import type { Page } from './page.js';
import { updateIfChanged } from './update-if-changed.js';
import { upsert, type Upserted } from './upsert.js';

export interface ContactPage extends Page {
  /** Default false. */
  readonly deletedToo?: boolean;
}

/** What a user says of a contact, which no sync touches. */
export type PersonalTouch = Partial<Pick<Contact, 'closeness' | 'muted' | 'lastContactedAt'>>;

export interface ContactStore {
  /** By id. What the user said of a contact is kept. */
  upsert(contacts: readonly NewContact[]): Promise<Upserted<Contact>>;
  /** The emails and phones of these contacts become the given ones. Returns how many rows changed. */
  replaceAddresses(addresses: readonly ContactAddresses[]): Promise<number>;
  get(id: string): Promise<Contact | undefined>;
  byIds(ids: readonly string[]): Promise<Contact[]>;
  /** By id. */
  list(userId: string, page: ContactPage): Promise<Contact[]>;
  emailsOf(contactIds: readonly string[]): Promise<ContactEmail[]>;
  phonesOf(contactIds: readonly string[]): Promise<ContactPhone[]>;
  /** @param emails in lower case */
  byEmails(userId: string, emails: readonly string[]): Promise<Contact[]>;
  /** @param phone E.164 */
  byPhone(userId: string, phone: string): Promise<Contact[]>;
  /** @returns false where nothing changed */
  setPersonal(id: string, touch: PersonalTouch, now: Date): Promise<boolean>;
  /** @returns false where a later contact was known */
  noteContacted(id: string, at: Date, now: Date): Promise<boolean>;
  /** @returns those that were not deleted before */
  markDeleted(ids: readonly string[], now: Date): Promise<Contact[]>;
}

export function createContactStore(queries: Queries): ContactStore {
  const list = (where: SQL | undefined) =>
    queries.select().from(contacts).where(where).orderBy(asc(contacts.id));
  return {
    upsert: (rows) =>
      upsert(queries, contacts, rows, {
        by: ['id'],
        set: [
          ...(['displayName', 'givenName', 'familyName', 'nickname', 'organization', 'jobTitle'] as const),
          ...(['birthday', 'photoUrl', 'notes', 'starred', 'deletedAt'] as const),
        ],
      }),
    replaceAddresses: (addresses) => replaceAddresses(queries, addresses),
    get: async (id) => (await list(eq(contacts.id, id)))[0],
    byIds: (ids) => list(anyOf(contacts.id, ids)),
    list: (userId, { after, limit, deletedToo = false }) =>
      list(
        and(
          eq(contacts.userId, userId),
          deletedToo ? undefined : isNull(contacts.deletedAt),
          after === undefined ? undefined : gt(contacts.id, after),
        ),
      ).limit(limit),
    emailsOf: (contactIds) =>
      queries
        .select()
        .from(contactEmails)
        .where(anyOf(contactEmails.contactId, contactIds))
        .orderBy(asc(contactEmails.contactId), asc(contactEmails.position), asc(contactEmails.email)),
    phonesOf: (contactIds) =>
      queries
        .select()
        .from(contactPhones)
        .where(anyOf(contactPhones.contactId, contactIds))
        .orderBy(asc(contactPhones.contactId), asc(contactPhones.position), asc(contactPhones.phone)),
    byEmails(userId, emails) {
      const having = queries
        .select({ id: contactEmails.contactId })
        .from(contactEmails)
        .where(and(eq(contactEmails.userId, userId), anyOf(contactEmails.email, emails)));
      return list(and(inArray(contacts.id, having), isNull(contacts.deletedAt)));
    },
    byPhone(userId, phone) {
      const having = queries
        .select({ id: contactPhones.contactId })
        .from(contactPhones)
        .where(and(eq(contactPhones.userId, userId), eq(contactPhones.phone, phone)));
      return list(and(inArray(contacts.id, having), isNull(contacts.deletedAt)));
    },
    async setPersonal(id, touch, now) {
      const where = eq(contacts.id, id);
      return (await updateIfChanged(queries, contacts, where, touch, { updatedAt: now })).length > 0;
    },
    async noteContacted(id, at, now) {
      const noted = await queries
        .update(contacts)
        .set({ lastContactedAt: at, updatedAt: now })
        .where(
          and(eq(contacts.id, id), or(isNull(contacts.lastContactedAt), lt(contacts.lastContactedAt, at))),
        )
        .returning({ id: contacts.id });
      return noted.length > 0;
    },
    markDeleted: (ids, now) =>
      queries
        .update(contacts)
        .set({ deletedAt: now, updatedAt: now })
        .where(and(anyOf(contacts.id, ids), isNull(contacts.deletedAt)))
        .returning(),
  };
}
