import type { PersonAddress, PersonName, SourcePerson } from './source-person.js';

/** What the address books together say about somebody. */
export interface MergedPerson {
  readonly name: PersonName;
  readonly organization: string | null;
  readonly photoUrl: string | null;
  /** Of each address one, the one to use first in front. */
  readonly emails: readonly PersonAddress[];
  readonly phones: readonly PersonAddress[];
}

/**
 * One person from the entries of a group. Entries are asked in this order: the one that was changed last, then those
 * whose provider does not say when, then by key; each field is taken from the first that has it, a name always as a
 * whole. Addresses are all kept: first those that their entry calls primary, then in the order of the entries. Of the
 * same address spelt twice, the first spelling stands, with the first label that there is. Who has no name is called by
 * an organization, else by an address.
 */
export function mergePeople(group: readonly SourcePerson[]): MergedPerson {
  const entries = [...group].sort(
    (a, b) => compare(b.updatedAt ?? '', a.updatedAt ?? '') || compare(a.key, b.key),
  );
  const emails = together(entries.flatMap((entry) => entry.emails));
  const phones = together(entries.flatMap((entry) => entry.phones));
  const organization = first(entries, (entry) => entry.organization);
  return {
    name: first(entries, (entry) => entry.name) ?? {
      display: organization ?? emails[0]?.value ?? phones[0]?.value ?? 'Nameless',
      given: null,
      family: null,
    },
    organization,
    photoUrl: first(entries, (entry) => entry.photoUrl),
    emails,
    phones,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function first<T>(entries: readonly SourcePerson[], of: (entry: SourcePerson) => T | null): T | null {
  for (const entry of entries) {
    const value = of(entry);
    if (value !== null) return value;
  }
  return null;
}

function together(addresses: readonly PersonAddress[]): PersonAddress[] {
  const all = new Map<string, PersonAddress>();
  for (const address of [...addresses].sort((a, b) => Number(b.primary) - Number(a.primary))) {
    const id = address.key === null ? `text ${address.value}` : `key ${address.key}`;
    const known = all.get(id);
    all.set(id, known ? { ...known, label: known.label ?? address.label } : address);
  }
  return [...all.values()].map((address, n) => ({ ...address, primary: n === 0 }));
}
