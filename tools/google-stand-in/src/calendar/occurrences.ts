import type { calendar_v3 } from '@googleapis/calendar';
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { atInstant, epochMsOf, instanceSuffix, onDate } from './event-times.js';

type EventTime = calendar_v3.Schema$EventDateTime;

/**
 * Where the instances of a series start by its RRULE, RDATE and EXDATE lines (RFC 5545), from `fromMs` up to, not
 * including, `toMs`, in order. A day of an all-day series counts by its midnight in UTC.
 */
export function occurrencesOf(
  master: calendar_v3.Schema$Event,
  fromMs: number,
  toMs: number,
): readonly EventTime[] {
  const start = master.start!;
  const timeZone = start.date ? 'UTC' : (start.timeZone ?? 'UTC');
  const wallTime = start.date
    ? `${start.date}T00:00:00`
    : Temporal.Instant.from(start.dateTime!).toZonedDateTimeISO(timeZone).toPlainDateTime().toString();
  const lines = master.recurrence ?? [];
  const rules = lines.filter((line) => line.startsWith('RRULE:'));
  const inRange = (ms: number): boolean => ms >= fromMs && ms < toMs;

  const startsMs = new Set<number>();
  if (rules.length === 0) startsMs.add(epochMsOf(start, 'UTC'));
  for (const rule of rules) {
    const compact = Temporal.PlainDateTime.from(wallTime)
      .toString({ smallestUnit: 'second' })
      .replace(/[-:]/g, '');
    const series = new RRuleTemporal({ rruleString: `DTSTART;TZID=${timeZone}:${compact}\n${rule}` });
    for (const one of series.between(new Date(fromMs), new Date(toMs), true))
      startsMs.add(one.epochMilliseconds);
  }
  for (const added of datesOf(lines, 'RDATE', timeZone)) startsMs.add(added);
  for (const excluded of datesOf(lines, 'EXDATE', timeZone)) startsMs.delete(excluded);

  return [...startsMs]
    .filter(inRange)
    .sort((one, other) => one - other)
    .map((ms) => (start.date ? onDate(new Date(ms).toISOString().slice(0, 10)) : atInstant(ms, timeZone)));
}

/** Whether the series has an instance that starts exactly then. */
export function hasOccurrence(master: calendar_v3.Schema$Event, originalStart: EventTime): boolean {
  const ms = epochMsOf(originalStart, 'UTC');
  const wanted = instanceSuffix(originalStart);
  return occurrencesOf(master, ms, ms + 1).some((start) => instanceSuffix(start) === wanted);
}

function* datesOf(lines: readonly string[], name: string, timeZone: string): Generator<number> {
  for (const line of lines) {
    const match = new RegExp(`^${name}((?:;[^:;]+)*):(.+)$`).exec(line);
    if (!match) continue;
    const zone = /;TZID=([^;:]+)/.exec(match[1]!)?.[1] ?? timeZone;
    for (const text of match[2]!.split(',')) {
      const [, date, time = 'T000000', utc] = /^(\d{8})(T\d{6})?(Z)?$/.exec(text) ?? [];
      if (!date) throw new RangeError(`${name} has no date in "${text}"`);
      yield Temporal.PlainDateTime.from(`${date}${time}`).toZonedDateTime(utc ? 'UTC' : zone)
        .epochMilliseconds;
    }
  }
}
