import type { SourcePerson } from './source-person.js';

export interface KnownContact {
  readonly id: string;
  readonly createdAt: Date;
  /** The user has edited it or kept in touch with it: it has something to lose. */
  readonly touched: boolean;
  /** Keys of the entries that it was made from so far. */
  readonly sourceKeys: readonly string[];
}

export interface Assignment {
  /** Which contact each group is from now on; null where it takes a new one. In the order of the groups. */
  readonly contactIds: readonly (string | null)[];
  /** Contacts whose entries all went to others: what the user did to `from` belongs to `into` now. */
  readonly merged: readonly { readonly from: string; readonly into: number }[];
  /** Groups that take a new contact although their entries were of another so far. */
  readonly split: readonly { readonly from: string; readonly into: number }[];
  /** Contacts of which no entry is left. */
  readonly emptied: readonly string[];
}

/**
 * Which contact goes on as which group of entries, so that ids last as long as they can. Of the pairs that have entries
 * in common, these come first: contacts that the user has touched; more entries in common; the older contact; and the
 * smaller id, so that the result depends on nothing else. Each contact and each group is taken once. `merged`, `split`
 * and `contactIds` name groups by their index.
 */
export function assignContacts(
  groups: readonly (readonly SourcePerson[])[],
  contacts: readonly KnownContact[],
): Assignment {
  const groupOf = new Map<string, number>();
  groups.forEach((group, n) => group.forEach(({ key }) => groupOf.set(key, n)));

  const pairs = contacts.flatMap((contact) =>
    [...countOf(contact.sourceKeys.flatMap((key) => groupOf.get(key) ?? []))].map(([group, inCommon]) => ({
      contact,
      group,
      inCommon,
    })),
  );
  pairs.sort(
    (a, b) =>
      Number(b.contact.touched) - Number(a.contact.touched) ||
      b.inCommon - a.inCommon ||
      a.contact.createdAt.getTime() - b.contact.createdAt.getTime() ||
      (a.contact.id < b.contact.id ? -1 : a.contact.id > b.contact.id ? 1 : a.group - b.group),
  );

  const contactIds: (string | null)[] = groups.map(() => null);
  const goesOn = new Set<string>();
  for (const { contact, group } of pairs) {
    if (goesOn.has(contact.id) || contactIds[group] !== null) continue;
    contactIds[group] = contact.id;
    goesOn.add(contact.id);
  }

  const merged: { from: string; into: number }[] = [];
  const split: { from: string; into: number }[] = [];
  const had = new Set<string>();
  for (const { contact, group } of pairs) {
    if (!goesOn.has(contact.id) && !had.has(contact.id)) merged.push({ from: contact.id, into: group });
    if (contactIds[group] === null) split.push({ from: contact.id, into: group });
    had.add(contact.id);
  }
  return {
    contactIds,
    merged,
    split,
    emptied: contacts
      .filter(({ id, sourceKeys }) => !had.has(id) && sourceKeys.length > 0)
      .map(({ id }) => id),
  };
}

function countOf(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
