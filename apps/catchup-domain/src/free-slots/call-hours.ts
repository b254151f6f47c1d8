import { Temporal } from 'temporal-polyfill';
import type { Span } from './spans.js';

/** When a user likes to be reminded to call somebody, on the clock of their zone. */
export interface CallHours {
  /** `HH:MM`, inclusive. */
  readonly from: string;
  /** `HH:MM`, exclusive, later than `from`; `24:00` is midnight. */
  readonly to: string;
  /** 1 is Monday, 7 is Sunday. */
  readonly days: readonly number[];
}

/** Around work, and not on a Sunday morning. */
export const DEFAULT_CALL_HOURS: CallHours = { from: '09:00', to: '20:00', days: [1, 2, 3, 4, 5, 6] };

/**
 * The call hours of a window, day by day. On a day that the clocks change they are as much shorter or longer as the
 * change makes them, where it falls into them.
 *
 * @throws RangeError for hours that are none, or an unknown zone
 */
export function callHoursWithin({ from, to, days }: CallHours, timeZone: string, window: Span): Span[] {
  const opens = parseTime('from', from);
  const closes = parseTime('to', to);
  if (opens >= closes) throw new RangeError(`call hours must end after they begin, not ${from} to ${to}`);
  for (const day of days)
    if (!Number.isInteger(day) || day < 1 || day > 7)
      throw new RangeError(`call days are 1 (Monday) to 7 (Sunday), not ${day}`);

  const dayOf = (at: Date) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const last = dayOf(window.end);
  const spans: Span[] = [];
  for (
    let day = dayOf(window.start);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    if (!days.includes(day.dayOfWeek)) continue;
    const start = wallTime(day, opens, timeZone);
    const end = wallTime(day, closes, timeZone);
    const clip = {
      start: start > window.start ? start : window.start,
      end: end < window.end ? end : window.end,
    };
    if (clip.start < clip.end) spans.push(clip);
  }
  return spans;
}

/** Minutes of the day; a time that is jumped over is the one as much later. */
function wallTime(day: Temporal.PlainDate, minutes: number, timeZone: string): Date {
  const isMidnight = minutes === 1440;
  const plainTime = isMidnight ? undefined : { hour: Math.floor(minutes / 60), minute: minutes % 60 };
  const on = isMidnight ? day.add({ days: 1 }) : day;
  return new Date(on.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds);
}

function parseTime(name: string, text: string): number {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  if (!(minutes <= 1440))
    throw new RangeError(`call hours: "${name}" must be a time such as "09:00", not "${text}"`);
  return minutes;
}
