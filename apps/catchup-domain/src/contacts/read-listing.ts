import type { Account, Data, Stores, SyncLease, SyncState } from '@switchyard/catchup-data';
import type { PeopleClient } from '@switchyard/catchup-google';
import { SyncOvertakenError } from '../syncing/sync-overtaken-error.js';
import { noteSyncDone } from '../syncing/sync-state-notes.js';
import { applyListing, sweepListing } from './apply-listing.js';
import { keptEntries, loadContactBook, writeEntries } from './contact-book.js';
import { emptyReport, withPage, type ListingReport } from './contact-sync-report.js';
import type { Region } from './phone-key.js';
import { PERSON_FIELDS, readPerson, type ReadPerson } from './read-person.js';

/** Under which name the state of a contact sync is kept. */
export const CONTACTS_RESOURCE = 'contacts';

export interface Listing {
  readonly data: Data;
  readonly google: { readonly people: PeopleClient };
  readonly now: () => Date;
  readonly newId: () => string;
  readonly account: Account;
  /** Anew for each page. */
  readonly lease: () => SyncLease;
  readonly region: Region | undefined;
  readonly state: SyncState | undefined;
  readonly pageSize: number | undefined;
  /** Without it everything is listed. */
  readonly syncToken: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Reads a listing to its end and writes each page as it comes. */
export async function readListing(listing: Listing): Promise<ListingReport> {
  const { google, account, region, pageSize, signal, syncToken } = listing;
  let report = emptyReport(syncToken === undefined ? 'full' : 'incremental');
  const seen = new Set<string>();
  const pages = google.people.listPages(account.id, { fields: PERSON_FIELDS, pageSize, syncToken, signal });
  for await (const { people, rejected, nextSyncToken } of pages) {
    signal?.throwIfAborted();
    const items = [
      ...people.map((person) => readPerson(person, region)),
      ...rejected.map(({ problem }) => ({ kind: 'rejected' as const, resourceName: null, reason: problem })),
    ];
    for (const { kind, resourceName } of items)
      if (resourceName !== null && kind !== 'deleted') seen.add(resourceName);
    const before = report;
    report = await listing.data.transaction(
      async (stores) => {
        if (!(await stores.syncLeases.hold(listing.lease())))
          throw new SyncOvertakenError(account.id, CONTACTS_RESOURCE);
        const soFar = withPage(
          before,
          await writePage(stores, listing, items, seen, nextSyncToken !== undefined),
        );
        if (nextSyncToken !== undefined)
          await noteSyncDone(
            stores,
            { accountId: account.id, resource: CONTACTS_RESOURCE },
            {
              state: listing.state,
              syncToken: nextSyncToken,
              isFull: syncToken === undefined,
              changes: soFar.added + soFar.changed + soFar.removed,
              at: listing.now(),
            },
          );
        return soFar;
      },
      // Two accounts of one user write the same contacts.
      { isolation: 'serializable', maxAttempts: 10, signal },
    );
  }
  return report;
}

async function writePage(
  stores: Stores,
  { account, now, newId, syncToken }: Listing,
  items: readonly ReadPerson[],
  seen: ReadonlySet<string>,
  isLast: boolean,
): Promise<Omit<ListingReport, 'kind' | 'pages'>> {
  const book = await loadContactBook(stores, account.userId);
  const kept = keptEntries(book, account.id);
  const { written, ...found } = applyListing(kept, items, seen);
  // What a complete listing did not have is gone; of one that was cut short, nobody knows.
  const handled = new Set([...seen, ...written.map(({ resourceName }) => resourceName)]);
  const swept = isLast && syncToken === undefined ? sweepListing(kept, handled) : [];
  const contacts = await writeEntries(stores, book, account, [...written, ...swept], now(), newId);
  return { ...found, removed: found.removed + swept.length, contacts };
}
