import type { calendar_v3 } from '@googleapis/calendar';
import {
  EVENT_STATUSES,
  type CalendarEvent,
  type EventAttendee,
  type EventStatus,
} from '@switchyard/catchup-data';
import { Temporal } from 'temporal-polyfill';

/** What an item of a listing means for a calendar. */
export type ReadEvent =
  | { readonly kind: 'event'; readonly externalId: string; readonly fields: EventFields }
  /** A single event or a whole series that is gone. */
  | { readonly kind: 'removed'; readonly externalId: string }
  | { readonly kind: 'rejected'; readonly externalId: string; readonly reason: string };

export type EventFields = Omit<CalendarEvent, 'id' | 'calendarId' | 'userId' | 'createdAt' | 'updatedAt'>;

type Moment = Pick<CalendarEvent, 'startAt' | 'startDate'>;

/**
 * Reads an event as Google sends it. What was cancelled is gone, but for an instance of a series: that it does not take
 * place has to be kept.
 *
 * @param calendarZone of local times that name no zone
 */
export function readEvent(event: calendar_v3.Schema$Event, calendarZone: string): ReadEvent {
  const externalId = event.id ?? '';
  const rejected = (reason: string): ReadEvent => ({ kind: 'rejected', externalId, reason });
  const series = text(event.recurringEventId);
  const isCancelled = event.status === 'cancelled';
  if (isCancelled && series === null) return { kind: 'removed', externalId };

  const original = series === null ? undefined : readMoment(event.originalStartTime, calendarZone);
  if (series !== null && !original) return rejected('an instance that does not say which');
  const start = readMoment(event.start, calendarZone);
  const end = readMoment(event.end, calendarZone);
  if (!isCancelled) {
    if (!start || !end) return rejected('no start or no end');
    if ((start.startAt === null) !== (end.startAt === null)) return rejected('a date and a time');
    if (isBefore(end, start)) return rejected('it ends before it starts');
  }
  return {
    kind: 'event',
    externalId,
    fields: {
      externalId,
      iCalUid: text(event.iCalUID),
      recurringEventExternalId: series,
      originalStartAt: original?.startAt ?? null,
      originalStartDate: original?.startDate ?? null,
      status: EVENT_STATUSES.includes(event.status as EventStatus)
        ? (event.status as EventStatus)
        : 'confirmed',
      summary: text(event.summary),
      startAt: start?.startAt ?? null,
      startDate: start?.startDate ?? null,
      endAt: end?.startAt ?? null,
      endDate: end?.startDate ?? null,
      timeZone: start?.startAt ? zoneOf(event.start?.timeZone, calendarZone) : null,
      recurrence: Array.isArray(event.recurrence) ? event.recurrence.filter(isText) : [],
      transparency: event.transparency === 'transparent' ? 'transparent' : 'opaque',
      eventType: /^\w{1,40}$/.test(event.eventType ?? '') ? (event.eventType as string) : 'default',
      attendees: readAttendees(event.attendees),
      organizerEmail: text(event.organizer?.email)?.toLowerCase() ?? null,
      sequence: Number.isSafeInteger(event.sequence) ? Math.min(event.sequence as number, 2 ** 31 - 1) : 0,
      etag: text(event.etag),
      providerUpdatedAt: readInstant(event.updated),
    },
  };
}

/** A time, or the date of an all-day event; of a time without an offset, on the clock of its zone. */
function readMoment(value: calendar_v3.Schema$EventDateTime | undefined, zone: string): Moment | undefined {
  try {
    if (isText(value?.dateTime)) {
      const at = hasOffset(value.dateTime)
        ? new Date(Temporal.Instant.from(value.dateTime).epochMilliseconds)
        : new Date(
            Temporal.PlainDateTime.from(value.dateTime).toZonedDateTime(zoneOf(value.timeZone, zone))
              .epochMilliseconds,
          );
      return isStorable(at) ? { startAt: at, startDate: null } : undefined;
    }
    if (isText(value?.date) && /^\d{4}-\d{2}-\d{2}$/.test(value.date) && !value.date.startsWith('0000'))
      return { startAt: null, startDate: Temporal.PlainDate.from(value.date).toString() };
  } catch {
    // Not a time.
  }
  return undefined;
}

const hasOffset = (text: string) => /(Z|[+-]\d{2}:?\d{2})$/i.test(text);

const isStorable = (at: Date) => at.getUTCFullYear() >= 1 && at.getUTCFullYear() <= 9999;

function isBefore(one: Moment, other: Moment): boolean {
  return one.startAt && other.startAt
    ? one.startAt < other.startAt
    : (one.startDate ?? '') < (other.startDate ?? '');
}

function readInstant(value: unknown): Date | null {
  const at = new Date(typeof value === 'string' ? value : Number.NaN);
  return !Number.isNaN(at.getTime()) && isStorable(at) ? at : null;
}

/** A zone that is known, else the calendar's. */
function zoneOf(name: unknown, calendarZone: string): string {
  if (!isText(name)) return calendarZone;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone && name;
  } catch {
    return calendarZone;
  }
}

const RESPONSES = ['needsAction', 'declined', 'tentative', 'accepted'] as const;

function readAttendees(attendees: unknown): EventAttendee[] {
  if (!Array.isArray(attendees)) return [];
  return attendees.filter(isRecord).map((one) => ({
    email: text(one.email)?.toLowerCase() ?? null,
    displayName: text(one.displayName),
    responseStatus: RESPONSES.find((word) => word === one.responseStatus) ?? 'needsAction',
    self: one.self === true,
    organizer: one.organizer === true,
    optional: one.optional === true,
    resource: one.resource === true,
  }));
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const text = (value: unknown): string | null => (isText(value) ? value : null);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
