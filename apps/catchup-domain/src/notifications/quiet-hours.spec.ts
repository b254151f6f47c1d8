import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { afterQuietHours, DEFAULT_QUIET_HOURS } from './quiet-hours.js';

const allowed = (at: string, timeZone: string, quiet = DEFAULT_QUIET_HOURS) =>
  afterQuietHours(new Date(at), timeZone, quiet).toISOString();

test.each([
  ['from', { from: '9pm', to: '08:00' }, '"from" must be a time such as "21:00", not "9pm"'],
  ['to', { from: '21:00', to: '24:00' }, '"to" must be a time such as "21:00", not "24:00"'],
])('refuses a %s that is no time', (_name, quiet, message) => {
  expect(() => afterQuietHours(new Date(), 'UTC', quiet)).toThrow(message);
});

test('refuses a time zone that nobody knows, by name', () => {
  expect(() => afterQuietHours(new Date(), 'Europe/Atlantis')).toThrow(/europe\/atlantis/i);
});

test.each([
  ['at noon', '2026-01-15T11:00:00Z', '2026-01-15T11:00:00.000Z'],
  ['in the evening', '2026-01-15T20:30:00Z', '2026-01-16T07:00:00.000Z'],
  ['after midnight', '2026-01-16T02:00:00Z', '2026-01-16T07:00:00.000Z'],
  ['in the first quiet minute', '2026-01-15T20:00:00Z', '2026-01-16T07:00:00.000Z'],
  ['when they are just over', '2026-01-16T07:00:00Z', '2026-01-16T07:00:00.000Z'],
  ['in the night the clock is put forward', '2026-03-28T22:00:00Z', '2026-03-29T06:00:00.000Z'],
  ['in the night the clock is put back', '2026-10-24T22:00:00Z', '2026-10-25T07:00:00.000Z'],
])('in Berlin %s', (_when, at, expected) => {
  expect(allowed(at, 'Europe/Berlin')).toBe(expected);
});

test('quiet hours that do not span midnight', () => {
  const siesta = { from: '13:00', to: '15:00' };
  expect(allowed('2026-07-01T12:30:00Z', 'Europe/Madrid', siesta)).toBe('2026-07-01T13:00:00.000Z');
  expect(allowed('2026-07-01T14:00:00Z', 'Europe/Madrid', siesta)).toBe('2026-07-01T14:00:00.000Z');
});

test('an end that the clock jumps over is the first instant after the jump', () => {
  const quiet = { from: '21:00', to: '02:30' };
  expect(allowed('2026-03-29T00:30:00Z', 'Europe/Berlin', quiet)).toBe('2026-03-29T01:30:00.000Z');
});

test('none at all when both ends are the same', () => {
  expect(allowed('2026-01-15T03:00:00Z', 'UTC', { from: '08:00', to: '08:00' })).toBe(
    '2026-01-15T03:00:00.000Z',
  );
});

test('the answer is never before, never quiet, never more than a day and an hour away, and its own answer', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Asia/Kathmandu',
  ];
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2025-01-01'), max: new Date('2028-01-01'), noInvalidDate: true }),
      fc.constantFrom(...zones),
      (at, zone) => {
        const then = afterQuietHours(at, zone);
        const waitMs = then.getTime() - at.getTime();
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(25 * 3_600_000);
        const { hour } = Temporal.Instant.fromEpochMilliseconds(then.getTime()).toZonedDateTimeISO(zone);
        expect(hour).toBeGreaterThanOrEqual(8);
        expect(hour).toBeLessThan(21);
        expect(afterQuietHours(then, zone)).toEqual(then);
      },
    ),
  );
});
