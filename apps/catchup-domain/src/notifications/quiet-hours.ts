import { Temporal } from 'temporal-polyfill';

/** When a user is not written to, on the clock of the user's time zone. Both `HH:MM`; it may span midnight. */
export interface QuietHours {
  /** The first quiet minute. */
  readonly from: string;
  /** The first minute that is not quiet any more. The same as `from`: no quiet hours. */
  readonly to: string;
}

export const DEFAULT_QUIET_HOURS: QuietHours = { from: '21:00', to: '08:00' };

/**
 * The first instant from `at` on when a message may go out: `at` itself outside of the quiet hours. Where the clock is
 * put forward over the end of the quiet hours, that is the first instant after the gap; where it is put back, the
 * first of the two.
 *
 * @param timeZone an IANA name
 * @throws RangeError for an unknown time zone or a time that is no `HH:MM`
 */
export function afterQuietHours(at: Date, timeZone: string, quiet: QuietHours = DEFAULT_QUIET_HOURS): Date {
  const from = parseTime('from', quiet.from);
  const to = parseTime('to', quiet.to);
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  if (!isQuiet(local.toPlainTime(), from, to)) return at;

  const today = local.toPlainDate();
  const isBeforeEnd = Temporal.PlainTime.compare(local.toPlainTime(), to) < 0;
  const endsOn = isBeforeEnd ? today : today.add({ days: 1 });
  const end = endsOn.toZonedDateTime({ timeZone, plainTime: to });
  // Where the clock runs twice through an hour, the end may lie behind already.
  return new Date(Math.max(at.getTime(), end.epochMilliseconds));
}

function isQuiet(time: Temporal.PlainTime, from: Temporal.PlainTime, to: Temporal.PlainTime): boolean {
  const isFrom = Temporal.PlainTime.compare(time, from) >= 0;
  const isBeforeTo = Temporal.PlainTime.compare(time, to) < 0;
  return Temporal.PlainTime.compare(from, to) <= 0 ? isFrom && isBeforeTo : isFrom || isBeforeTo;
}

function parseTime(name: string, value: string): Temporal.PlainTime {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(value))
    throw new RangeError(`quiet hours: "${name}" must be a time such as "21:00", not "${value}"`);
  return Temporal.PlainTime.from(value);
}
