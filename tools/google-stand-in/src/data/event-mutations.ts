import type { calendar_v3 } from '@googleapis/calendar';
import { epochMsOf, onDate, atInstant } from '../calendar/event-times.js';
import { hasOccurrence } from '../calendar/occurrences.js';
import { NothingThereError } from '../errors.js';
import { deriveId } from '../random.js';
import { createEvent, createException, etagOf, instanceId, type EventFields } from './event.js';
import type { StandInCalendar } from './world.js';

type Event = calendar_v3.Schema$Event;

/** Every one tells push channels. `calendarId` may be `primary`, and is by default; `user` is an email or id. */
export interface EventMutations {
  /** Answers with the id. With `recurrence` it is a series. */
  addEvent(user: string, fields: EventFields, calendarId?: string): string;
  /** Replaces the given fields of a single event, or of an instance that was changed before. */
  changeEvent(user: string, eventId: string, fields: EventFields, calendarId?: string): void;
  /** As `changeEvent`, of a series. Exceptions of instances that it no longer has are cancelled. */
  changeSeries(user: string, masterId: string, fields: EventFields, calendarId?: string): void;
  /**
   * Gives one instance fields of its own. `originalStart` is an RFC 3339 instant, or a date in an all-day series.
   * Answers with the instance's id.
   */
  moveInstance(
    user: string,
    masterId: string,
    originalStart: string,
    fields: EventFields,
    calendarId?: string,
  ): string;
  cancelInstance(user: string, masterId: string, originalStart: string, calendarId?: string): string;
  /** A series goes with its exceptions. An instance is cancelled. */
  deleteEvent(user: string, eventId: string, calendarId?: string): void;
}

export interface EventMutationParts {
  readonly seed: number;
  readonly now: () => Date;
  /** Throws where there is none. */
  readonly findCalendar: (user: string, calendarId: string) => StandInCalendar;
  readonly changed: (calendar: StandInCalendar) => void;
}

export function createEventMutations({
  seed,
  now,
  findCalendar,
  changed,
}: EventMutationParts): EventMutations {
  let added = 0;
  const find = ({ events }: StandInCalendar, eventId: string): Event => {
    const item = events.get(eventId);
    if (!item || item.deleted) throw new NothingThereError('event', eventId);
    return item.value;
  };
  const findMaster = (calendar: StandInCalendar, masterId: string): Event => {
    const master = find(calendar, masterId);
    if (!master.recurrence) throw new NothingThereError('series', masterId);
    return master;
  };
  const rewrite = (calendar: StandInCalendar, event: Event, fields: EventFields): Event => {
    const revision = (event.sequence ?? 0) + 1;
    const written = { updated: now().toISOString(), sequence: revision, etag: etagOf(now(), revision) };
    const next = { ...event, ...fields, ...written };
    calendar.events.put(event.id!, next);
    return next;
  };
  const remove = (calendar: StandInCalendar, event: Event): void => {
    const revision = (event.sequence ?? 0) + 1;
    const written = { updated: now().toISOString(), sequence: revision, etag: etagOf(now(), revision) };
    calendar.events.remove(event.id!, { ...event, ...written, status: 'cancelled' });
  };
  const exceptionsOf = ({ events }: StandInCalendar, masterId: string): Event[] =>
    events
      .items()
      .filter(({ value, deleted }) => !deleted && value.recurringEventId === masterId)
      .map(({ value }) => value);

  const setInstance = (
    calendar: StandInCalendar,
    masterId: string,
    originalStart: string,
    fields: EventFields,
  ): string => {
    const master = findMaster(calendar, masterId);
    const start = originalStartOf(master, originalStart);
    const id = instanceId(master, start);
    const before = calendar.events.get(id);
    if (before && !before.deleted) rewrite(calendar, before.value, { status: 'confirmed', ...fields });
    else if (hasOccurrence(master, start)) {
      const written = { writtenAt: now(), revision: (master.sequence ?? 0) + 1 };
      calendar.events.put(id, createException(master, start, fields, written));
    } else throw new NothingThereError('instance', id);
    changed(calendar);
    return id;
  };

  const mutations: EventMutations = {
    addEvent(user, fields, calendarId = 'primary') {
      const calendar = findCalendar(user, calendarId);
      added += 1;
      const id = deriveId(seed, `added event ${calendar.id} ${added}`, 26);
      const written = { createdAt: now(), writtenAt: now(), revision: 0 };
      calendar.events.put(id, createEvent(calendar.id, id, fields, written));
      changed(calendar);
      return id;
    },
    changeEvent(user, eventId, fields, calendarId = 'primary') {
      const calendar = findCalendar(user, calendarId);
      rewrite(calendar, find(calendar, eventId), fields);
      changed(calendar);
    },
    changeSeries(user, masterId, fields, calendarId = 'primary') {
      const calendar = findCalendar(user, calendarId);
      const former = findMaster(calendar, masterId);
      const master = rewrite(calendar, former, fields);
      calendar.formerSeries.push({ master: former, untilVersion: calendar.events.version });
      for (const exception of exceptionsOf(calendar, masterId))
        if (!master.recurrence || !hasOccurrence(master, exception.originalStartTime!))
          rewrite(calendar, exception, { status: 'cancelled' });
      changed(calendar);
    },
    moveInstance: (user, masterId, originalStart, fields, calendarId = 'primary') =>
      setInstance(findCalendar(user, calendarId), masterId, originalStart, fields),
    cancelInstance: (user, masterId, originalStart, calendarId = 'primary') =>
      setInstance(findCalendar(user, calendarId), masterId, originalStart, { status: 'cancelled' }),
    deleteEvent(user, eventId, calendarId = 'primary') {
      const calendar = findCalendar(user, calendarId);
      const event = find(calendar, eventId);
      if (event.recurringEventId) rewrite(calendar, event, { status: 'cancelled' });
      else {
        remove(calendar, event);
        for (const exception of exceptionsOf(calendar, eventId)) remove(calendar, exception);
      }
      changed(calendar);
    },
  };
  return mutations;
}

/** In the shape and the zone of the series, whatever offset the text has. */
function originalStartOf(master: Event, text: string): calendar_v3.Schema$EventDateTime {
  if (master.start?.date) return onDate(text.slice(0, 10));
  return atInstant(epochMsOf({ dateTime: text }, 'UTC'), master.start?.timeZone ?? 'UTC');
}
