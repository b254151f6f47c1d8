import type { ContactFields } from '@switchyard/catchup-data';
import { assignContacts, type Assignment, type KnownContact } from './assign-contacts.js';
import { groupPeople, type GroupingLimits } from './group-people.js';
import { mergePeople } from './merge-people.js';
import type { SourcePerson } from './source-person.js';

export interface PlannedContact {
  /** The contact that goes on as this one; null for a new one. */
  readonly id: string | null;
  readonly sourceKeys: readonly string[];
  readonly fields: ContactFields;
}

export interface ContactPlan extends Pick<Assignment, 'merged' | 'split' | 'emptied'> {
  /** By index, as `merged` and `split` name them. */
  readonly contacts: readonly PlannedContact[];
}

/**
 * Everything a user's contacts should be, from all entries of all address books. Who is in which contact depends on
 * the entries alone: it does not matter in which order or in how many syncs they came. Only which id goes on depends
 * on what there was.
 */
export function planContacts(
  people: readonly SourcePerson[],
  known: readonly KnownContact[],
  limits?: GroupingLimits,
): ContactPlan {
  const groups = groupPeople(people, limits);
  const { contactIds, merged, split, emptied } = assignContacts(groups, known);
  return {
    contacts: groups.map((group, n) => ({
      id: contactIds[n] ?? null,
      sourceKeys: group.map(({ key }) => key),
      fields: mergePeople(group),
    })),
    merged,
    split,
    emptied,
  };
}
