import type { CalendarEvent } from '@switchyard/catchup-data';
import fc from 'fast-check';
import { expandEvents } from './expand-events.js';

const NOTHING = {
  id: 'event',
  calendarId: 'calendar',
  userId: 'user',
  externalId: 'event',
  iCalUid: null,
  recurringEventExternalId: null,
  originalStartAt: null,
  originalStartDate: null,
  status: 'confirmed',
  summary: null,
  startAt: null,
  startDate: null,
  endAt: null,
  endDate: null,
  timeZone: null,
  recurrence: [],
  transparency: 'opaque',
  eventType: 'default',
  attendees: [],
  organizerEmail: null,
  sequence: 0,
  etag: null,
  providerUpdatedAt: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
} satisfies CalendarEvent;
const event = (change: Partial<CalendarEvent>): CalendarEvent => ({ ...NOTHING, ...change });
const at = (text: string) => new Date(text);
const daily = event({
  externalId: 'daily',
  startAt: at('2026-03-27T08:00:00Z'),
  endAt: at('2026-03-27T09:00:00Z'),
  timeZone: 'Europe/Berlin',
  recurrence: ['RRULE:FREQ=DAILY;COUNT=5'],
});
const exception = (original: string, change: Partial<CalendarEvent>) =>
  event({
    id: `at ${original}`,
    externalId: `daily_${original}`,
    recurringEventExternalId: 'daily',
    originalStartAt: at(original),
    ...change,
  });
const expanded = (
  events: CalendarEvent[],
  from = '2026-03-20',
  to = '2026-04-10',
  timeZone = 'Europe/Berlin',
) => expandEvents(events, { from: at(from), to: at(to), timeZone });
const times = (...asked: Parameters<typeof expanded>) =>
  expanded(...asked).occurrences.map(
    ({ start, end }) => `${start.toISOString().slice(0, 16)} ${end.toISOString().slice(11, 16)}`,
  );

test('one that cannot be expanded is told, and the others are there', () => {
  const absurd = event({ ...daily, id: 'absurd', externalId: 'absurd', recurrence: ['RRULE:FREQ=SECONDLY'] });
  const { occurrences, rejected } = expanded([absurd, daily]);
  expect(occurrences).toHaveLength(5);
  expect(rejected).toEqual([{ eventId: 'absurd', problem: 'too-frequent' }]);
});

test('a series over a change of clocks, with one moved, one changed and one cancelled', () => {
  const moved = exception('2026-03-29T07:00:00Z', {
    startAt: at('2026-04-05T12:00:00Z'),
    endAt: at('2026-04-05T12:30:00Z'),
  });
  const longer = exception('2026-03-30T07:00:00Z', {
    startAt: at('2026-03-30T07:00:00Z'),
    endAt: at('2026-03-30T10:00:00Z'),
  });
  const cancelled = exception('2026-03-31T07:00:00Z', { status: 'cancelled' });
  expect(times([cancelled, moved, daily, longer])).toEqual([
    '2026-03-27T08:00 09:00',
    '2026-03-28T08:00 09:00',
    '2026-03-30T07:00 10:00',
    '2026-04-05T12:00 12:30',
  ]);
});

test('an exception is there where its original is outside of the window, and is not there where it was moved out of it', () => {
  const moved = exception('2026-03-27T08:00:00Z', {
    startAt: at('2026-04-05T12:00:00Z'),
    endAt: at('2026-04-05T12:30:00Z'),
  });
  expect(times([daily, moved], '2026-04-04')).toEqual(['2026-04-05T12:00 12:30']);
  expect(times([daily, moved], '2026-03-26', '2026-03-28')).toEqual([]);
});

test('exceptions go with a series that is gone, and stand alone where the series was never seen', () => {
  const alone = exception('2026-03-29T07:00:00Z', {
    startAt: at('2026-03-29T07:00:00Z'),
    endAt: at('2026-03-29T08:00:00Z'),
  });
  expect(times([alone])).toHaveLength(1);
  expect(times([alone, event({ ...daily, status: 'cancelled' })])).toEqual([]);
  // Another calendar's series of the same name is another series.
  expect(times([alone, event({ ...daily, calendarId: 'other', status: 'cancelled' })])).toHaveLength(1);
});

test('what reaches into the window counts, what only touches it does not', () => {
  const single = event({ startAt: at('2026-03-20T22:00:00Z'), endAt: at('2026-03-21T02:00:00Z') });
  expect(times([single], '2026-03-21')).toHaveLength(1);
  expect(times([single], '2026-03-21T02:00:00Z')).toEqual([]);
  expect(times([single], '2026-03-19', '2026-03-20T22:00:00Z')).toEqual([]);
  const moment = event({ startAt: at('2026-03-21T00:00:00Z'), endAt: at('2026-03-21T00:00:00Z') });
  expect(times([moment], '2026-03-21')).toHaveLength(1);
  const overnight = event({
    ...daily,
    startAt: at('2026-03-26T22:00:00Z'),
    endAt: at('2026-03-27T05:00:00Z'),
  });
  expect(times([overnight], '2026-03-28', '2026-03-28T12:00:00Z')).toEqual(['2026-03-27T22:00 05:00']);
});

test('all-day events take the days of the user’s zone, 23 hours where a day has 23', () => {
  const days = event({ startDate: '2026-03-29', endDate: '2026-03-30', recurrence: ['RRULE:FREQ=YEARLY'] });
  expect(times([days])).toEqual(['2026-03-28T23:00 22:00']);
  expect(times([days], '2026-03-20', '2026-04-10', 'Pacific/Kiritimati')).toEqual(['2026-03-28T10:00 10:00']);
  const weekend = event({ startDate: '2026-03-28', endDate: '2026-03-30' });
  expect(expanded([weekend]).occurrences).toMatchObject([
    { isAllDay: true, start: at('2026-03-27T23:00:00Z'), end: at('2026-03-29T22:00:00Z') },
  ]);
});

test('a window shows the same as any two windows that make it up, each once', () => {
  const rows = [
    daily,
    exception('2026-03-29T07:00:00Z', {
      startAt: at('2026-04-01T12:00:00Z'),
      endAt: at('2026-04-01T13:00:00Z'),
    }),
    event({
      id: 'days',
      externalId: 'days',
      startDate: '2026-03-28',
      endDate: '2026-03-30',
      recurrence: ['RRULE:FREQ=WEEKLY'],
    }),
    event({
      id: 'one',
      externalId: 'one',
      startAt: at('2026-03-30T00:00:00Z'),
      endAt: at('2026-03-31T00:00:00Z'),
    }),
  ];
  const key = ({ event: { id }, start }: { event: { id: string }; start: Date }) =>
    `${id} ${start.toISOString()}`;
  const whole = expanded(rows).occurrences.map(key);
  fc.assert(
    fc.property(fc.date({ min: at('2026-03-20'), max: at('2026-04-10'), noInvalidDate: true }), (middle) => {
      const cut = middle.toISOString();
      const parts = [...expanded(rows, '2026-03-20', cut).occurrences, ...expanded(rows, cut).occurrences];
      expect([...new Set(parts.map(key))].sort()).toEqual([...whole].sort());
    }),
  );
});
