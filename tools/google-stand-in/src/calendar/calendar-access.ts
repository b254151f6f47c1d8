import type { calendar_v3 } from '@googleapis/calendar';
import type { StandInCalendar, StandInUser, World } from '../data/world.js';
import { Refusal } from '../serve/refusal.js';
import type { UserRequest } from '../serve/route.js';

export const READ_SCOPES = [
  'https://www.googleapis.com/auth/calendar.readonly',
  'https://www.googleapis.com/auth/calendar',
];
export const EVENT_SCOPES = [
  ...READ_SCOPES,
  'https://www.googleapis.com/auth/calendar.events.readonly',
  'https://www.googleapis.com/auth/calendar.events',
];
export const LIST_SCOPES = [
  ...READ_SCOPES,
  'https://www.googleapis.com/auth/calendar.calendarlist.readonly',
  'https://www.googleapis.com/auth/calendar.calendarlist',
];

export const eventsResource = (user: StandInUser, calendarId: string): string =>
  `events:${user.id}:${calendarId}`;
export const calendarListResource = (user: StandInUser): string => `calendarList:${user.id}`;

export interface AccessibleCalendar {
  readonly calendar: StandInCalendar;
  readonly entry: calendar_v3.Schema$CalendarListEntry;
}

/** The calendar that the path names, where it is on the user's list; `primary` stands for the user's own. */
export function calendarOf({ calendars }: World, { user, params }: UserRequest): AccessibleCalendar {
  const asked = params['calendarId'] ?? '';
  const id = asked === 'primary' ? user.email : asked;
  const calendar = calendars.get(id);
  const item = user.calendarList.get(id);
  if (!calendar || !item || item.deleted) throw notFound();
  return { calendar, entry: item.value };
}

export const notFound = (): Refusal => new Refusal({ status: 404, reason: 'notFound', message: 'Not Found' });

export const badRequest = (message: string, location?: string): Refusal =>
  new Refusal({
    status: 400,
    reason: 'badRequest',
    message,
    ...(location !== undefined && { locationType: 'parameter', location }),
  });

/** Who may only read sees that a private event is there, and when. */
export function asSeenBy(
  accessRole: string | null | undefined,
  event: calendar_v3.Schema$Event,
): calendar_v3.Schema$Event {
  const hidden = event.visibility === 'private' || event.visibility === 'confidential';
  if (!hidden || accessRole === 'owner' || accessRole === 'writer') return event;
  const {
    summary: _1,
    description: _2,
    location: _3,
    attendees: _4,
    creator: _5,
    organizer: _6,
    ...rest
  } = event;
  return rest;
}
