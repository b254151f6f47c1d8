import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expandSeries } from './expand-series.js';

const instants = (zone: string, start: string, lines: string[], from: string, to: string) =>
  expandSeries(
    {
      at: new Date(Temporal.PlainDateTime.from(start).toZonedDateTime(zone).epochMilliseconds),
      timeZone: zone,
    },
    lines,
    new Date(from),
    new Date(to),
  ).map((moment) => ('ms' in moment ? new Date(moment.ms).toISOString() : moment.date));
const local = (zone: string, ...rest: [start: string, lines: string[], from: string, to: string]) =>
  instants(zone, ...rest).map((instant) =>
    Temporal.Instant.from(instant)
      .toZonedDateTimeISO(zone)
      .toPlainDateTime()
      .toString({ smallestUnit: 'minute' }),
  );

describe('what is refused, in no time', () => {
  test.each([
    ['RRULE:FREQ=SECONDLY', 'too-frequent'],
    ['RRULE:FREQ=HOURLY;COUNT=3', 'too-frequent'],
    [`RRULE:FREQ=DAILY;BYHOUR=${[...Array(24).keys()].join()};BYMINUTE=0,30`, 'too-frequent'],
    ['RRULE:FREQ=FORTNIGHTLY', 'malformed'],
    ['RRULE:', 'malformed'],
    ['RRULE:FREQ=DAILY;INTERVAL=0', 'malformed'],
    ['RRULE:FREQ=DAILY;BYEASTER=1', 'malformed'],
    ['RRULE:FREQ=DAILY;COUNT=-1', 'malformed'],
    ['RRULE:FREQ=DAILY;__proto__=1', 'malformed'],
    ['RRULE:FREQ=WEEKLY;BYMONTHDAY=3', 'malformed'],
    ['RRULE:FREQ=WEEKLY;BYDAY=1MO', 'malformed'],
    ['RRULE:FREQ=MONTHLY;BYWEEKNO=3', 'malformed'],
    ['RRULE:FREQ=DAILY;BYYEARDAY=-252,291;BYWEEKNO=48', 'malformed'],
    ['RRULE:FREQ=YEARLY;BYDAY=1MO;BYWEEKNO=3', 'malformed'],
    ['RRULE:FREQ=YEARLY;BYYEARDAY=-252,291;BYWEEKNO=48', 'too-many'],
    ['EXDATE:20261399', 'malformed'],
    ['EXDATE;TZID=Europe/Atlantis:20260101T000000', 'malformed'],
    ['DTSTART:20260101', 'malformed'],
    ['', 'malformed'],
  ])('%s is %s', (line, problem) => {
    expect(() => instants('UTC', '2026-01-01T09:00', [line], '2026-01-01', '2027-01-01')).toThrow(
      expect.objectContaining({ code: 'ERR_RECURRENCE', problem }),
    );
  });

  test('more instances than anybody counts', () => {
    const daily = (from: string, to: string) => () =>
      instants('UTC', '1970-01-01T09:00', ['RRULE:FREQ=DAILY'], from, to);
    expect(daily('1970-01-01', '2400-01-01')).toThrow(expect.objectContaining({ problem: 'too-many' }));
    expect(daily('2026-01-01', '2026-01-03')()).toHaveLength(2);
  });

  test('nothing comes of a rule that can never be true', () => {
    const lines = ['RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'];
    expect(instants('UTC', '2026-01-01T09:00', lines, '2026-02-01', '2036-01-01')).toEqual([]);
  });
});

describe('when clocks change', () => {
  test('9 o’clock stays 9 o’clock', () => {
    const lines = ['RRULE:FREQ=WEEKLY'];
    expect(instants('Europe/Berlin', '2026-03-22T09:00', lines, '2026-03-20', '2026-04-06')).toEqual([
      '2026-03-22T08:00:00.000Z',
      '2026-03-29T07:00:00.000Z',
      '2026-04-05T07:00:00.000Z',
    ]);
  });

  test('what falls into the hour that is jumped over does not take place, and is not counted', () => {
    expect(
      local('Europe/Berlin', '2026-03-28T02:30', ['RRULE:FREQ=DAILY;COUNT=3'], '2026-03-01', '2026-05-01'),
    ).toEqual(['2026-03-28T02:30', '2026-03-30T02:30', '2026-03-31T02:30']);
  });

  test('of an hour that comes twice it is the first', () => {
    expect(
      instants('Europe/Berlin', '2026-10-24T02:30', ['RRULE:FREQ=DAILY;COUNT=2'], '2026-10-01', '2026-11-01'),
    ).toEqual(['2026-10-24T00:30:00.000Z', '2026-10-25T00:30:00.000Z']);
  });

  test('half an hour, and a day that never was', () => {
    expect(
      instants(
        'Australia/Lord_Howe',
        '2026-04-04T12:00',
        ['RRULE:FREQ=DAILY;COUNT=2'],
        '2026-04-01',
        '2026-05-01',
      ),
    ).toEqual(['2026-04-04T01:00:00.000Z', '2026-04-05T01:30:00.000Z']);
    expect(
      local('Pacific/Apia', '2011-12-29T10:00', ['RRULE:FREQ=DAILY;COUNT=2'], '2011-12-01', '2012-01-15'),
    ).toEqual(['2011-12-29T10:00', '2011-12-31T10:00']);
  });
});

describe('ends, additions and exceptions', () => {
  test('UNTIL is inclusive, in UTC, on the clock of the series, or a date', () => {
    const until = (value: string) =>
      local(
        'America/New_York',
        '2026-01-05T09:00',
        [`RRULE:FREQ=DAILY;UNTIL=${value}`],
        '2026-01-01',
        '2026-02-01',
      );
    for (const value of ['20260107T140000Z', '20260107T090000', '20260107'])
      expect(until(value).at(-1)).toBe('2026-01-07T09:00');
    expect(until('20260107T135959Z').at(-1)).toBe('2026-01-06T09:00');
  });

  test('a count beyond all reason counts nothing', () => {
    const lines = ['RRULE:FREQ=DAILY;COUNT=100000000'];
    expect(instants('UTC', '2000-01-01T09:00', lines, '2026-01-01', '2026-01-03')).toHaveLength(2);
  });

  test('the start is an instance, whether its rule picks it or not', () => {
    const lines = ['RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3'];
    expect(local('UTC', '2026-03-02T09:00', lines, '2026-03-01', '2026-05-01')).toEqual([
      '2026-03-02T09:00',
      '2026-03-03T09:00',
      '2026-03-10T09:00',
    ]);
  });

  test('RDATE and EXDATE, on any clock, and a date for the time of that date', () => {
    const lines = [
      'RRULE:FREQ=DAILY;COUNT=5',
      'EXDATE;TZID=America/New_York:20260302T030000',
      'EXDATE:20260303T080000Z,20260304T080000Z',
      'EXDATE;VALUE=DATE:20260305',
      'RDATE;TZID=Europe/Berlin:20260401T120000',
    ];
    expect(local('Europe/Berlin', '2026-03-01T09:00', lines, '2026-03-01', '2026-05-01')).toEqual([
      '2026-03-01T09:00',
      '2026-04-01T12:00',
    ]);
  });

  test('an instant takes the day from an all-day series that it has on its own clock', () => {
    const lines = [
      'RRULE:FREQ=DAILY;COUNT=4',
      'EXDATE;TZID=Europe/Berlin:20260302T000000',
      'EXDATE:20260303T120000Z',
    ];
    expect(
      expandSeries({ date: '2026-03-01' }, lines, new Date('2026-03-01'), new Date('2026-04-01')),
    ).toEqual([{ date: '2026-03-01' }, { date: '2026-03-04' }]);
  });

  test('dates of all-day series are dates', () => {
    const lines = ['RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20260430', 'EXDATE;VALUE=DATE:20260331'];
    expect(
      expandSeries({ date: '2026-01-31' }, lines, new Date('2026-02-01'), new Date('2027-01-01')),
    ).toEqual([{ date: '2026-02-28' }, { date: '2026-04-30' }]);
  });
});

/** Steps from day to day on the wall clock: slow, and of nobody else's making. */
function stepped(
  start: Temporal.PlainDateTime,
  zone: string,
  interval: number,
  weekdays: readonly number[],
  count: number,
) {
  const found: number[] = [];
  const monday = start.toPlainDate().subtract({ days: start.dayOfWeek - 1 });
  for (let day = start.toPlainDate(); found.length < count; day = day.add({ days: 1 })) {
    const weeks = Math.floor(monday.until(day).days / 7);
    const isFirst = day.equals(start.toPlainDate());
    if (!isFirst && (weeks % interval !== 0 || !weekdays.includes(day.dayOfWeek))) continue;
    const wall = day.toPlainDateTime(start.toPlainTime());
    const zoned = wall.toZonedDateTime(zone);
    // Jumped over by the clock.
    if (!zoned.toPlainDateTime().equals(wall)) continue;
    found.push(zoned.epochMilliseconds);
  }
  return found;
}

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const ZONES: readonly (readonly [zone: string, around: string])[] = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Pacific/Apia', '2011-12-30'],
  ['Asia/Kathmandu', '2026-06-01'],
  ['America/Sao_Paulo', '2018-11-04'],
];

test('weekly series are those that stepping from day to day finds, over every change of clocks', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: -20, max: 3 }),
      fc.constantFrom('00:15', '00:30', '01:45', '02:00', '02:15', '02:30', '03:00', '12:00', '23:45'),
      fc.integer({ min: 1, max: 3 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 2, max: 30 }),
      ([zone, around], offset, time, interval, weekdays, count) => {
        const start = Temporal.PlainDate.from(around)
          .add({ days: offset })
          .toPlainDateTime(Temporal.PlainTime.from(time));
        const first = start.toZonedDateTime(zone);
        // A series does not begin at a time that never was.
        fc.pre(first.toPlainDateTime().equals(start));
        // The first instance counts, picked or not; where it is not picked the oracle counts one more.
        const rule = `RRULE:FREQ=WEEKLY;INTERVAL=${interval};BYDAY=${weekdays.map((day) => DAYS[day - 1]).join()}`;
        const expected = stepped(start, zone, interval, weekdays, count);
        const last = expected.at(-1) as number;
        const found = expandSeries(
          { at: new Date(first.epochMilliseconds), timeZone: zone },
          [rule],
          new Date(first.epochMilliseconds),
          new Date(last + 1),
        );
        expect(found).toEqual(expected.map((ms) => ({ ms })));

        // And a window shows what lies in it, wherever it is put.
        const middle = expected[Math.floor(count / 2)] as number;
        const tail = expandSeries(
          { at: new Date(first.epochMilliseconds), timeZone: zone },
          [rule],
          new Date(middle),
          new Date(last + 1),
        );
        expect(tail).toEqual(expected.filter((ms) => ms >= middle).map((ms) => ({ ms })));
      },
    ),
    { numRuns: 200 },
  );
});
