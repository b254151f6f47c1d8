import type { Contact, ContactFields, LabelledAddress } from '@switchyard/catchup-data';
import { isDeepStrictEqual } from 'node:util';
import type { KnownContact } from './assign-contacts.js';
import type { ContactPlan } from './plan-contacts.js';

/** A contact as it is kept, with its addresses in their order. */
export interface KeptContact {
  readonly contact: Contact;
  readonly emails: readonly LabelledAddress[];
  readonly phones: readonly LabelledAddress[];
}

export interface ContactChanges {
  readonly inserted: readonly Contact[];
  readonly updated: readonly Contact[];
  /** Those whose addresses are to be replaced; the inserted ones among them. */
  readonly addresses: readonly {
    readonly contactId: string;
    readonly emails: readonly LabelledAddress[];
    readonly phones: readonly LabelledAddress[];
  }[];
  /** Which contact each entry is of. */
  readonly contactIdOf: ReadonlyMap<string, string>;
  /** Contacts that merged into others: what refers to `from` is to refer to `into`. */
  readonly handovers: readonly { readonly from: string; readonly into: string }[];
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
}

/** Has the user something to lose with it? */
export const isTouched = ({ lastContactedAt, closeness, muted }: Contact): boolean =>
  lastContactedAt !== null || closeness !== null || muted;

/**
 * The rows to write so that a user's contacts are as planned; none for what is so already.
 *
 * What the user did is never lost: a contact that merges into another hands over when it was last contacted (the later
 * one counts), and its closeness and mute where the other has none. What parts from a contact starts with the same,
 * since nobody knows whom of the two it was meant for. A contact of which nothing is left keeps its row, marked as
 * deleted; it comes back with everything if an entry of it does.
 */
export function contactChanges(
  userId: string,
  plan: ContactPlan,
  kept: ReadonlyMap<string, KeptContact>,
  now: Date,
  newId: () => string,
): ContactChanges {
  const inserted: Contact[] = [];
  const updated: Contact[] = [];
  const addresses: ContactChanges['addresses'][number][] = [];
  const contactIdOf = new Map<string, string>();
  const mergedInto = new Map<number, Contact[]>();
  const splitFrom = new Map<number, Contact[]>();
  const gather = (into: Map<number, Contact[]>, links: ContactPlan['merged']) => {
    for (const { from, into: index } of links) {
      const contact = kept.get(from)?.contact;
      if (contact) into.set(index, [...(into.get(index) ?? []), contact]);
    }
  };
  gather(mergedInto, plan.merged);
  gather(splitFrom, plan.split);

  plan.contacts.forEach(({ id, sourceKeys, fields }, index) => {
    const before = id === null ? undefined : kept.get(id);
    const { emails, phones, ...columns } = columnsOf(fields);
    const heirOf = [...(mergedInto.get(index) ?? []), ...(splitFrom.get(index) ?? [])];
    const touch = inherited(before?.contact, heirOf);
    const contact: Contact = {
      ...(before?.contact ?? { id: newId(), userId, createdAt: now, updatedAt: now }),
      ...columns,
      ...touch,
      deletedAt: null,
    };
    for (const key of sourceKeys) contactIdOf.set(key, contact.id);
    if (!before) inserted.push(contact);
    const hasNewAddresses = !before || !isDeepStrictEqual([before.emails, before.phones], [emails, phones]);
    if (hasNewAddresses) addresses.push({ contactId: contact.id, emails, phones });
    if (before && (hasNewAddresses || !isDeepStrictEqual(before.contact, contact)))
      updated.push({ ...contact, updatedAt: now });
  });

  const idOf = (index: number): string | undefined =>
    contactIdOf.get(plan.contacts[index]?.sourceKeys[0] ?? '');
  const handovers = plan.merged.flatMap(({ from, into }) => {
    const id = idOf(into);
    return id === undefined ? [] : [{ from, into: id }];
  });
  const gone = [...plan.emptied, ...plan.merged.map(({ from }) => from)]
    .map((id) => kept.get(id)?.contact)
    .filter((contact) => contact !== undefined && contact.deletedAt === null);
  const changed = updated.length;
  for (const contact of gone) if (contact) updated.push({ ...contact, deletedAt: now, updatedAt: now });
  return {
    inserted,
    updated,
    addresses,
    contactIdOf,
    handovers,
    created: inserted.length,
    changed,
    removed: gone.length,
  };
}

/** For `planContacts`. */
export const knownContact = ({ contact }: KeptContact, sourceKeys: readonly string[]): KnownContact => ({
  id: contact.id,
  createdAt: contact.createdAt,
  touched: isTouched(contact),
  sourceKeys,
});

function columnsOf({ changedAt: _, ...columns }: ContactFields) {
  return columns;
}

function inherited(own: Contact | undefined, others: readonly Contact[]) {
  const all = own ? [own, ...others] : others;
  const times = all.flatMap(({ lastContactedAt }) => lastContactedAt?.getTime() ?? []);
  return {
    lastContactedAt: times.length === 0 ? null : new Date(Math.max(...times)),
    closeness: all.find(({ closeness }) => closeness !== null)?.closeness ?? null,
    muted: own && isTouched(own) ? own.muted : all.some(({ muted }) => muted),
  };
}
