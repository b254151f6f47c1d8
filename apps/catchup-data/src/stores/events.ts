import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, not, or, sql, type SQL } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import { calendars } from '../schema/calendars.js';
import { events, type CalendarEvent, type NewCalendarEvent } from '../schema/events.js';
import { anyOf } from './any-of.js';
import type { Page } from './page.js';
import { upsert, type Upserted } from './upsert.js';

export interface EventStore {
  /** By calendar and external id. */
  upsert(events: readonly NewCalendarEvent[]): Promise<Upserted<CalendarEvent>>;
  byExternalIds(calendarId: string, externalIds: readonly string[]): Promise<CalendarEvent[]>;
  /** By id. */
  list(calendarId: string, page: Page): Promise<CalendarEvent[]>;
  /**
   * What may take place within a span, of the calendars that a user has selected: single events that touch it, every
   * master of a series, and all exceptions of a series, cancelled ones too, since each takes one instance away. Dates
   * are those of all-day events; a day on either side makes up for time zones.
   */
  around(userId: string, from: Date, to: Date): Promise<CalendarEvent[]>;
  /** Exceptions go with their series. Returns how many there were. */
  remove(calendarId: string, externalIds: readonly string[]): Promise<number>;
  /** After a full sync: whatever it did not bring is gone. */
  removeExcept(calendarId: string, externalIds: readonly string[]): Promise<number>;
}

const DAY_MS = 86_400_000;

export function createEventStore(queries: Queries): EventStore {
  const remove = async (calendarId: string, which: SQL) =>
    (
      await queries
        .delete(events)
        .where(and(eq(events.calendarId, calendarId), which))
        .returning({ id: events.id })
    ).length;
  return {
    upsert: (rows) =>
      upsert(queries, events, rows, {
        by: ['calendarId', 'externalId'],
        set: [
          ...([
            'iCalUid',
            'recurringEventExternalId',
            'originalStartAt',
            'originalStartDate',
            'status',
          ] as const),
          ...(['summary', 'startAt', 'startDate', 'endAt', 'endDate', 'timeZone', 'recurrence'] as const),
          ...(['transparency', 'eventType', 'attendees', 'organizerEmail', 'sequence', 'etag'] as const),
          'providerUpdatedAt',
        ],
      }),
    byExternalIds: (calendarId, externalIds) =>
      queries
        .select()
        .from(events)
        .where(and(eq(events.calendarId, calendarId), anyOf(events.externalId, externalIds)))
        .orderBy(asc(events.id)),
    list: (calendarId, { after, limit }) =>
      queries
        .select()
        .from(events)
        .where(and(eq(events.calendarId, calendarId), after === undefined ? undefined : gt(events.id, after)))
        .orderBy(asc(events.id))
        .limit(limit),
    around(userId, from, to) {
      const selected = queries
        .select({ id: calendars.id })
        .from(calendars)
        .where(and(eq(calendars.userId, userId), eq(calendars.selected, true), isNull(calendars.deletedAt)));
      const dayBefore = isoDate(from.getTime() - DAY_MS);
      const dayAfter = isoDate(to.getTime() + DAY_MS);
      return queries
        .select()
        .from(events)
        .where(
          and(
            eq(events.userId, userId),
            inArray(events.calendarId, selected),
            or(
              sql`cardinality(${events.recurrence}) > 0`,
              isNotNull(events.recurringEventExternalId),
              // An event that ends where it starts takes place all the same.
              and(lt(events.startAt, to), or(gt(events.endAt, from), eq(events.startAt, from))),
              and(lt(events.startDate, dayAfter), gt(events.endDate, dayBefore)),
            ),
          ),
        )
        .orderBy(asc(events.id));
    },
    remove: (calendarId, externalIds) =>
      remove(
        calendarId,
        or(anyOf(events.externalId, externalIds), anyOf(events.recurringEventExternalId, externalIds)) as SQL,
      ),
    removeExcept: (calendarId, externalIds) => remove(calendarId, not(anyOf(events.externalId, externalIds))),
  };
}

const isoDate = (ms: number) => new Date(ms).toISOString().slice(0, 10);
