import { nextClockChanges, nextTimeOnTheClock, wallClock } from './wall-clock.js';

const utc = (text: string) => Date.parse(`${text}Z`);
const iso = (atMs: number) => new Date(atMs).toISOString().slice(0, 16);

describe('wallClock', () => {
  test('reads the clocks of a zone', () => {
    const atMs = utc('2026-07-01T22:30');
    expect(wallClock(atMs, 'UTC')).toEqual({ year: 2026, month: 7, day: 1, hour: 22, minute: 30 });
    expect(wallClock(atMs, 'Asia/Kolkata')).toEqual({ year: 2026, month: 7, day: 2, hour: 4, minute: 0 });
    expect(wallClock(utc('2026-07-02T04:00'), 'America/New_York').hour).toBe(0);
  });
});

describe('nextClockChanges', () => {
  test.each([
    ['Europe/Berlin', '2027-03-28T01:00', '2027-10-31T01:00'],
    ['America/New_York', '2027-03-14T07:00', '2027-11-07T06:00'],
    ['Pacific/Auckland', '2027-09-25T14:00', '2027-04-03T14:00'],
  ])('of %s', (timeZone, forward, back) => {
    const changes = nextClockChanges(timeZone, utc('2026-11-20T12:34'));
    expect([iso(changes.forward), iso(changes.back)]).toEqual([forward, back]);
  });

  test('there are none where clocks never change', () => {
    expect(() => nextClockChanges('UTC', utc('2026-11-20T12:34'))).toThrow('never change');
  });
});

describe('nextTimeOnTheClock', () => {
  test('is today when it is still to come, else tomorrow', () => {
    const shown = { hour: 9, minute: 15 };
    expect(iso(nextTimeOnTheClock(shown, 'UTC', utc('2026-11-20T09:14:59')))).toBe('2026-11-20T09:15');
    expect(iso(nextTimeOnTheClock(shown, 'UTC', utc('2026-11-20T09:15:00')))).toBe('2026-11-21T09:15');
    expect(iso(nextTimeOnTheClock(shown, 'Asia/Kolkata', utc('2026-11-20T09:15')))).toBe('2026-11-21T03:45');
  });

  test('keeps to the clock when its offset changes', () => {
    const noon = (month: number, day: number) =>
      iso(nextTimeOnTheClock({ month, day, hour: 12, minute: 0 }, 'Europe/Berlin', utc('2026-11-20T00:00')));
    expect([noon(3, 27), noon(3, 28), noon(10, 30), noon(10, 31)]).toEqual([
      '2027-03-27T11:00',
      '2027-03-28T10:00',
      '2027-10-30T10:00',
      '2027-10-31T11:00',
    ]);
  });

  test('refuses what clocks never show', () => {
    expect(() => nextTimeOnTheClock({ month: 2, day: 30 }, 'UTC', utc('2026-11-20T00:00'))).toThrow(
      'never show',
    );
  });
});
