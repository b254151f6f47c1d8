import type { ContactFields } from '@switchyard/catchup-data';
import { isDeepStrictEqual } from 'node:util';
import type { ReadPerson } from './read-person.js';

/** An entry of one account, as it is kept. */
export interface KeptEntry {
  readonly resourceName: string;
  readonly etag: string | null;
  readonly fields: ContactFields;
  readonly contactId: string;
  readonly deleted: boolean;
}

/** An entry to be written; `contactId` is the contact that it was of before, if any. */
export type WrittenEntry = Omit<KeptEntry, 'contactId'> & { readonly contactId: string | null };

export interface RejectedEntry {
  readonly resourceName: string | null;
  readonly reason: string;
}

export interface AppliedListing {
  /** All that are different from what is kept, each name once. */
  readonly written: readonly WrittenEntry[];
  readonly rejected: readonly RejectedEntry[];
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

/**
 * What a page of a listing changes. Of an entry that comes twice the later one counts. What is rejected stays as it is
 * kept. Somebody who was known under another name before is the same entry under a new name: the contact stays, and
 * the former name goes, unless the listing has it as somebody alive (`seen`, or this page).
 */
export function applyListing(
  kept: ReadonlyMap<string, KeptEntry>,
  page: readonly ReadPerson[],
  seen: ReadonlySet<string> = new Set(),
): AppliedListing {
  const rejected = page.flatMap((item) =>
    item.kind === 'rejected' ? [{ resourceName: item.resourceName, reason: item.reason }] : [],
  );
  const latest = new Map(
    page.flatMap((item) => (item.kind === 'rejected' ? [] : [[item.resourceName, item]])),
  );
  const isListed = (name: string) => seen.has(name) || latest.get(name)?.kind === 'person';
  const written = new Map<string, WrittenEntry>();
  const counts = { added: 0, changed: 0, removed: 0, unchanged: 0 };

  const remove = (name: string): boolean => {
    const entry = kept.get(name);
    if (!entry || entry.deleted || written.has(name)) return false;
    written.set(name, { ...entry, deleted: true });
    counts.removed++;
    return true;
  };
  for (const item of latest.values()) {
    const { resourceName, formerNames } = item;
    const entry = kept.get(resourceName);
    const former = formerNames.filter((name) => !isListed(name));
    if (item.kind === 'deleted') {
      if (!remove(resourceName)) counts.unchanged++;
    } else if (
      entry &&
      !entry.deleted &&
      entry.etag === item.etag &&
      isDeepStrictEqual(entry.fields, item.fields)
    ) {
      counts.unchanged++;
    } else {
      const predecessor =
        entry ?? former.map((name) => kept.get(name)).find((known) => known && !known.deleted);
      written.set(resourceName, {
        resourceName,
        etag: item.etag,
        fields: item.fields,
        contactId: predecessor?.contactId ?? null,
        deleted: false,
      });
      counts[entry && !entry.deleted ? 'changed' : 'added']++;
    }
    for (const name of former) remove(name);
  }
  return { written: [...written.values()], rejected, ...counts };
}

/** What is left of a complete listing: everything that it did not have is gone. */
export function sweepListing(
  kept: ReadonlyMap<string, KeptEntry>,
  seen: ReadonlySet<string>,
): WrittenEntry[] {
  return [...kept.values()]
    .filter(({ resourceName, deleted }) => !deleted && !seen.has(resourceName))
    .map((entry) => ({ ...entry, deleted: true }));
}
