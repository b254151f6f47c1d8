import fc from 'fast-check';
import type { Occurrence } from '../calendar/expand-events.js';
import { callHoursWithin, DEFAULT_CALL_HOURS } from './call-hours.js';
import { freeSlots, type FreeSlotOptions } from './free-slots.js';
import { united, without, type Span } from './spans.js';

const BERLIN = 'Europe/Berlin';
const at = (text: string) => new Date(text);
const span = (start: string, end: string): Span => ({ start: at(start), end: at(end) });
const WEEK = span('2026-03-23T00:00:00Z', '2026-03-30T00:00:00Z');
const options = (change: Partial<FreeSlotOptions> = {}): FreeSlotOptions => ({
  window: WEEK,
  timeZone: BERLIN,
  callHours: { from: '17:00', to: '19:00', days: [1, 2] },
  minMinutes: 30,
  ...change,
});
const taking = (time: Span, change: Partial<Occurrence['event']> = {}): Occurrence => ({
  event: {
    status: 'confirmed',
    transparency: 'opaque',
    eventType: 'default',
    attendees: [],
    ...change,
  } as Occurrence['event'],
  isAllDay: false,
  ...time,
});
const shown = (spans: readonly Span[]) =>
  spans.map(({ start, end }) => `${start.toISOString().slice(5, 16)} ${end.toISOString().slice(11, 16)}`);

test.each([
  [{ callHours: { from: '19:00', to: '17:00', days: [1] } }, 'must end after they begin, not 19:00 to 17:00'],
  [{ callHours: { from: '9', to: '17:00', days: [1] } }, '"from" must be a time such as "09:00", not "9"'],
  [{ callHours: { from: '09:00', to: '24:01', days: [1] } }, 'not "24:01"'],
  [{ callHours: { from: '09:00', to: '17:00', days: [0] } }, 'not 0'],
  [{ minMinutes: -1 }, 'minMinutes must be a number from 0, not -1'],
])('refuses %j', (change, message) => {
  expect(() => freeSlots([], options(change))).toThrow(message);
});

test('call hours without what takes time', () => {
  const meeting = taking(span('2026-03-23T16:30:00Z', '2026-03-23T17:00:00Z'));
  expect(shown(freeSlots([meeting], options()))).toEqual([
    '03-23T16:00 16:30',
    '03-23T17:00 18:00',
    '03-24T16:00 18:00',
  ]);
  expect(shown(freeSlots([meeting], options({ bufferMinutes: 15 })))).toEqual([
    '03-23T17:15 18:00',
    '03-24T16:00 18:00',
  ]);
  expect(shown(freeSlots([meeting], options({ minMinutes: 60 })))).toEqual([
    '03-23T17:00 18:00',
    '03-24T16:00 18:00',
  ]);
});

const declined = {
  email: 'a@example.com',
  displayName: null,
  responseStatus: 'declined',
  self: true,
  organizer: false,
  optional: false,
  resource: false,
} as const;
test.each([
  ['tentative', { status: 'tentative' }, true],
  ['out of office', { eventType: 'outOfOffice' }, true],
  ['cancelled', { status: 'cancelled' }, false],
  ['transparent', { transparency: 'transparent' }, false],
  ['a place to work', { eventType: 'workingLocation' }, false],
  ['declined by the user', { attendees: [declined] }, false],
  ['declined by somebody else', { attendees: [{ ...declined, self: false }] }, true],
] as const)('%s: takes time is %p', (_what, change, takes) => {
  const all = taking(WEEK, change as Partial<Occurrence['event']>);
  expect(freeSlots([all], options())).toHaveLength(takes ? 0 : 2);
});

test('hours of a day that the clocks change', () => {
  const hours = { from: '00:00', to: '24:00', days: [7] };
  expect(shown(callHoursWithin(hours, BERLIN, WEEK))).toEqual(['03-28T23:00 22:00']);
  expect(shown(callHoursWithin({ ...hours, from: '02:30' }, BERLIN, WEEK))).toEqual(['03-29T01:30 22:00']);
  expect(
    shown(
      callHoursWithin(
        { ...DEFAULT_CALL_HOURS, days: [7] },
        'Pacific/Apia',
        span('2011-12-28T00:00:00Z', '2012-01-02T00:00:00Z'),
      ),
    ),
  ).toEqual(['12-31T19:00 06:00']);
});

const zones = fc.constantFrom(
  BERLIN,
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
);
const starts = fc.date({ min: at('2018-10-01'), max: at('2027-01-01'), noInvalidDate: true });
const busySpans = (start: Date) =>
  fc.array(
    fc
      .tuple(fc.integer({ min: -600, max: 12_000 }), fc.integer({ min: 0, max: 3000 }))
      .map(([from, length]) => ({
        start: new Date(start.getTime() + from * 60_000),
        end: new Date(start.getTime() + (from + length) * 60_000),
      })),
    { maxLength: 12 },
  );
const weeks = fc.tuple(starts, zones).chain(([start, timeZone]) =>
  busySpans(start).map((busy) => ({
    busy,
    options: options({
      window: { start, end: new Date(start.getTime() + 8 * 86_400_000) },
      timeZone,
      callHours: DEFAULT_CALL_HOURS,
      minMinutes: 0,
    }),
  })),
);

test('free and busy together are the call hours, and never overlap, in any zone and week', () => {
  fc.assert(
    fc.property(weeks, ({ busy, options: asked }) => {
      const free = freeSlots(
        busy.map((one) => taking(one)),
        asked,
      );
      expect(without(free, busy)).toEqual(free);
      const hours = united(callHoursWithin(asked.callHours, asked.timeZone, asked.window));
      expect(without(hours, [...free, ...busy])).toEqual([]);
      expect(without(free, hours)).toEqual([]);
    }),
  );
});

test('neither the order of events matters nor how they are cut up', () => {
  fc.assert(
    fc.property(weeks, fc.nat({ max: 2999 }), ({ busy, options: asked }, minutes) => {
      const whole = freeSlots(
        busy.map((one) => taking(one)),
        asked,
      );
      const cut = busy.flatMap(({ start, end }) => {
        const middle = new Date(Math.min(end.getTime(), start.getTime() + minutes * 60_000));
        return [taking({ start: middle, end }), taking({ start, end: middle })];
      });
      expect(freeSlots(cut.reverse(), asked)).toEqual(whole);
    }),
  );
});
