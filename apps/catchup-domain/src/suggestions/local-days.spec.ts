import { daysUntilAnniversary, localDay, localDayAfter, localDaysBetween } from './local-days.js';

const BERLIN = 'Europe/Berlin';
const at = (text: string) => new Date(text);

test('a day is the user’s, not that of UTC', () => {
  expect(localDay(at('2026-03-01T23:30:00Z'), BERLIN)).toBe('2026-03-02');
  expect(localDay(at('2026-03-01T23:30:00Z'), 'America/New_York')).toBe('2026-03-01');
});

test('days between instants are days of the calendar, also where one has 23 hours', () => {
  expect(localDaysBetween(at('2026-03-28T22:30:00Z'), at('2026-03-28T23:30:00Z'), BERLIN)).toBe(1);
  expect(localDaysBetween(at('2026-03-28T12:00:00Z'), at('2026-03-30T10:00:00Z'), BERLIN)).toBe(2);
  expect(localDaysBetween(at('2026-03-30T10:00:00Z'), at('2026-03-28T12:00:00Z'), BERLIN)).toBe(-2);
});

test.each([
  ['2026-03-02', 0],
  ['1815-03-02', 0],
  ['--03-03', 1],
  ['--03-01', 364],
  ['--02-29', 363],
])('the anniversary of %s is %i days after the 2nd of March', (date, days) => {
  expect(daysUntilAnniversary(date, at('2026-03-01T23:30:00Z'), BERLIN)).toBe(days);
});

test('the 29th of February comes on its own day in a leap year', () => {
  expect(daysUntilAnniversary('--02-29', at('2028-02-28T12:00:00Z'), BERLIN)).toBe(1);
});

test.each(['', '3-2', '--13-01', '--02-30', '03-02', '2026-00-10', 'tomorrow'])('%p is no date', (date) => {
  expect(daysUntilAnniversary(date, at('2026-03-01T12:00:00Z'), BERLIN)).toBeUndefined();
});

test('a day begins where it does: at 01:00 where midnight is jumped over', () => {
  const { start, end } = localDayAfter(at('2018-11-03T15:00:00Z'), 1, 'America/Sao_Paulo');
  expect(start.toISOString()).toBe('2018-11-04T03:00:00.000Z');
  expect(end.toISOString()).toBe('2018-11-05T02:00:00.000Z');
});
