import { date, index, integer, pgTable, uniqueIndex } from 'drizzle-orm/pg-core';
import { calendars } from './calendars.js';
import { instant, json, key, oneOf, text } from './columns.js';
import { users } from './users.js';

export const EVENT_STATUSES = ['confirmed', 'tentative', 'cancelled'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

export const EVENT_TRANSPARENCIES = ['opaque', 'transparent'] as const;
export type EventTransparency = (typeof EVENT_TRANSPARENCIES)[number];

export interface EventAttendee {
  /** In lower case. */
  readonly email: string | null;
  readonly displayName: string | null;
  readonly responseStatus: 'needsAction' | 'declined' | 'tentative' | 'accepted';
  readonly self: boolean;
  readonly organizer: boolean;
  readonly optional: boolean;
  readonly resource: boolean;
}

/**
 * Events as the provider keeps them: single ones, masters of a series (with `recurrence`) and exceptions of one (with
 * `recurring_event_external_id` and where in the series they stood). It lasts from its start up to, not including, its
 * end: both instants, or both dates of an all-day event. A cancelled exception may have neither.
 */
export const events = pgTable(
  'events',
  {
    id: key('id').primaryKey(),
    calendarId: key('calendar_id')
      .notNull()
      .references(() => calendars.id, { onDelete: 'cascade' }),
    userId: key('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    externalId: key('external_id').notNull(),
    /** The same in every calendar that the event is in. */
    iCalUid: text('i_cal_uid'),
    recurringEventExternalId: key('recurring_event_external_id'),
    originalStartAt: instant('original_start_at'),
    originalStartDate: date('original_start_date', { mode: 'string' }),
    status: oneOf('status', EVENT_STATUSES).notNull(),
    summary: text('summary'),
    startAt: instant('start_at'),
    startDate: date('start_date', { mode: 'string' }),
    endAt: instant('end_at'),
    endDate: date('end_date', { mode: 'string' }),
    /** IANA name that a series is expanded in; null: the calendar's. */
    timeZone: key('time_zone'),
    /** Lines of RFC 5545: `RRULE:…`, `EXDATE…`, `RDATE…`. */
    recurrence: text('recurrence').array().notNull().default([]),
    transparency: oneOf('transparency', EVENT_TRANSPARENCIES).notNull().default('opaque'),
    /** `default`, `outOfOffice`, `focusTime`, `workingLocation`, `birthday`, … */
    eventType: key('event_type').notNull().default('default'),
    attendees: json<readonly EventAttendee[]>('attendees').notNull().default([]),
    organizerEmail: text('organizer_email'),
    sequence: integer('sequence').notNull().default(0),
    etag: text('etag'),
    /** When the provider's copy was changed last. */
    providerUpdatedAt: instant('provider_updated_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('events_calendar_id_external_id_key').on(table.calendarId, table.externalId),
    index('events_user_id_start_at_idx').on(table.userId, table.startAt),
    index('events_series_idx').on(table.calendarId, table.recurringEventExternalId),
  ],
);

export type CalendarEvent = typeof events.$inferSelect;
export type NewCalendarEvent = typeof events.$inferInsert;
