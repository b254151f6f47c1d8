import type { calendar_v3 } from '@googleapis/calendar';
import { Temporal } from 'temporal-polyfill';

type EventTime = calendar_v3.Schema$EventDateTime;

/** A wall time in a zone in the wire shape: with the offset that holds there then, and the zone's name. */
export function atWallTime(wallTime: string, timeZone: string): EventTime {
  return fromZoned(Temporal.PlainDateTime.from(wallTime).toZonedDateTime(timeZone));
}

/** An instant in the wire shape, shown in a zone. */
export function atInstant(epochMs: number, timeZone: string): EventTime {
  return fromZoned(Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone));
}

export const onDate = (date: string): EventTime => ({ date });

/** Milliseconds since 1970. A date begins when its day does in the given zone. */
export function epochMsOf(time: EventTime | undefined, calendarTimeZone: string): number {
  if (time?.dateTime) return Temporal.Instant.from(time.dateTime).epochMilliseconds;
  if (time?.date)
    return Temporal.PlainDate.from(time.date).toZonedDateTime(calendarTimeZone).epochMilliseconds;
  return Number.NaN;
}

/** The tail of an instance's id and the key that it is found by: `20260105T080000Z`, or `20260105` for a whole day. */
export function instanceSuffix(start: EventTime): string {
  if (start.date) return start.date.replaceAll('-', '');
  return Temporal.Instant.from(start.dateTime!).toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');
}

/** The end of an instance that starts at `start` and lasts as long as its master. */
export function endOfInstance(master: calendar_v3.Schema$Event, start: EventTime): EventTime {
  if (start.date) {
    const days = Temporal.PlainDate.from(master.start!.date!).until(master.end!.date!, {
      largestUnit: 'day',
    });
    return onDate(Temporal.PlainDate.from(start.date).add(days).toString());
  }
  const lengthMs = epochMsOf(master.end, 'UTC') - epochMsOf(master.start, 'UTC');
  return atInstant(epochMsOf(start, 'UTC') + lengthMs, start.timeZone ?? 'UTC');
}

function fromZoned(zoned: Temporal.ZonedDateTime): EventTime {
  const text = zoned.toString({ timeZoneName: 'never', smallestUnit: 'second' });
  return { dateTime: text.replace(/\+00:00$/, 'Z'), timeZone: zoned.timeZoneId };
}
