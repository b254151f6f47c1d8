import type { calendar_v3 } from '@googleapis/calendar';
import type { NewCalendar, Stores } from '@switchyard/catchup-data';
import { listWithRestarts } from '../syncing/list-with-restarts.js';
import { noteSyncDone } from '../syncing/sync-state-notes.js';
import { addCounts, changesOf, NO_CHANGES, type ChangeCounts } from './calendar-sync-report.js';
import { CALENDARS_RESOURCE, eventsResource, writePage, type SyncRun } from './sync-run.js';

/** Brings the list of an account's calendars up to date. */
export async function syncCalendarList(run: SyncRun): Promise<ChangeCounts> {
  const { account, full } = run;
  const state = await run.data.syncState.get(account.id, CALENDARS_RESOURCE);
  const { report } = await listWithRestarts(full ? undefined : (state?.syncToken ?? undefined), (syncToken) =>
    readList(run, syncToken),
  );
  return report;
}

async function readList(run: SyncRun, syncToken: string | undefined): Promise<ChangeCounts> {
  const { google, account, signal, pageSize } = run;
  const resource = { accountId: account.id, resource: CALENDARS_RESOURCE };
  const seen: string[] = [];
  let counts = NO_CHANGES;
  const size = pageSize === undefined ? undefined : Math.min(pageSize, 250);
  for await (const { items, nextSyncToken } of google.calendar.listCalendarPages(account.id, {
    syncToken,
    pageSize: size,
    signal,
  })) {
    signal?.throwIfAborted();
    counts = await writePage(run, async (stores) => {
      let soFar = addCounts(counts, await writeEntries(run, stores, items));
      seen.push(...items.filter(({ deleted }) => !deleted).map(({ id }) => id as string));
      if (nextSyncToken === undefined) return soFar;
      if (syncToken === undefined) {
        const gone = await stores.calendars.markDeletedExcept(account.id, seen, run.now());
        await forget(stores, account.id, gone);
        soFar = addCounts(soFar, { ...NO_CHANGES, removed: gone.length });
      }
      await noteSyncDone(stores, resource, {
        state: await stores.syncState.get(account.id, CALENDARS_RESOURCE),
        syncToken: nextSyncToken,
        isFull: syncToken === undefined,
        changes: changesOf(soFar),
        at: run.now(),
      });
      return soFar;
    });
  }
  return counts;
}

async function writeEntries(
  run: SyncRun,
  stores: Stores,
  items: readonly calendar_v3.Schema$CalendarListEntry[],
): Promise<ChangeCounts> {
  const at = run.now();
  const deleted = items.filter((item) => item.deleted).map(({ id }) => id as string);
  const gone = await stores.calendars.markDeleted(run.account.id, deleted, at);
  await forget(stores, run.account.id, gone);
  const written = await stores.calendars.upsert(
    items.filter((item) => !item.deleted).map((item) => calendarOf(run, item, at)),
  );
  return {
    added: written.inserted.length,
    changed: written.updated.length,
    removed: gone.length,
    unchanged: written.unchanged,
  };
}

/** A calendar that comes back is read from the beginning. */
async function forget(
  { syncState }: Stores,
  accountId: string,
  gone: readonly { readonly externalId: string }[],
): Promise<void> {
  for (const { externalId } of gone) await syncState.remove(accountId, eventsResource(externalId));
}

function calendarOf(
  { account, newId }: SyncRun,
  item: calendar_v3.Schema$CalendarListEntry,
  at: Date,
): NewCalendar {
  return {
    id: newId(),
    accountId: account.id,
    userId: account.userId,
    externalId: item.id as string,
    summary: item.summaryOverride || item.summary || (item.id as string),
    timeZone: isZone(item.timeZone) ? item.timeZone : 'UTC',
    accessRole: item.accessRole ?? 'reader',
    isPrimary: item.primary === true,
    // What the user sees at Google counts here, too, until they say otherwise.
    selected: item.primary === true || item.selected === true,
    etag: item.etag ?? null,
    deletedAt: null,
    createdAt: at,
    updatedAt: at,
  };
}

function isZone(name: string | null | undefined): name is string {
  try {
    return Boolean(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name as string }));
  } catch {
    return false;
  }
}
