import type { calendar_v3 } from '@googleapis/calendar';
import { endOfInstance, instanceSuffix } from '../calendar/event-times.js';

/** What of an event anybody chooses; the rest is Google's. `start` and `end` in the wire shape, the end exclusive. */
export type EventFields = Pick<
  calendar_v3.Schema$Event,
  | 'summary'
  | 'description'
  | 'location'
  | 'start'
  | 'end'
  | 'endTimeUnspecified'
  | 'recurrence'
  | 'attendees'
  | 'status'
  | 'transparency'
  | 'visibility'
  | 'eventType'
  | 'colorId'
  | 'organizer'
  | 'extendedProperties'
>;

/** Writes an event into the wire shape. Its etag changes with every write, since `writtenAt` or `revision` does. */
export function createEvent(
  calendarId: string,
  id: string,
  fields: EventFields,
  written: { readonly createdAt: Date; readonly writtenAt: Date; readonly revision: number },
): calendar_v3.Schema$Event {
  const owner = { email: calendarId, self: true };
  return {
    kind: 'calendar#event',
    etag: etagOf(written.writtenAt, written.revision),
    id,
    status: 'confirmed',
    htmlLink: `https://www.google.com/calendar/event?eid=${Buffer.from(`${id} ${calendarId}`).toString('base64url')}`,
    created: written.createdAt.toISOString().replace(/\.\d+Z$/, '.000Z'),
    updated: written.writtenAt.toISOString(),
    creator: owner,
    organizer: owner,
    iCalUID: `${id}@google.com`,
    sequence: written.revision,
    reminders: { useDefault: true },
    eventType: 'default',
    ...fields,
  };
}

/** One instance of a series: it keeps the id that its original start gives it, and by default its place and length. */
export function createException(
  master: calendar_v3.Schema$Event,
  originalStartTime: calendar_v3.Schema$EventDateTime,
  fields: EventFields,
  written: { readonly writtenAt: Date; readonly revision: number },
): calendar_v3.Schema$Event {
  const { recurrence: _, ...shared } = master;
  return {
    ...shared,
    etag: etagOf(written.writtenAt, written.revision),
    id: instanceId(master, originalStartTime),
    updated: written.writtenAt.toISOString(),
    sequence: written.revision,
    recurringEventId: master.id,
    originalStartTime,
    start: originalStartTime,
    end: endOfInstance(master, originalStartTime),
    ...fields,
  };
}

export const instanceId = (
  master: calendar_v3.Schema$Event,
  originalStartTime: calendar_v3.Schema$EventDateTime,
): string => `${master.id}_${instanceSuffix(originalStartTime)}`;

/** The little that lists are sure to tell of a cancelled event. A cancelled instance names its series, too. */
export function bareCancelled(event: calendar_v3.Schema$Event): calendar_v3.Schema$Event {
  const { kind, etag, id, recurringEventId, originalStartTime } = event;
  return {
    kind,
    etag,
    id,
    status: 'cancelled',
    ...(recurringEventId && { recurringEventId, originalStartTime }),
  };
}

/** Calendar's etags are numbers in quotes. */
export const etagOf = (writtenAt: Date, revision: number): string =>
  `"${writtenAt.getTime() * 2 + revision}000"`;
