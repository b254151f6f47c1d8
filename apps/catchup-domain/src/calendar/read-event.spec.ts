import type { calendar_v3 } from '@googleapis/calendar';
import fc from 'fast-check';
import { readEvent } from './read-event.js';

const timed: calendar_v3.Schema$Event = {
  id: 'e1',
  status: 'confirmed',
  start: { dateTime: '2026-03-29T09:00:00+02:00', timeZone: 'Europe/Berlin' },
  end: { dateTime: '2026-03-29T10:00:00+02:00', timeZone: 'Europe/Berlin' },
};
const read = (change: calendar_v3.Schema$Event = {}) =>
  readEvent({ ...timed, ...change }, 'America/New_York');
const fields = (change?: calendar_v3.Schema$Event) => {
  const item = read(change);
  if (item.kind !== 'event') throw new Error(`expected an event, it was ${item.kind}`);
  return item.fields;
};

describe('what is rejected, alone', () => {
  test.each([
    ['no start or no end', { start: undefined }],
    ['no start or no end', { end: { dateTime: 'tomorrow' } }],
    ['no start or no end', { start: { dateTime: '2026-13-01T00:00:00Z' } }],
    ['no start or no end', { start: { dateTime: '+012026-01-01T00:00:00Z' } }],
    ['no start or no end', { start: { date: '2026-02-30' } }],
    ['a date and a time', { end: { date: '2026-03-30' } }],
    ['it ends before it starts', { end: { dateTime: '2026-03-29T08:59:59+02:00' } }],
    ['an instance that does not say which', { recurringEventId: 'series' }],
  ] as const)('%s', (reason, change) => {
    expect(read(change)).toEqual({ kind: 'rejected', externalId: 'e1', reason });
  });
});

test('what was cancelled is gone, but an instance is kept as cancelled', () => {
  expect(readEvent({ id: 'e1', status: 'cancelled' }, 'UTC')).toEqual({ kind: 'removed', externalId: 'e1' });
  const instance = {
    id: 's_1',
    status: 'cancelled',
    recurringEventId: 's',
    originalStartTime: { date: '2026-03-29' },
  };
  expect(readEvent(instance, 'UTC')).toMatchObject({
    kind: 'event',
    fields: {
      status: 'cancelled',
      recurringEventExternalId: 's',
      originalStartDate: '2026-03-29',
      startAt: null,
    },
  });
});

test('a time is an instant with its zone, a date stays a date', () => {
  expect(fields()).toMatchObject({
    startAt: new Date('2026-03-29T07:00:00Z'),
    startDate: null,
    timeZone: 'Europe/Berlin',
  });
  expect(fields({ start: { date: '2026-03-29' }, end: { date: '2026-03-30' } })).toMatchObject({
    startAt: null,
    startDate: '2026-03-29',
    endDate: '2026-03-30',
    timeZone: null,
  });
});

test('a time without an offset is on the clock of its zone, else of the calendar', () => {
  const local = (timeZone?: string) =>
    fields({
      start: { dateTime: '2026-03-29T09:00:00', timeZone },
      end: { dateTime: '2026-03-29T20:00:00', timeZone },
    });
  expect(local('Asia/Kathmandu').startAt).toEqual(new Date('2026-03-29T03:15:00Z'));
  for (const zone of [undefined, 'Europe/Atlantis'])
    expect(local(zone)).toMatchObject({
      startAt: new Date('2026-03-29T13:00:00Z'),
      timeZone: 'America/New_York',
    });
});

test('attendees by their addresses in lower case, and nobody whom it does not have', () => {
  const attendees = [
    { email: 'Ada@Example.com', self: true, responseStatus: 'declined' },
    { displayName: 'No address', responseStatus: 'whatever' },
    null,
  ] as calendar_v3.Schema$EventAttendee[];
  expect(fields({ attendees }).attendees).toMatchObject([
    { email: 'ada@example.com', self: true, responseStatus: 'declined' },
    { email: null, displayName: 'No address', responseStatus: 'needsAction' },
  ]);
});

test('whatever comes is an event, removed or rejected, and never an error', () => {
  const hostile = fc.record(
    {
      id: fc.string({ minLength: 1 }),
      status: fc.anything(),
      start: fc.oneof(
        fc.anything(),
        fc.record({ dateTime: fc.anything(), date: fc.anything(), timeZone: fc.anything() }),
      ),
      end: fc.oneof(
        fc.anything(),
        fc.record({ dateTime: fc.date().map((at) => String(at)), date: fc.string() }),
      ),
      recurrence: fc.anything(),
      attendees: fc.anything(),
      organizer: fc.anything(),
      sequence: fc.anything(),
      updated: fc.anything(),
      eventType: fc.anything(),
      recurringEventId: fc.option(fc.string()),
      originalStartTime: fc.anything(),
    },
    { requiredKeys: ['id'] },
  );
  fc.assert(
    fc.property(hostile, (event) => {
      expect(['event', 'removed', 'rejected']).toContain(
        readEvent(event as calendar_v3.Schema$Event, 'UTC').kind,
      );
    }),
  );
});
