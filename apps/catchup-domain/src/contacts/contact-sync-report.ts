import type { RejectedEntry } from './apply-listing.js';
import type { ContactCounts } from './contact-book.js';

/** What a sync found: counted in entries of the address book, and in contacts. */
export interface ContactSyncReport extends ListingReport {
  /** The provider did not take the sync token any more: that is why it was full. */
  readonly tokenExpired: boolean;
}

export interface ListingReport {
  readonly kind: 'full' | 'incremental';
  readonly pages: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Listed, and known just so; gone, and never known. */
  readonly unchanged: number;
  readonly rejected: readonly RejectedEntry[];
  /** `removed` counts those that merged into another one, too. */
  readonly contacts: ContactCounts;
}

export const emptyReport = (kind: ListingReport['kind']): ListingReport => ({
  kind,
  pages: 0,
  added: 0,
  changed: 0,
  removed: 0,
  unchanged: 0,
  rejected: [],
  contacts: { created: 0, changed: 0, removed: 0 },
});

/** What was found so far, with one page more. */
export const withPage = (
  report: ListingReport,
  page: Omit<ListingReport, 'kind' | 'pages'>,
): ListingReport => ({
  kind: report.kind,
  pages: report.pages + 1,
  added: report.added + page.added,
  changed: report.changed + page.changed,
  removed: report.removed + page.removed,
  unchanged: report.unchanged + page.unchanged,
  rejected: [...report.rejected, ...page.rejected],
  contacts: {
    created: report.contacts.created + page.contacts.created,
    changed: report.contacts.changed + page.contacts.changed,
    removed: report.contacts.removed + page.contacts.removed,
  },
});
