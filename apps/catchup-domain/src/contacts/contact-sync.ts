import { randomUUID } from 'node:crypto';
import type { Account, Data, SyncState } from '@switchyard/catchup-data';
import {
  GoogleRefusedError,
  PageTokenInvalidError,
  SyncTokenExpiredError,
  type PeopleClient,
} from '@switchyard/catchup-google';
import { failureCode } from '../domain-error.js';
import { UnknownAccountError } from '../unknown-account-error.js';
import type { ContactSyncReport } from './contact-sync-report.js';
import { CONTACTS_RESOURCE, readListing } from './read-listing.js';
import { regionOfPhone, type Region } from './phone-key.js';
import { SyncOvertakenError } from '../syncing/sync-overtaken-error.js';

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
/** A listing may be cut off in the middle; more often than that in a row, something else is wrong. */
const MAX_LISTINGS = 3;

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
        if (isOurs) await noteFailure(parts, accountId, error);
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
  let syncToken = full ? undefined : (state?.syncToken ?? undefined);
  let tokenExpired = false;
  for (let listings = 1; ; listings++) {
    try {
      return { ...(await readListing({ ...listing, syncToken })), tokenExpired };
    } catch (error) {
      if (syncToken !== undefined && isTokenRefused(error)) {
        syncToken = undefined;
        tokenExpired = true;
      } else if (!(error instanceof PageTokenInvalidError) || listings >= MAX_LISTINGS) throw error;
    }
  }
}

/** It is too old, or was given for other fields or pages of another size: what is asked for changes with versions. */
const isTokenRefused = (error: unknown): boolean =>
  error instanceof SyncTokenExpiredError || (error instanceof GoogleRefusedError && error.status === 400);

/** For the schedule and for people. What was read before stays as good as it was. */
async function noteFailure(
  { data, now }: ContactSyncParts,
  accountId: string,
  error: unknown,
): Promise<void> {
  const state: SyncState | undefined = await data.syncState.get(accountId, CONTACTS_RESOURCE);
  await data.syncState.save({
    accountId,
    resource: CONTACTS_RESOURCE,
    failureCount: (state?.failureCount ?? 0) + 1,
    lastFailureAt: now(),
    lastFailure: failureCode(error),
    createdAt: now(),
    updatedAt: now(),
  });
}
