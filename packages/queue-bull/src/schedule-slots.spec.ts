import { checkCron, nextSlotMs, ruleOf } from './schedule-slots.js';

const at = (text: string) => new Date(text).getTime();
const iso = (ms: number | null) => ms && new Date(ms).toISOString();

describe('slots', () => {
  test('an interval of Bull counts from the epoch, one of ours from its anchor; neither repeats the slot it is at', () => {
    expect(nextSlotMs({ every: 1000 }, 5000)).toBe(6000);
    expect(nextSlotMs({ every: 1000 }, 5999)).toBe(6000);
    expect(nextSlotMs({ every: 1000, anchorMs: 250 }, 5000)).toBe(5250);
    expect(nextSlotMs({ every: 1000, anchorMs: 250 }, 5250)).toBe(6250);
    // Missed slots are skipped, not made up for.
    expect(nextSlotMs({ every: 1000, anchorMs: 250 }, 99_999)).toBe(100_250);
  });

  test('cron in UTC, and over both changes of summer time', () => {
    expect(iso(nextSlotMs({ cron: '30 2 * * *', tz: 'UTC' }, at('2026-03-28T12:00Z')))).toBe(
      '2026-03-29T02:30:00.000Z',
    );
    const berlin = { cron: '0 9 * * *', tz: 'Europe/Berlin' };
    expect(iso(nextSlotMs(berlin, at('2026-03-28T12:00Z')))).toBe('2026-03-29T07:00:00.000Z');
    expect(iso(nextSlotMs(berlin, at('2026-10-24T12:00Z')))).toBe('2026-10-25T08:00:00.000Z');
    // Seconds first.
    expect(iso(nextSlotMs({ cron: '15 0 9 * * *', tz: 'UTC' }, at('2026-01-01T00:00Z')))).toBe(
      '2026-01-01T09:00:15.000Z',
    );
  });

  test('nothing after the end, nothing for a date that never comes', () => {
    expect(nextSlotMs({ every: 1000, endDate: 5999 }, 5000)).toBeNull();
    expect(nextSlotMs({ every: 1000, endDate: 6000 }, 5000)).toBe(6000);
    expect(
      nextSlotMs({ cron: '0 0 * * *', tz: 'UTC', endDate: '2026-01-01' }, at('2026-01-01T00:00Z')),
    ).toBeNull();
    expect(nextSlotMs({ cron: '0 0 30 2 *', tz: 'UTC' }, 0)).toBeNull();
  });

  test("Bull's utc wins over its time zone, and fields that are left out are the first ones", () => {
    const tokyo = { cron: '0 3 * * *', tz: 'Asia/Tokyo' };
    expect(iso(nextSlotMs(tokyo, at('2026-01-01T00:00Z')))).toBe('2026-01-01T18:00:00.000Z');
    expect(iso(nextSlotMs({ ...tokyo, utc: true }, at('2026-01-01T00:00Z')))).toBe(
      '2026-01-01T03:00:00.000Z',
    );
    // Every minute of Wednesdays.
    expect(iso(nextSlotMs({ cron: '3', tz: 'UTC' }, at('2026-01-01T00:00Z')))).toBe(
      '2026-01-07T00:00:00.000Z',
    );
  });

  test('a start date holds cron back, as in Bull', () => {
    const repeat = { cron: '0 0 * * *', tz: 'UTC', startDate: '2026-05-05T12:00Z' };
    expect(iso(nextSlotMs(repeat, at('2026-01-01T00:00Z')))).toBe('2026-05-06T00:00:00.000Z');
  });

  test('a cron expression that cannot be read is refused', () => {
    expect(() => checkCron('61 * * * *', 'UTC')).toThrow();
    expect(() => checkCron('x * * * *', 'UTC')).toThrow();
    expect(() => checkCron('*/5 * * * *', 'UTC')).not.toThrow();
  });

  test('rules in the words of the port', () => {
    expect(ruleOf({ every: 5 })).toEqual({ everyMs: 5 });
    expect(ruleOf({ cron: '@weekly', tz: 'UTC' })).toEqual({ cron: '0 0 * * 0', timeZone: 'UTC' });
    expect(ruleOf({ cron: '3', utc: true, tz: 'Asia/Tokyo' })).toEqual({
      cron: '0 * * * * 3',
      timeZone: 'UTC',
    });
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    expect(ruleOf({ cron: '1 2 3 4 5' })).toEqual({ cron: '1 2 3 4 5', timeZone });
  });
});
