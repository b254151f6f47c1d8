import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { readRecurrence, RecurrenceError, ruleParts, timesADay, type Moment } from './recurrence-lines.js';

/** Where a series begins: an instant on the clock of a zone, or a date. */
export type SeriesStart = { readonly at: Date; readonly timeZone: string } | { readonly date: string };

const DAY_MS = 86_400_000;
const MAX_STEPS = 20_000;
const MAX_INSTANCES = 5000;

/**
 * The starts of a series that lie in a window, in order, each once: by its rules on the wall clock of its zone, so that
 * 9 o'clock stays 9 o'clock when the clocks change. The start of the series is its first instance even where the rule
 * does not pick it. What a rule would put into the hour that a clock jumps over does not take place and does not count;
 * of an hour that comes twice it is the first (RFC 5545, sections 3.3.5 and 3.3.10).
 *
 * @param from inclusive
 * @param to exclusive
 * @throws RecurrenceError for lines that are malformed, or that would take too long
 */
export function expandSeries(
  start: SeriesStart,
  recurrence: readonly string[],
  from: Date,
  to: Date,
): Moment[] {
  const timeZone = 'at' in start ? start.timeZone : 'UTC';
  const first =
    'at' in start
      ? Temporal.Instant.fromEpochMilliseconds(start.at.getTime()).toZonedDateTimeISO(timeZone)
      : Temporal.PlainDate.from(start.date).toZonedDateTime('UTC');
  const lines = readRecurrence(recurrence, timeZone, { isAllDay: 'date' in start });
  const window = { from: from.getTime(), to: to.getTime() };

  const starts = new Set<number>();
  const add = (ms: number) => {
    if (ms >= window.from && ms < window.to) starts.add(ms);
    if (starts.size > MAX_INSTANCES) throw new RecurrenceError('too-many', recurrence.join(' '));
  };
  add(first.epochMilliseconds);
  for (const rule of lines.rules) for (const ms of expandRule(rule, first, window)) add(ms);
  for (const date of lines.dates) add(momentMs(date, first));
  for (const date of lines.excludedDates) starts.delete(momentMs(date, first));
  for (const rule of lines.exclusionRules)
    for (const ms of expandRule(rule, first, window)) starts.delete(ms);
  return [...starts]
    .sort((a, b) => a - b)
    .map((ms) => ('at' in start ? { ms } : { date: new Date(ms).toISOString().slice(0, 10) }));
}

interface Window {
  readonly from: number;
  readonly to: number;
}

function expandRule(rule: string, first: Temporal.ZonedDateTime, { from, to }: Window): number[] {
  const end = to - 1;
  const days = Math.ceil((end - first.epochMilliseconds) / DAY_MS) + 2;
  if (days <= 0) return [];
  const parts = ruleParts(rule);
  const most = days * timesADay(parts);
  // A count that cannot be reached before the window ends only means that all before it would be counted.
  if (Number(parts.get('COUNT') ?? 0) > most) parts.delete('COUNT');
  if (parts.has('COUNT') && most > MAX_STEPS) throw new RecurrenceError('too-many', rule);
  if (((end - Math.max(from, first.epochMilliseconds)) / DAY_MS) * timesADay(parts) > MAX_STEPS)
    throw new RecurrenceError('too-many', rule);
  try {
    return new RRuleTemporal({
      rruleString: [...parts].map(([name, value]) => `${name}=${value}`).join(';'),
      dtstart: first,
      includeDtstart: true,
      maxIterations: MAX_STEPS,
      maxCandidateEvaluations: 10 * MAX_STEPS,
      cache: false,
    })
      .between(new Date(Math.max(from, first.epochMilliseconds)), new Date(end), true)
      .map(({ epochMilliseconds }) => epochMilliseconds);
  } catch (error) {
    const isLong = error instanceof Error && /exceeded/i.test(error.message);
    throw new RecurrenceError(isLong ? 'too-many' : 'malformed', rule);
  }
}

/** A date in a timed series means its time of day on that date. */
function momentMs(moment: Moment, first: Temporal.ZonedDateTime): number {
  if ('ms' in moment) return moment.ms;
  const date = Temporal.PlainDate.from(moment.date);
  return date.toZonedDateTime({ timeZone: first.timeZoneId, plainTime: first.toPlainTime() })
    .epochMilliseconds;
}
