import type { ContactSource, Stores } from '@switchyard/catchup-data';
import type { KeptEntry, WrittenEntry } from './apply-listing.js';
import { contactChanges, isTouched, knownContact, type KeptContact } from './contact-changes.js';
import { planContacts } from './plan-contacts.js';
import type { SourcePerson } from './source-person.js';

/** All entries and contacts of a user, as a transaction sees them. */
export interface ContactBook {
  /** With those that are gone, whose contacts come back if they do. */
  readonly sources: readonly ContactSource[];
  readonly contacts: ReadonlyMap<string, KeptContact>;
}

export async function loadContactBook(stores: Stores, userId: string): Promise<ContactBook> {
  const sources = await stores.contactSources.ofUser(userId, { deletedToo: true });
  const ids = [...new Set(sources.map(({ contactId }) => contactId))];
  const contacts = new Map(
    (await stores.contacts.byIds(ids)).map((contact): [string, Mutable<KeptContact>] => [
      contact.id,
      { contact, emails: [], phones: [] },
    ]),
  );
  for (const { contactId, email, label } of await stores.contacts.emailsOf(ids))
    contacts.get(contactId)?.emails.push({ value: email, label });
  for (const { contactId, phone, label } of await stores.contacts.phonesOf(ids))
    contacts.get(contactId)?.phones.push({ value: phone, label });
  return { sources, contacts };
}

type Mutable<T> = {
  -readonly [Field in keyof T]: T[Field] extends readonly (infer Item)[] ? Item[] : T[Field];
};

export const keptEntries = ({ sources }: ContactBook, accountId: string): Map<string, KeptEntry> =>
  new Map(
    sources
      .filter((source) => source.accountId === accountId)
      .map(({ resourceName, etag, fields, contactId, deletedAt }) => [
        resourceName,
        { resourceName, etag, fields, contactId, deleted: deletedAt !== null },
      ]),
  );

export interface ContactCounts {
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
}

/**
 * Writes entries of an account, and with them what they make of the user's contacts: after it, these are what all
 * entries of all accounts say. What is so already is not written.
 */
export async function writeEntries(
  stores: Stores,
  book: ContactBook,
  account: { readonly id: string; readonly userId: string },
  written: readonly WrittenEntry[],
  now: Date,
  newId: () => string,
): Promise<ContactCounts> {
  if (written.length === 0) return { created: 0, changed: 0, removed: 0 };
  const sources = new Map(
    book.sources.map((source) => [keyOf(source), { ...source, deleted: source.deletedAt !== null }]),
  );
  const writtenKeys = new Set<string>();
  for (const entry of written) {
    const key = keyOf({ accountId: account.id, resourceName: entry.resourceName });
    writtenKeys.add(key);
    const before = sources.get(key);
    sources.set(key, {
      createdAt: now,
      ...before,
      ...entry,
      contactId: entry.contactId ?? '',
      accountId: account.id,
      deletedAt: entry.deleted ? (before?.deletedAt ?? now) : null,
      updatedAt: now,
    });
  }

  const people: SourcePerson[] = [];
  const sourceKeys = new Map<string, string[]>();
  for (const [key, { deleted, fields, contactId }] of sources) {
    if (!deleted) people.push({ key, fields });
    const keys = sourceKeys.get(contactId);
    if (keys) keys.push(key);
    else sourceKeys.set(contactId, [key]);
  }
  const known = [...book.contacts].map(([id, kept]) => knownContact(kept, sourceKeys.get(id) ?? []));
  const changes = contactChanges(account.userId, planContacts(people, known), book.contacts, now, newId);

  const { inserted, updated, addresses, contactIdOf } = changes;
  await stores.contacts.upsert([...inserted, ...updated]);
  for (const contact of updated) {
    const { lastContactedAt, closeness, muted } = contact;
    if (isTouched(contact))
      await stores.contacts.setPersonal(contact.id, { lastContactedAt, closeness, muted }, now);
  }
  await stores.contacts.replaceAddresses(addresses.map((each) => ({ ...each, userId: account.userId })));
  for (const { from, into } of changes.handovers) await stores.suggestions.moveToContact(from, into, now);

  const rows = [...sources].flatMap(([key, { deleted, ...source }]) => {
    const contactId = deleted ? source.contactId : contactIdOf.get(key);
    const isMoved = contactId !== source.contactId;
    return contactId !== undefined && (isMoved || writtenKeys.has(key))
      ? [{ ...source, contactId, updatedAt: now }]
      : [];
  });
  await stores.contactSources.upsert(rows);
  return changes;
}

/** No resource name has a space in it. */
const keyOf = ({ accountId, resourceName }: { accountId: string; resourceName: string }): string =>
  `${accountId} ${resourceName}`;
