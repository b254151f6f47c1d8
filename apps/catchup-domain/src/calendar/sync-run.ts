import type { Account, Data, Stores, SyncLease } from '@switchyard/catchup-data';
import type { CalendarClient } from '@switchyard/catchup-google';
import { SyncOvertakenError } from '../syncing/sync-overtaken-error.js';

/** The list of an account's calendars: its lease stands for all of them. */
export const CALENDARS_RESOURCE = 'calendars';
/** Under which name the state of a calendar's events is kept. */
export const eventsResource = (externalId: string): string => `events:${externalId}`;

/** One sync under its lease. */
export interface SyncRun {
  readonly data: Data;
  readonly google: { readonly calendar: CalendarClient };
  readonly now: () => Date;
  readonly newId: () => string;
  readonly account: Account;
  /** Anew for each page. */
  readonly lease: () => SyncLease;
  readonly pageSize: number | undefined;
  readonly full: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Writes a page in a transaction of its own, unless another sync has taken over. */
export function writePage<Result>(run: SyncRun, write: (stores: Stores) => Promise<Result>): Promise<Result> {
  return run.data.transaction(
    async (stores) => {
      if (!(await stores.syncLeases.hold(run.lease())))
        throw new SyncOvertakenError(run.account.id, CALENDARS_RESOURCE);
      return await write(stores);
    },
    { signal: run.signal },
  );
}
