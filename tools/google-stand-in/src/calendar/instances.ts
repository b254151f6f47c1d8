import type { calendar_v3 } from '@googleapis/calendar';
import { createException, etagOf } from '../data/event.js';
import type { StandInCalendar } from '../data/world.js';
import { endOfInstance, epochMsOf, instanceSuffix } from './event-times.js';
import { occurrencesOf } from './occurrences.js';

type Event = calendar_v3.Schema$Event;

export interface Instance {
  readonly event: Event;
  /** The version of whatever changed it last: itself or its series. */
  readonly version: number;
  /** The place of its series, or its own, in the order of lists. */
  readonly ordinal: number;
}

/**
 * Single events and the instances of series between two instants, exceptions in the place of what they replace,
 * cancelled ones included. With `masterId` of one series only. Without a time range a list ends about a year ahead:
 * most series have no end.
 */
export function instancesOf(
  calendar: StandInCalendar,
  fromMs: number,
  toMs: number,
  masterId?: string,
): readonly Instance[] {
  const items = calendar.events
    .items()
    .filter(({ value }) =>
      masterId === undefined ? true : value.id === masterId || value.recurringEventId === masterId,
    );
  const exceptionIds = new Set(items.filter(({ value }) => value.recurringEventId).map(({ key }) => key));

  return items.flatMap(({ value, version, ordinal, deleted }): Instance[] => {
    if (!value.recurrence) {
      const startMs = epochMsOf(value.start ?? value.originalStartTime, calendar.timeZone);
      const endMs = epochMsOf(value.end ?? value.start, calendar.timeZone);
      return endMs < fromMs || startMs >= toMs ? [] : [{ event: value, version, ordinal }];
    }
    const lengthMs = epochMsOf(value.end, 'UTC') - epochMsOf(value.start, 'UTC');
    return occurrencesOf(value, fromMs - lengthMs, toMs)
      .filter((start) => !exceptionIds.has(`${value.id}_${instanceSuffix(start)}`))
      .map((start) => {
        const writtenAt = new Date(value.updated!);
        const times = deleted ? { status: 'cancelled' } : { start, end: endOfInstance(value, start) };
        const event = createException(value, start, times, { writtenAt, revision: value.sequence ?? 0 });
        return { event: { ...event, etag: etagOf(writtenAt, version) }, version, ordinal };
      });
  });
}
