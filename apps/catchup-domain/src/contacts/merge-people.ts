import type { ContactFields, LabelledAddress } from '@switchyard/catchup-data';
import { emailKey } from './email-key.js';
import type { SourcePerson } from './source-person.js';

/**
 * One person from the entries of a group. Entries are asked in this order: the one that was changed last, then those
 * whose provider does not say when, then by key; each field is taken from the first that has it, the parts of a name
 * always together. Starred anywhere is starred. Addresses are all kept: first the preferred one of each entry, then the
 * others, each in the order of the entries. Of addresses that reach the same the first spelling stands, with the first
 * label that there is. Who has no name is called by a nickname, an organization, else by an address.
 */
export function mergePeople(group: readonly SourcePerson[]): ContactFields {
  const entries = [...group]
    .sort((a, b) => compare(b.fields.changedAt ?? '', a.fields.changedAt ?? '') || compare(a.key, b.key))
    .map(({ fields }) => fields);
  const first = <Field extends keyof ContactFields>(field: Field): ContactFields[Field] | null =>
    entries.find((fields) => fields[field] !== null)?.[field] ?? null;
  const named = entries.find(({ displayName }) => displayName !== '');
  const emails = together(entries, 'emails', (value) => emailKey(value) ?? value);
  const phones = together(entries, 'phones', (value) => value);
  const nickname = first('nickname');
  const organization = first('organization');
  return {
    displayName:
      named?.displayName ?? nickname ?? organization ?? emails[0]?.value ?? phones[0]?.value ?? 'Nameless',
    givenName: named?.givenName ?? null,
    familyName: named?.familyName ?? null,
    nickname,
    organization,
    jobTitle: entries.find((fields) => fields.organization === organization)?.jobTitle ?? null,
    birthday: first('birthday'),
    photoUrl: first('photoUrl'),
    notes: first('notes'),
    starred: entries.some(({ starred }) => starred),
    emails,
    phones,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function together(
  entries: readonly ContactFields[],
  field: 'emails' | 'phones',
  keyOf: (value: string) => string,
): LabelledAddress[] {
  const preferred = entries.flatMap((fields) => fields[field].slice(0, 1));
  const others = entries.flatMap((fields) => fields[field].slice(1));
  const all = new Map<string, LabelledAddress>();
  for (const address of [...preferred, ...others]) {
    const key = keyOf(address.value);
    const known = all.get(key);
    if (!known) all.set(key, address);
    else if (known.label === null) all.set(key, { ...known, label: address.label });
  }
  return [...all.values()];
}
