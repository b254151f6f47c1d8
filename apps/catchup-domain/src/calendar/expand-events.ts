import type { CalendarEvent } from '@switchyard/catchup-data';
import { Temporal } from 'temporal-polyfill';
import { expandSeries, type SeriesStart } from './expand-series.js';
import { RecurrenceError, type Moment, type RecurrenceProblem } from './recurrence-lines.js';

/** One taking place of an event: a single one, an instance of a series, or an exception of one. */
export interface Occurrence {
  /** The exception where there is one, else the event or the master of the series. */
  readonly event: CalendarEvent;
  readonly start: Date;
  /** Not before its start. */
  readonly end: Date;
  /** It has dates; `start` and `end` are those of the days in the zone that was asked for. */
  readonly isAllDay: boolean;
}

export interface ExpandedEvents {
  /** By their start. */
  readonly occurrences: readonly Occurrence[];
  /** Events that could not be expanded; the others are there all the same. */
  readonly rejected: readonly { readonly eventId: string; readonly problem: RecurrenceProblem }[];
}

export interface ExpandOptions {
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  /** The zone whose days all-day events take: the user's. */
  readonly timeZone: string;
}

/** All-day events are looked for a little further: their days are those of another zone. */
const ALL_DAY_MARGIN_MS = 2 * 86_400_000;

/**
 * What takes place within a window, of the rows of one or more calendars: what ends after its beginning and begins
 * before its end, and what has no length and begins in it. Rows of series need their exceptions beside them. Pure.
 */
export function expandEvents(events: readonly CalendarEvent[], options: ExpandOptions): ExpandedEvents {
  const exceptions = exceptionsBySeries(events);
  const cancelled = new Set(events.filter((event) => event.status === 'cancelled').map(seriesKeyOf));
  const occurrences: Occurrence[] = [];
  const rejected: { eventId: string; problem: RecurrenceProblem }[] = [];

  for (const event of events) {
    if (event.status === 'cancelled') continue;
    if (event.recurringEventExternalId !== null) {
      // An exception of a series that is gone is gone with it.
      const series = `${event.calendarId} ${event.recurringEventExternalId}`;
      if (!cancelled.has(series)) occurrences.push(...occurrence(event, startOf(event), options));
    } else if (event.recurrence.length === 0) occurrences.push(...occurrence(event, startOf(event), options));
    else
      try {
        occurrences.push(...instances(event, exceptions.get(seriesKeyOf(event)) ?? new Set(), options));
      } catch (error) {
        if (!(error instanceof RecurrenceError)) throw error;
        rejected.push({ eventId: event.id, problem: error.problem });
      }
  }
  occurrences.sort((a, b) => a.start.getTime() - b.start.getTime() || (a.event.id < b.event.id ? -1 : 1));
  return { occurrences, rejected };
}

function instances(
  event: CalendarEvent,
  replaced: ReadonlySet<string>,
  options: ExpandOptions,
): Occurrence[] {
  const start = startOf(event);
  if (!start) return [];
  const marginMs = lengthMs(event) + ('date' in start ? ALL_DAY_MARGIN_MS : 0);
  const series: SeriesStart =
    'ms' in start
      ? { at: new Date(start.ms), timeZone: event.timeZone ?? options.timeZone }
      : { date: start.date };
  const starts = expandSeries(
    series,
    event.recurrence,
    new Date(options.from.getTime() - marginMs),
    new Date(options.to.getTime() + ('date' in start ? ALL_DAY_MARGIN_MS : 0)),
  );
  return starts
    .filter((moment) => !replaced.has(keyOf(moment)))
    .flatMap((moment) => occurrence(event, moment, options));
}

/** The event as it takes place from a moment on, if that is within the window. */
function occurrence(
  event: CalendarEvent,
  moment: Moment | undefined,
  { from, to, timeZone }: ExpandOptions,
): Occurrence[] {
  if (!moment) return [];
  const isAllDay = 'date' in moment;
  const start = isAllDay ? startOfDay(moment.date, timeZone) : new Date(moment.ms);
  const end = isAllDay
    ? startOfDay(addDays(moment.date, daysLong(event)), timeZone)
    : new Date(moment.ms + lengthMs(event));
  const isWithin = start < to && (end > from || (start >= from && end.getTime() === start.getTime()));
  return isWithin ? [{ event, start, end, isAllDay }] : [];
}

function exceptionsBySeries(events: readonly CalendarEvent[]): Map<string, Set<string>> {
  const bySeries = new Map<string, Set<string>>();
  for (const event of events) {
    const original = originalOf(event);
    if (event.recurringEventExternalId === null || !original) continue;
    const series = `${event.calendarId} ${event.recurringEventExternalId}`;
    const replaced = bySeries.get(series) ?? new Set();
    bySeries.set(series, replaced.add(keyOf(original)));
  }
  return bySeries;
}

const seriesKeyOf = ({ calendarId, externalId }: CalendarEvent) => `${calendarId} ${externalId}`;

const keyOf = (moment: Moment): string => ('ms' in moment ? `${moment.ms}` : moment.date);

const startOf = ({ startAt, startDate }: CalendarEvent) => momentOf(startAt, startDate);
const originalOf = ({ originalStartAt, originalStartDate }: CalendarEvent) =>
  momentOf(originalStartAt, originalStartDate);

function momentOf(at: Date | null, date: string | null): Moment | undefined {
  if (at) return { ms: at.getTime() };
  return date === null ? undefined : { date };
}

const lengthMs = ({ startAt, endAt, startDate, endDate }: CalendarEvent): number => {
  if (startAt) return endAt ? Math.max(0, endAt.getTime() - startAt.getTime()) : 0;
  return startDate !== null && endDate !== null ? daysLong({ startDate, endDate }) * 86_400_000 : 0;
};

/** At least one: a date stands for its day. */
const daysLong = ({ startDate, endDate }: Pick<CalendarEvent, 'startDate' | 'endDate'>): number =>
  startDate === null || endDate === null
    ? 1
    : Math.max(1, Temporal.PlainDate.from(startDate).until(Temporal.PlainDate.from(endDate)).days);

const addDays = (date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString();

const startOfDay = (date: string, timeZone: string): Date =>
  new Date(Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds);
