import type { calendar_v3 } from '@googleapis/calendar';
import { bareCancelled } from '../data/event.js';
import type { StandInCalendar } from '../data/world.js';
import type { VersionedItem } from '../data/versioned-collection.js';
import { listPage, type Row } from '../serve/list-page.js';
import type { ListPosition, ListTokens } from '../serve/list-tokens.js';
import type { Answer, UserRequest } from '../serve/route.js';
import { asSeenBy, badRequest, eventsResource, type AccessibleCalendar } from './calendar-access.js';
import type { EventQuery } from './event-query.js';
import { readEventQuery } from './event-query.js';
import { epochMsOf } from './event-times.js';
import { changedInstancesOf, instancesOf } from './instances.js';
import { readListPosition } from './list-position.js';

type Event = calendar_v3.Schema$Event;

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

export interface ListEventsParts {
  readonly tokens: ListTokens;
  readonly now: () => Date;
}

/** `events.list`. See https://developers.google.com/workspace/calendar/api/v3/reference/events/list. */
export function listEvents(
  { tokens, now }: ListEventsParts,
  { calendar, entry }: AccessibleCalendar,
  { user, query }: UserRequest,
): Answer {
  const asked = readEventQuery(query, now());
  const resource = eventsResource(user, calendar.id);
  const { page, sync, sinceVersion } = readListPosition(tokens, resource, query);
  // What an expansion covers is settled by the full list; the lists of changes after it cover the same.
  const [singleEvents, fromMs, toMs] = readWindow(page ?? sync) ?? [
    asked.singleEvents,
    asked.timeMinMs ?? now().getTime() - 10 * YEAR_MS,
    asked.timeMaxMs ?? now().getTime() + YEAR_MS,
  ];
  if (singleEvents !== asked.singleEvents)
    throw badRequest('The token was issued for another value of singleEvents.', 'singleEvents');

  const position: Omit<ListPosition, 'kind'> = {
    resource,
    parameters: JSON.stringify([singleEvents, fromMs, toMs]),
    sinceVersion: sinceVersion ?? 0,
    untilVersion: page?.untilVersion ?? calendar.events.version,
    fullListMs: 0,
  };
  const rows = singleEvents
    ? instanceRows(calendar, asked, sinceVersion, fromMs, toMs)
    : eventRows(calendar, asked, sinceVersion);
  const matching = rows.filter(({ value }) => matches(value, asked));
  const { values, last } = listPage(matching, page?.after, asked.maxResults);

  return {
    status: 200,
    body: {
      kind: 'calendar#events',
      etag: `"p${position.untilVersion}"`,
      summary: calendar.summary,
      description: '',
      updated: now().toISOString(),
      timeZone: calendar.timeZone,
      accessRole: entry.accessRole,
      defaultReminders: entry.defaultReminders,
      ...(last && { nextPageToken: tokens.issue({ kind: 'page', ...position, after: last }) }),
      ...(!last && asked.givesSyncToken && { nextSyncToken: tokens.issue({ kind: 'sync', ...position }) }),
      items: values.map((event) =>
        event.status === 'cancelled' && (!asked.showDeleted || event.recurringEventId)
          ? bareCancelled(event)
          : asSeenBy(entry.accessRole, event),
      ),
    },
  };
}

/** Masters, single events and exceptions as they are kept. */
function eventRows(
  calendar: StandInCalendar,
  asked: EventQuery,
  sinceVersion: number | undefined,
): Row<Event>[] {
  const told = (item: VersionedItem<Event>): boolean => {
    if (sinceVersion !== undefined) return item.version > sinceVersion;
    if (item.deleted && !asked.showDeleted && asked.updatedMinMs === undefined) return false;
    return overlaps(calendar, item.value, asked);
  };
  return calendar.events
    .items()
    .filter(told)
    .map(({ value, ordinal }) => ({ sortKey: [...orderKey(value, asked), ordinal], value }));
}

/** Single events and instances, never a master. */
function instanceRows(
  calendar: StandInCalendar,
  asked: EventQuery,
  sinceVersion: number | undefined,
  fromMs: number,
  toMs: number,
): Row<Event>[] {
  const withCancelled = asked.showDeleted || asked.updatedMinMs !== undefined;
  const instances =
    sinceVersion === undefined
      ? instancesOf(calendar, fromMs, toMs)
          .filter(({ event }) => withCancelled || event.status !== 'cancelled')
          .filter(({ event }) => overlaps(calendar, event, asked))
      : changedInstancesOf(calendar, sinceVersion, fromMs, toMs);
  return instances.map(({ event, ordinal }) => ({
    sortKey: [...orderKey(event, asked), ordinal, event.id!],
    value: event,
  }));
}

function overlaps(calendar: StandInCalendar, event: Event, { timeMinMs, timeMaxMs }: EventQuery): boolean {
  if (timeMinMs === undefined && timeMaxMs === undefined) return true;
  if (event.recurrence) {
    const from = timeMinMs ?? epochMsOf(event.start, calendar.timeZone);
    const to = timeMaxMs ?? from + 10 * YEAR_MS;
    return instancesOf(calendar, from, to, event.id!).length > 0;
  }
  const start = event.start ?? event.originalStartTime;
  const startMs = epochMsOf(start, calendar.timeZone);
  const endMs = epochMsOf(event.end ?? start, calendar.timeZone);
  return (timeMinMs === undefined || endMs > timeMinMs) && (timeMaxMs === undefined || startMs < timeMaxMs);
}

function matches(event: Event, { q, iCalUID, updatedMinMs, eventTypes }: EventQuery): boolean {
  if (iCalUID !== undefined && event.iCalUID !== iCalUID) return false;
  if (eventTypes.length > 0 && !eventTypes.includes(event.eventType ?? 'default')) return false;
  if (updatedMinMs !== undefined && Date.parse(event.updated ?? '') < updatedMinMs) return false;
  const texts = [event.summary, event.description, event.location];
  return q === undefined || texts.some((text) => text?.toLowerCase().includes(q));
}

const orderKey = (event: Event, { orderBy }: EventQuery): (string | number)[] => {
  if (orderBy === 'startTime') return [epochMsOf(event.start ?? event.originalStartTime, 'UTC')];
  return orderBy === 'updated' ? [event.updated ?? ''] : [];
};

const readWindow = (position: ListPosition | undefined): [boolean, number, number] | undefined =>
  position && (JSON.parse(position.parameters) as [boolean, number, number]);
