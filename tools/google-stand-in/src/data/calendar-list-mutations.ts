import type { calendar_v3 } from '@googleapis/calendar';
import { NothingThereError } from '../errors.js';
import { deriveId } from '../random.js';
import { calendarListEntry } from './generate-world.js';
import { createVersionedCollection } from './versioned-collection.js';
import type { StandInUser, World } from './world.js';

export interface NewCalendar {
  readonly summary: string;
  /** IANA; that of the user by default. */
  readonly timeZone?: string;
  /** `owner` by default. */
  readonly accessRole?: 'freeBusyReader' | 'reader' | 'writer' | 'owner';
}

export interface CalendarListMutations {
  /** Makes an empty calendar and puts it on the user's list. Answers with its id. */
  addCalendar(user: string, calendar: NewCalendar): string;
  /** Changes what the user's list says of a calendar: `hidden`, `selected`, `summaryOverride` and the like. */
  changeCalendarListEntry(
    user: string,
    calendarId: string,
    fields: calendar_v3.Schema$CalendarListEntry,
  ): void;
  /** Takes a calendar from the user's list only. */
  removeCalendar(user: string, calendarId: string): void;
  /** Deletes a calendar for everybody; its channels hear `not_exists`. */
  deleteCalendar(calendarId: string): void;
}

export interface CalendarListMutationParts {
  readonly seed: number;
  readonly now: () => Date;
  readonly world: World;
  readonly findUser: (user: string) => StandInUser;
  readonly listChanged: (user: StandInUser) => void;
  readonly calendarDeleted: (calendarId: string) => void;
}

export function createCalendarListMutations(parts: CalendarListMutationParts): CalendarListMutations {
  const { world, findUser, listChanged } = parts;
  let added = 0;
  const remove = (user: StandInUser, calendarId: string): boolean => {
    const removed = user.calendarList.remove(calendarId);
    if (removed) listChanged(user);
    return removed;
  };

  return {
    addCalendar(user, { summary, timeZone, accessRole = 'owner' }) {
      const owner = findUser(user);
      added += 1;
      const id = `c_${deriveId(parts.seed, `added calendar ${owner.email} ${added}`, 30)}@group.calendar.google.com`;
      const calendar = {
        id,
        summary,
        timeZone: timeZone ?? owner.timeZone,
        watchable: true,
        createdMs: parts.now().getTime(),
        events: createVersionedCollection<calendar_v3.Schema$Event>(),
        formerSeries: [],
      };
      world.calendars.set(id, calendar);
      owner.calendarList.put(id, calendarListEntry(calendar, { accessRole }, 1));
      listChanged(owner);
      return id;
    },
    changeCalendarListEntry(user, calendarId, fields) {
      const owner = findUser(user);
      const item = owner.calendarList.get(calendarId);
      if (!item || item.deleted) throw new NothingThereError('calendar', calendarId);
      const etag = `"${parts.now().getTime()}${owner.calendarList.version}"`;
      owner.calendarList.put(calendarId, { ...item.value, ...fields, etag });
      listChanged(owner);
    },
    removeCalendar(user, calendarId) {
      if (!remove(findUser(user), calendarId)) throw new NothingThereError('calendar', calendarId);
    },
    deleteCalendar(calendarId) {
      if (!world.calendars.delete(calendarId)) throw new NothingThereError('calendar', calendarId);
      for (const user of world.users.values()) remove(user, calendarId);
      parts.calendarDeleted(calendarId);
    },
  };
}
