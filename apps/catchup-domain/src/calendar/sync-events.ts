import type { Calendar, Stores } from '@switchyard/catchup-data';
import { listWithRestarts } from '../syncing/list-with-restarts.js';
import { noteSyncDone } from '../syncing/sync-state-notes.js';
import {
  addCounts,
  changesOf,
  NO_CHANGES,
  type ChangeCounts,
  type EventsReport,
  type RejectedEvent,
} from './calendar-sync-report.js';
import { readEvent, type ReadEvent } from './read-event.js';
import { eventsResource, writePage, type SyncRun } from './sync-run.js';

type Listed = Omit<EventsReport, 'tokenExpired'>;

/** Brings the events of one calendar up to date. */
export async function syncEvents(run: SyncRun, calendar: Calendar): Promise<EventsReport> {
  const state = await run.data.syncState.get(run.account.id, eventsResource(calendar.externalId));
  const { report, tokenExpired } = await listWithRestarts(
    run.full ? undefined : (state?.syncToken ?? undefined),
    (syncToken) => readEvents(run, calendar, syncToken),
  );
  return { ...report, tokenExpired };
}

async function readEvents(run: SyncRun, calendar: Calendar, syncToken: string | undefined): Promise<Listed> {
  const { google, account, signal, pageSize } = run;
  const resource = eventsResource(calendar.externalId);
  const isFull = syncToken === undefined;
  const seen = new Set<string>();
  const gone = new Set<string>();
  let report: Listed = {
    ...NO_CHANGES,
    calendarId: calendar.id,
    kind: isFull ? 'full' : 'incremental',
    pages: 0,
    rejected: [],
  };
  for await (const page of google.calendar.listEventPages(account.id, calendar.externalId, {
    syncToken,
    pageSize,
    signal,
  })) {
    signal?.throwIfAborted();
    const listed = page.items.map((item) => readEvent(item, calendar.timeZone));
    for (const { kind, externalId } of listed) if (kind === 'removed') gone.add(externalId);
    // Exceptions are kept for as long as their series is there.
    const items = listed.filter(
      (item) => item.kind !== 'event' || !gone.has(item.fields.recurringEventExternalId ?? ''),
    );
    // What is rejected stays as it is kept.
    for (const { kind, externalId } of items) if (kind !== 'removed') seen.add(externalId);
    const before = report;
    report = await writePage(run, async (stores) => {
      let counts = await writeItems(run, stores, calendar, items);
      if (page.nextSyncToken !== undefined) {
        // Exceptions that an earlier page had, of a series whose end a later one had.
        const removed = await stores.events.remove(calendar.id, [...gone]);
        counts = addCounts(counts, { ...NO_CHANGES, removed });
      }
      if (page.nextSyncToken !== undefined && isFull) {
        // What a complete listing did not have is gone; of one that was cut short, nobody knows.
        const removed = await stores.events.removeExcept(calendar.id, [...seen]);
        counts = addCounts(counts, { ...NO_CHANGES, removed });
      }
      const soFar = {
        ...before,
        ...addCounts(before, counts),
        pages: before.pages + 1,
        rejected: [...before.rejected, ...rejectedOf(items, page.rejected)],
      };
      if (page.nextSyncToken !== undefined)
        await noteSyncDone(
          stores,
          { accountId: account.id, resource },
          {
            state: await stores.syncState.get(account.id, resource),
            syncToken: page.nextSyncToken,
            isFull,
            changes: changesOf(soFar),
            at: run.now(),
          },
        );
      return soFar;
    });
  }
  return report;
}

async function writeItems(
  { account, now, newId }: SyncRun,
  stores: Stores,
  calendar: Calendar,
  items: readonly ReadEvent[],
): Promise<ChangeCounts> {
  const at = now();
  const gone = items.flatMap((item) => (item.kind === 'removed' ? [item.externalId] : []));
  const removed = await stores.events.remove(calendar.id, gone);
  const written = await stores.events.upsert(
    items.flatMap((item) =>
      item.kind === 'event'
        ? [
            {
              ...item.fields,
              id: newId(),
              calendarId: calendar.id,
              userId: account.userId,
              createdAt: at,
              updatedAt: at,
            },
          ]
        : [],
    ),
  );
  return {
    added: written.inserted.length,
    changed: written.updated.length,
    removed,
    unchanged: written.unchanged,
  };
}

const rejectedOf = (
  items: readonly ReadEvent[],
  nameless: readonly { readonly problem: string }[],
): RejectedEvent[] => [
  ...items.flatMap((item) =>
    item.kind === 'rejected' ? [{ externalId: item.externalId, reason: item.reason }] : [],
  ),
  ...nameless.map(({ problem }) => ({ externalId: null, reason: problem })),
];
