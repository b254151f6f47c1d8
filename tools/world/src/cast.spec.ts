import { withOffset } from './cast.js';

test.each([
  ['2026-03-27T10:00', 'Europe/Berlin', '2026-03-27T10:00:00+01:00'],
  ['2026-03-30T10:00', 'Europe/Berlin', '2026-03-30T10:00:00+02:00'],
  ['2026-03-25T07:00', 'America/New_York', '2026-03-25T07:00:00-04:00'],
  ['2026-02-25T07:00', 'America/New_York', '2026-02-25T07:00:00-05:00'],
  ['2026-02-25T07:00', 'Europe/London', '2026-02-25T07:00:00+00:00'],
])('%s in %s', (wallTime, timeZone, expected) => {
  expect(withOffset(wallTime, timeZone)).toBe(expected);
});
