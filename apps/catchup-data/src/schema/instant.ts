import { UnstorableValueError } from '../errors.js';

const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** @throws UnstorableValueError for an invalid date, and before the year 1 or after 9999: the two sides write those apart */
export function instantToSql(instant: Date): string {
  const ms = instant instanceof Date ? instant.getTime() : Number.NaN;
  if (!(ms >= FIRST_MS && ms <= LAST_MS))
    throw new UnstorableValueError('an instant', instant, 'a valid Date of the years 1 to 9999');
  return instant.toISOString();
}

/** Reads what a session in UTC writes, such as `2026-11-20 19:00:00.5+00`. */
export function instantFromSql(text: string): Date {
  return new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z'));
}
