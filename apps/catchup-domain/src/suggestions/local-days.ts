import { Temporal } from 'temporal-polyfill';

/** The calendar day of an instant in a time zone, as `YYYY-MM-DD`. */
export function localDay(at: Date, timeZone: string): string {
  return zoned(at, timeZone).toPlainDate().toString();
}

/** Whole days of the calendar from one instant to another: 0 on the same day, negative into the past. */
export function localDaysBetween(from: Date, to: Date, timeZone: string): number {
  return zoned(from, timeZone).toPlainDate().until(zoned(to, timeZone).toPlainDate()).days;
}

/**
 * Days until a date comes round again, 0 on the day itself. The 29th of February is kept on the 28th in years without.
 *
 * @param date `YYYY-MM-DD`, or `--MM-DD` without a year
 */
export function daysUntilAnniversary(date: string, now: Date, timeZone: string): number | undefined {
  const match = /^(?:\d{4}|-)-(\d{2})-(\d{2})$/.exec(date);
  if (!match) return undefined;
  const month = Number(match[1]);
  const day = Number(match[2]);
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(2024, month, 0)).getUTCDate())
    return undefined;
  const today = zoned(now, timeZone).toPlainDate();
  const inYear = (year: number) => Temporal.PlainDate.from({ year, month, day }, { overflow: 'constrain' });
  const thisYear = inYear(today.year);
  const next = Temporal.PlainDate.compare(thisYear, today) >= 0 ? thisYear : inYear(today.year + 1);
  return today.until(next).days;
}

/** The calendar day that lies so many days after `now`, from its first instant to the first of the next day. */
export function localDayAfter(now: Date, days: number, timeZone: string): { start: Date; end: Date } {
  const day = zoned(now, timeZone).toPlainDate().add({ days });
  const startOf = (date: Temporal.PlainDate) => new Date(date.toZonedDateTime(timeZone).epochMilliseconds);
  return { start: startOf(day), end: startOf(day.add({ days: 1 })) };
}

const zoned = (at: Date, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
