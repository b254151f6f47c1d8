import { randomUUID } from 'node:crypto';
import type { Account, Data } from '@switchyard/catchup-data';
import type { PeopleClient } from '@switchyard/catchup-google';
import { listWithRestarts } from '../syncing/list-with-restarts.js';
import { SyncOvertakenError } from '../syncing/sync-overtaken-error.js';
import { noteSyncFailure } from '../syncing/sync-state-notes.js';
import { UnknownAccountError } from '../unknown-account-error.js';
import type { ContactSyncReport } from './contact-sync-report.js';
import { CONTACTS_RESOURCE, readListing } from './read-listing.js';
import { regionOfPhone, type Region } from './phone-key.js';

export interface ContactSyncParts {
  readonly data: Data;
  readonly google: { readonly people: PeopleClient };
  readonly now: () => Date;
  /** Default `randomUUID`. */
  readonly newId?: () => string;
  /** How long a page may take to come and be written before another sync may take over. Default 120. */
  readonly leaseSeconds?: number;
  /** Entries of a page: 1 to 1000, which is the default. */
  readonly pageSize?: number;
  /** Where numbers without a country are from, if the user's own number does not tell. */
  readonly defaultRegion?: Region;
}

export interface ContactSyncOptions {
  readonly signal?: AbortSignal;
  /** Lists everything even where a sync token is at hand. */
  readonly full?: boolean;
}

export type ContactSyncOutcome =
  | { readonly state: 'synced'; readonly report: ContactSyncReport }
  /** Another sync of the same account is under way; nothing was done. */
  | { readonly state: 'busy' };

export interface ContactSync {
  /**
   * Brings a user's contacts up to what the account's address book says. Each page is written in a transaction of its
   * own, the contacts that it makes with it; the sync token comes with the last page. Whatever ends a sync early, the
   * next one starts from the token that was there.
   *
   * @throws UnknownAccountError, SyncOvertakenError, and whatever Google's client, the database and the signal reject with
   */
  sync(accountId: string, options?: ContactSyncOptions): Promise<ContactSyncOutcome>;
}

const DEFAULT_LEASE_SECONDS = 120;

export function createContactSync(parts: ContactSyncParts): ContactSync {
  const { data, now, newId = randomUUID, leaseSeconds = DEFAULT_LEASE_SECONDS } = parts;

  return {
    async sync(accountId, options = {}) {
      options.signal?.throwIfAborted();
      const account = await data.accounts.get(accountId);
      if (!account) throw new UnknownAccountError(accountId);
      const holder = newId();
      const lease = () => ({
        accountId,
        resource: CONTACTS_RESOURCE,
        holder,
        expiresAt: new Date(now().getTime() + leaseSeconds * 1000),
      });
      if (!(await data.syncLeases.take(lease(), now()))) return { state: 'busy' };
      try {
        return { state: 'synced', report: await syncUnderLease(parts, account, lease, options) };
      } catch (error) {
        const isOurs = !options.signal?.aborted && !(error instanceof SyncOvertakenError);
        if (isOurs) await noteSyncFailure(data, { accountId, resource: CONTACTS_RESOURCE }, error, now());
        throw error;
      } finally {
        await data.syncLeases.release(lease());
      }
    },
  };
}

async function syncUnderLease(
  { data, google, now, newId = randomUUID, pageSize, defaultRegion }: ContactSyncParts,
  account: Account,
  lease: Parameters<typeof readListing>[0]['lease'],
  { signal, full = false }: ContactSyncOptions,
): Promise<ContactSyncReport> {
  const user = await data.users.get(account.userId);
  const region = regionOfPhone(user?.phone) ?? defaultRegion;
  const state = await data.syncState.get(account.id, CONTACTS_RESOURCE);
  const listing = { data, google, now, newId, account, lease, region, state, pageSize, signal };
  const { report, tokenExpired } = await listWithRestarts(
    full ? undefined : (state?.syncToken ?? undefined),
    (syncToken) => readListing({ ...listing, syncToken }),
  );
  return { ...report, tokenExpired };
}
