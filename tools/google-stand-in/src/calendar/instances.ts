import type { calendar_v3 } from '@googleapis/calendar';
import { createException, etagOf } from '../data/event.js';
import type { StandInCalendar } from '../data/world.js';
import { epochMsOf, instanceSuffix } from './event-times.js';
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
    return occurrencesOf(value, fromMs - lengthMsOf(value), toMs)
      .filter((start) => !exceptionIds.has(`${value.id}_${instanceSuffix(start)}`))
      .map((start) => {
        const writtenAt = new Date(value.updated!);
        const event = createException(value, start, deleted ? { status: 'cancelled' } : {}, {
          writtenAt,
          revision: value.sequence ?? 0,
        });
        return { event: { ...event, etag: etagOf(writtenAt, version) }, version, ordinal };
      });
  });
}

/**
 * What has to be told of the instances between two instants since a version: those that changed, wherever they are
 * now, and as cancelled those that a change of their series took away.
 */
export function changedInstancesOf(
  calendar: StandInCalendar,
  sinceVersion: number,
  fromMs: number,
  toMs: number,
): readonly Instance[] {
  const now = instancesOf(calendar, fromMs, toMs);
  const ids = new Set(now.map(({ event }) => event.id));
  const elsewhere = calendar.events
    .items()
    .filter(({ value }) => !value.recurrence && !ids.has(value.id))
    .map(({ value, version, ordinal }) => ({ event: value, version, ordinal }));
  const told = new Set([...ids, ...elsewhere.map(({ event }) => event.id)]);

  // The latest former state first: it says when an instance went for the last time.
  const vanished = calendar.formerSeries.toReversed().flatMap(({ master, untilVersion }) =>
    occurrencesOf(master, fromMs - lengthMsOf(master), toMs).flatMap((start): Instance[] => {
      const written = { writtenAt: new Date(master.updated!), revision: (master.sequence ?? 0) + 1 };
      const event = createException(master, start, { status: 'cancelled' }, written);
      if (told.has(event.id)) return [];
      told.add(event.id);
      const ordinal = calendar.events.get(master.id!)?.ordinal ?? 0;
      return [{ event, version: untilVersion, ordinal }];
    }),
  );
  return [...now, ...elsewhere, ...vanished].filter(({ version }) => version > sinceVersion);
}

const lengthMsOf = ({ start, end }: Event): number => epochMsOf(end, 'UTC') - epochMsOf(start, 'UTC');
