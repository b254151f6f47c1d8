import { Temporal } from 'temporal-polyfill';

/** Why a series is not expanded. */
export type RecurrenceProblem =
  /** Not what RFC 5545 writes. */
  | 'malformed'
  /** Several times an hour, or dozens of times a day. */
  | 'too-frequent'
  /** Its instances up to the window are more than anybody wants to count, or too hard to find. */
  | 'too-many';

export class RecurrenceError extends Error {
  readonly code = 'ERR_RECURRENCE';
  constructor(
    readonly problem: RecurrenceProblem,
    readonly line: string,
  ) {
    super(`a recurrence is ${problem}: "${line.slice(0, 100)}"`);
    this.name = 'RecurrenceError';
  }
}

/** A point in a series: an instant of a timed event, or the date of an all-day one. */
export type Moment = { readonly ms: number } | { readonly date: string };

export interface RecurrenceLines {
  /** What stands behind `RRULE:`, checked. */
  readonly rules: readonly string[];
  readonly exclusionRules: readonly string[];
  readonly dates: readonly Moment[];
  readonly excludedDates: readonly Moment[];
}

/**
 * Reads the lines of an event's `recurrence` (RFC 5545, section 3.8.5).
 *
 * @param timeZone of local times that name none
 * @param isAllDay of a time in RDATE and EXDATE only its date counts then, as it is written
 * @throws RecurrenceError
 */
export function readRecurrence(
  lines: readonly string[],
  timeZone: string,
  { isAllDay }: { readonly isAllDay: boolean },
): RecurrenceLines {
  const rules: string[] = [];
  const exclusionRules: string[] = [];
  const dates: Moment[] = [];
  const excludedDates: Moment[] = [];
  for (const line of lines) {
    const match = /^(RRULE|EXRULE|RDATE|EXDATE)((?:;[^:]*)?):(.*)$/i.exec(line.trim());
    if (!match) throw new RecurrenceError('malformed', line);
    const [, name = '', parameters = '', value = ''] = match;
    if (/^RRULE$/i.test(name)) rules.push(checkedRule(value, timeZone));
    else if (/^EXRULE$/i.test(name)) exclusionRules.push(checkedRule(value, timeZone));
    else {
      const zone = /;TZID="?([^;:"]+)"?/i.exec(parameters)?.[1] ?? timeZone;
      const moments = value
        .split(',')
        .map((text) => readMoment(isAllDay ? text.trim().slice(0, 8) : text, zone, line));
      (/^RDATE$/i.test(name) ? dates : excludedDates).push(...moments);
    }
  }
  return { rules, exclusionRules, dates, excludedDates };
}

const FREQUENCIES = new Set(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']);
const MAX_A_DAY = 24;

/** The parts of a rule by their names, in capitals. */
export function ruleParts(rule: string): Map<string, string> {
  return new Map(
    rule.split(';').map((part) => {
      const [name = '', value = ''] = part.split('=', 2);
      return [name.trim().toUpperCase(), value.trim().toUpperCase()];
    }),
  );
}

/** How many times of a day a rule picks, at most. */
export function timesADay(parts: ReadonlyMap<string, string>): number {
  return ['BYHOUR', 'BYMINUTE', 'BYSECOND'].reduce(
    (product, name) => product * new Set(parts.get(name)?.split(',') ?? ['']).size,
    1,
  );
}

/** A rule that cannot hang whoever expands it; UNTIL as an instant of UTC, or a date. */
function checkedRule(rule: string, timeZone: string): string {
  const parts = ruleParts(rule);
  const frequency = parts.get('FREQ') ?? '';
  if (/^(HOURLY|MINUTELY|SECONDLY)$/.test(frequency)) throw new RecurrenceError('too-frequent', rule);
  if (!FREQUENCIES.has(frequency)) throw new RecurrenceError('malformed', rule);
  for (const [name, value] of parts) if (!isPart(name, value)) throw new RecurrenceError('malformed', rule);
  if (timesADay(parts) > MAX_A_DAY) throw new RecurrenceError('too-frequent', rule);
  if (!belongTogether(frequency, parts)) throw new RecurrenceError('malformed', rule);
  // Whether any date is both takes seconds to find out.
  if (parts.has('BYWEEKNO') && parts.has('BYYEARDAY')) throw new RecurrenceError('too-many', rule);
  const until = parts.get('UNTIL');
  if (until !== undefined && /T\d{6}$/.test(until)) {
    const moment = readMoment(until, timeZone, rule);
    if ('ms' in moment) parts.set('UNTIL', compactUtc(moment.ms));
  }
  return [...parts].map(([name, value]) => `${name}=${value}`).join(';');
}

/** What RFC 5545, section 3.3.10 forbids beside a frequency; some of it would take seconds to expand to nothing. */
function belongTogether(frequency: string, parts: ReadonlyMap<string, string>): boolean {
  if (parts.has('BYWEEKNO') && frequency !== 'YEARLY') return false;
  if (parts.has('BYYEARDAY') && frequency !== 'YEARLY') return false;
  if (parts.has('BYMONTHDAY') && frequency === 'WEEKLY') return false;
  const isNumbered = /\d/.test(parts.get('BYDAY') ?? '');
  return !isNumbered || frequency === 'MONTHLY' || (frequency === 'YEARLY' && !parts.has('BYWEEKNO'));
}

const NUMBERS = String.raw`[+-]?\d{1,3}(,[+-]?\d{1,3}){0,366}`;
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^[A-Z]+$/,
  INTERVAL: /^[1-9]\d{0,3}$/,
  COUNT: /^[1-9]\d{0,8}$/,
  UNTIL: /^\d{8}(T\d{6}Z?)?$/,
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
  BYDAY: /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)){0,60}$/,
  BYMONTH: new RegExp(`^${NUMBERS}$`),
  BYMONTHDAY: new RegExp(`^${NUMBERS}$`),
  BYYEARDAY: new RegExp(`^${NUMBERS}$`),
  BYWEEKNO: new RegExp(`^${NUMBERS}$`),
  BYSETPOS: new RegExp(`^${NUMBERS}$`),
  BYHOUR: new RegExp(`^${NUMBERS}$`),
  BYMINUTE: new RegExp(`^${NUMBERS}$`),
  BYSECOND: new RegExp(`^${NUMBERS}$`),
};

const isPart = (name: string, value: string): boolean =>
  Object.hasOwn(PARTS, name) && (PARTS[name] as RegExp).test(value);

/** `20260329`, `20260329T090000` on a zone's clock, or `20260329T070000Z`; of a period, its start. */
function readMoment(text: string, timeZone: string, line: string): Moment {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?(?:\/.*)?$/i.exec(text.trim());
  if (!match) throw new RecurrenceError('malformed', line);
  const [, year, month, day, hour, minute, second, utc] = match;
  const date = `${year}-${month}-${day}`;
  try {
    if (hour === undefined) return { date: Temporal.PlainDate.from(date).toString() };
    const local = Temporal.PlainDateTime.from(`${date}T${hour}:${minute}:${second}`);
    return { ms: local.toZonedDateTime(utc ? 'UTC' : timeZone).epochMilliseconds };
  } catch {
    throw new RecurrenceError('malformed', line);
  }
}

const compactUtc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
