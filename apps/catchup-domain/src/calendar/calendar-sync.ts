import type { Calendar, Data } from '@switchyard/catchup-data';
import {
  GoogleForbiddenError,
  GoogleNotFoundError,
  GoogleRefusedError,
  GoogleUnavailableError,
  MalformedAnswerError,
  PageTokenInvalidError,
  type CalendarClient,
} from '@switchyard/catchup-google';
import { failureCode } from '../domain-error.js';
import { SyncOvertakenError } from '../syncing/sync-overtaken-error.js';
import { noteSyncFailure } from '../syncing/sync-state-notes.js';
import { UnknownAccountError } from '../unknown-account-error.js';
import type { CalendarSyncReport, EventsReport, FailedCalendar } from './calendar-sync-report.js';
import { syncCalendarList } from './sync-calendar-list.js';
import { syncEvents } from './sync-events.js';
import { CALENDARS_RESOURCE, eventsResource, type SyncRun } from './sync-run.js';

export interface CalendarSyncParts {
  readonly data: Data;
  readonly google: { readonly calendar: CalendarClient };
  readonly now: () => Date;
  readonly newId: () => string;
  /** How long a page may take to come and be written before another sync may take over. Default 120. */
  readonly leaseSeconds?: number;
  /** Events of a page: 1 to 2500, which is the default. */
  readonly pageSize?: number;
}

export interface CalendarSyncOptions {
  readonly signal?: AbortSignal;
  /** Lists everything even where sync tokens are at hand. */
  readonly full?: boolean;
}

export type CalendarSyncOutcome =
  | { readonly state: 'synced'; readonly report: CalendarSyncReport }
  /** Another sync of the same account is under way; nothing was done. */
  | { readonly state: 'busy' };

export interface CalendarSync {
  /**
   * Brings an account's calendars and their events up to what the provider has. Each page is written in a transaction of
   * its own; a calendar's sync token comes with its last page. Whatever ends a sync early, the next one starts from the
   * tokens that were there. A calendar that cannot be read stops no other: the report names it.
   *
   * @throws UnknownAccountError, SyncOvertakenError, whatever Google's client rejects with for the list of calendars or
   * about the account's token, and what the database and the signal reject with
   */
  sync(accountId: string, options?: CalendarSyncOptions): Promise<CalendarSyncOutcome>;
}

const DEFAULT_LEASE_SECONDS = 120;

/** Errors that are about one calendar alone, or that pass. */
const OF_ONE_CALENDAR = [
  GoogleForbiddenError,
  GoogleNotFoundError,
  GoogleRefusedError,
  GoogleUnavailableError,
  MalformedAnswerError,
  PageTokenInvalidError,
];

export function createCalendarSync(parts: CalendarSyncParts): CalendarSync {
  const { data, google, now, newId, pageSize, leaseSeconds = DEFAULT_LEASE_SECONDS } = parts;
  return {
    async sync(accountId, { signal, full = false } = {}) {
      signal?.throwIfAborted();
      const account = await data.accounts.get(accountId);
      if (!account) throw new UnknownAccountError(accountId);
      const holder = newId();
      const lease = () => ({
        accountId,
        resource: CALENDARS_RESOURCE,
        holder,
        expiresAt: new Date(now().getTime() + leaseSeconds * 1000),
      });
      if (!(await data.syncLeases.take(lease(), now()))) return { state: 'busy' };
      try {
        const run = { data, google, now, newId, account, lease, pageSize, full, signal };
        return { state: 'synced', report: await syncUnderLease(run) };
      } finally {
        await data.syncLeases.release(lease());
      }
    },
  };
}

async function syncUnderLease(run: SyncRun): Promise<CalendarSyncReport> {
  const { data, account } = run;
  const calendars = await noting(run, CALENDARS_RESOURCE, () => syncCalendarList(run));
  const events: EventsReport[] = [];
  const failed: FailedCalendar[] = [];
  for (const calendar of await data.calendars.ofAccount(account.id)) {
    try {
      events.push(await syncOne(run, calendar));
    } catch (error) {
      if (!OF_ONE_CALENDAR.some((kind) => error instanceof kind)) throw error;
      failed.push({ calendarId: calendar.id, failure: failureCode(error) });
    }
  }
  return { calendars, events, failed };
}

const syncOne = (run: SyncRun, calendar: Calendar): Promise<EventsReport> =>
  noting(run, eventsResource(calendar.externalId), () => syncEvents(run, calendar));

/** Notes a failure where it belongs before it goes on. */
async function noting<Result>(
  { data, account, signal, now }: SyncRun,
  resource: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!signal?.aborted && !(error instanceof SyncOvertakenError))
      await noteSyncFailure(data, { accountId: account.id, resource }, error, now());
    throw error;
  }
}
