import { isRoleAddress } from './email-key.js';
import { addressKeys, type SourcePerson } from './source-person.js';
import { createUnion } from './union.js';

export interface GroupingLimits {
  /** An address that people of more different names have is shared. Default 3. */
  readonly maxNamesPerAddress?: number;
  /** A group of more different names was glued together by mistake. Default 8. */
  readonly maxNamesPerGroup?: number;
}

/**
 * Which entries are the same person. Two are if they have an address in common, and so on along a chain; never by name
 * alone. An address that is **shared** makes only those the same who also have the same name:
 *
 * - the mailbox of an office (`info@…`, see `isRoleAddress`);
 * - one that people of more than `maxNamesPerAddress` different names have: a switchboard, a family's landline;
 * - every address of a group in which more than `maxNamesPerGroup` different names met along chains.
 *
 * An entry without a name counts as a name of its own. So no group has more than `maxNamesPerGroup` names. The result
 * depends on the entries alone, not on their order: members are sorted by key, groups by their first member.
 */
export function groupPeople(
  people: readonly SourcePerson[],
  { maxNamesPerAddress = 3, maxNamesPerGroup = 8 }: GroupingLimits = {},
): SourcePerson[][] {
  const sorted = [...people].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const groups = linked(sorted, (address, holders) =>
    isRole(address) || namesOf(holders).size > maxNamesPerAddress ? 'those of a name' : 'all',
  );
  return groups
    .flatMap((group) =>
      namesOf(group).size > maxNamesPerGroup ? linked(group, () => 'those of a name') : [group],
    )
    .sort((a, b) => (firstKey(a) < firstKey(b) ? -1 : 1));
}

const firstKey = (group: readonly SourcePerson[]): string => group[0]?.key ?? '';
const isRole = (address: string): boolean => address.startsWith('mailto:') && isRoleAddress(address.slice(7));

function linked(
  people: readonly SourcePerson[],
  linksOf: (address: string, holders: readonly SourcePerson[]) => 'all' | 'those of a name',
): SourcePerson[][] {
  const holders = new Map<string, SourcePerson[]>();
  for (const person of people) {
    for (const address of addressKeys(person.fields)) {
      const known = holders.get(address);
      if (known) known.push(person);
      else holders.set(address, [person]);
    }
  }
  const union = createUnion();
  for (const [address, those] of holders) {
    if (linksOf(address, those) === 'all') {
      union.join(those.map(({ key }) => key));
      continue;
    }
    for (const namesakes of byName(those).values()) union.join(namesakes.map(({ key }) => key));
  }
  return [...gathered(people, ({ key }) => union.find(key)).values()];
}

/** Somebody without a name has one that nobody else has. */
function nameOf({ key, fields }: SourcePerson): string {
  const plain = plainName(fields.displayName);
  return plain === '' ? `unnamed ${key}` : `named ${plain}`;
}

/** Case, accents, punctuation and spaces do not make another name. */
const plainName = (display: string): string =>
  display
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const namesOf = (people: readonly SourcePerson[]): Set<string> => new Set(people.map(nameOf));

const byName = (people: readonly SourcePerson[]): Map<string, SourcePerson[]> => gathered(people, nameOf);

function gathered<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
