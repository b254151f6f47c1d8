import { atWallTime, onDate } from './event-times.js';
import { hasOccurrence, occurrencesOf } from './occurrences.js';

const between = (from: string, to: string) => [Date.parse(from), Date.parse(to)] as const;
const at = (wallTime: string, zone: string, recurrence: string[]) => ({
  start: atWallTime(wallTime, zone),
  end: atWallTime(wallTime, zone),
  recurrence,
});

describe('occurrences', () => {
  it('keep the wall time when the clocks change', () => {
    const berlin = at('2026-03-23T09:00', 'Europe/Berlin', ['RRULE:FREQ=WEEKLY;COUNT=3']);
    const starts = occurrencesOf(berlin, ...between('2026-01-01', '2026-12-31'));
    expect(starts.map(({ dateTime }) => dateTime)).toEqual([
      '2026-03-23T09:00:00+01:00',
      '2026-03-30T09:00:00+02:00',
      '2026-04-06T09:00:00+02:00',
    ]);
  });

  it('leave a day out whose change of clocks skips the time, and do not count it', () => {
    const night = at('2026-03-28T02:30', 'Europe/Berlin', ['RRULE:FREQ=DAILY;COUNT=3']);
    const starts = occurrencesOf(night, ...between('2026-01-01', '2026-12-31'));
    expect(starts.map(({ dateTime }) => dateTime)).toEqual([
      '2026-03-28T02:30:00+01:00',
      '2026-03-30T02:30:00+02:00',
      '2026-03-31T02:30:00+02:00',
    ]);
  });

  it('leave out EXDATE and put in RDATE, each in its zone', () => {
    const series = at('2026-06-01T12:00', 'Asia/Kolkata', [
      'RRULE:FREQ=DAILY;COUNT=3',
      'EXDATE;TZID=Asia/Kolkata:20260602T120000',
      'RDATE:20260610T000000Z',
    ]);
    const starts = occurrencesOf(series, ...between('2026-01-01', '2026-12-31'));
    expect(starts.map(({ dateTime }) => dateTime)).toEqual([
      '2026-06-01T12:00:00+05:30',
      '2026-06-03T12:00:00+05:30',
      '2026-06-10T05:30:00+05:30',
    ]);
  });

  it('of all-day series are dates', () => {
    const series = {
      start: onDate('2026-03-27'),
      end: onDate('2026-03-30'),
      recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3', 'EXDATE;VALUE=DATE:20260403'],
    };
    expect(occurrencesOf(series, ...between('2026-01-01', '2026-12-31'))).toEqual([
      onDate('2026-03-27'),
      onDate('2026-04-10'),
    ]);
    expect(hasOccurrence(series, onDate('2026-04-10'))).toBe(true);
    expect(hasOccurrence(series, onDate('2026-04-03'))).toBe(false);
  });

  it('end before the end of the range', () => {
    const series = at('2026-06-01T12:00', 'UTC', ['RRULE:FREQ=DAILY']);
    expect(occurrencesOf(series, ...between('2026-06-02T12:00Z', '2026-06-03T12:00Z'))).toHaveLength(1);
  });
});
