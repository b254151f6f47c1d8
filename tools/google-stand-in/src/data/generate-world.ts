import type { calendar_v3 } from '@googleapis/calendar';
import type { people_v1 } from '@googleapis/people';
import { createRandom, deriveDigits, deriveText } from '../random.js';
import { createEvent } from './event.js';
import { generateContacts } from './generate-contacts.js';
import { generateEvents } from './generate-events.js';
import { createVersionedCollection } from './versioned-collection.js';
import type { Contact, StandInCalendar, StandInUser, World } from './world.js';

export interface UserOptions {
  readonly email: string;
  /** By default the part before the @. */
  readonly name?: string;
  /** IANA; `Europe/Berlin` by default. */
  readonly timeZone?: string;
  /** How many contacts, 300 by default. */
  readonly contacts?: number;
  /** How many events the primary calendar has besides its series, 150 by default. */
  readonly events?: number;
  /** Whether the primary calendar has the recurring events and their exceptions; true by default. */
  readonly series?: boolean;
}

export const HOLIDAYS_CALENDAR_ID = 'en.german#holiday@group.v.calendar.google.com';

/** Everything there is at the start: the same for the same seed, users and anchor. */
export function generateWorld(seed: number, users: readonly UserOptions[], anchorMs: number): World {
  const calendars = new Map<string, StandInCalendar>();
  const addCalendar = (
    id: string,
    summary: string,
    timeZone: string,
    events: readonly calendar_v3.Schema$Event[],
  ): void => {
    const collection = createVersionedCollection<calendar_v3.Schema$Event>();
    for (const event of events) collection.put(event.id!, event);
    calendars.set(id, {
      id,
      summary,
      timeZone,
      watchable: id !== HOLIDAYS_CALENDAR_ID,
      createdMs: anchorMs,
      events: collection,
      formerSeries: [],
    });
  };

  const teamId = `c_${deriveText(seed, 'team calendar', 26).toLowerCase().replace(/[-_]/g, '0')}@group.calendar.google.com`;
  const outside = ['team@example.com', ...users.map(({ email }) => email)];
  addCalendar(
    teamId,
    'Team',
    'Europe/London',
    generateEvents(seed, anchorMs, {
      calendarId: teamId,
      timeZone: 'Europe/London',
      count: 40,
      withSeries: false,
      people: outside,
    }),
  );
  addCalendar(HOLIDAYS_CALENDAR_ID, 'Holidays in Germany', 'Europe/Berlin', holidays(anchorMs));

  const generated = users.map((options): StandInUser => {
    const { email, name = email.replace(/@.*/, ''), timeZone = 'Europe/Berlin' } = options;
    const id = deriveDigits(seed, `user ${email}`, 21);
    const people = generateContacts(seed, email, options.contacts ?? 300, anchorMs);
    const contacts = createVersionedCollection<Contact>();
    for (const person of people) contacts.put(person.resourceName!, { person, formerNames: [] });
    const events = generateEvents(seed, anchorMs, {
      calendarId: email,
      timeZone,
      count: options.events ?? 150,
      withSeries: options.series ?? true,
      people: people.flatMap(firstAddress),
    });
    addCalendar(email, email, timeZone, events);

    const calendarList = createVersionedCollection<calendar_v3.Schema$CalendarListEntry>();
    const list = (calendarId: string, more: calendar_v3.Schema$CalendarListEntry): void => {
      const calendar = calendars.get(calendarId)!;
      calendarList.put(
        calendarId,
        calendarListEntry(calendar, more, createRandom(seed, `${email} ${calendarId}`).between(1, 24)),
      );
    };
    list(email, { accessRole: 'owner', primary: true });
    list(teamId, { accessRole: 'reader' });
    list(HOLIDAYS_CALENDAR_ID, { accessRole: 'reader' });
    return { id, email, name, timeZone, profile: profileOf(id, name, email), contacts, calendarList };
  });
  return { users: new Map(generated.map((user) => [user.id, user])), calendars };
}

/** What a user's list of calendars says of one. */
export function calendarListEntry(
  { id, summary, timeZone }: Pick<StandInCalendar, 'id' | 'summary' | 'timeZone'>,
  more: calendar_v3.Schema$CalendarListEntry,
  colorId: number,
): calendar_v3.Schema$CalendarListEntry {
  return {
    kind: 'calendar#calendarListEntry',
    etag: `"${1_600_000_000_000 + colorId}000"`,
    id,
    summary,
    timeZone,
    colorId: String(colorId),
    backgroundColor: '#9fe1e7',
    foregroundColor: '#000000',
    selected: true,
    defaultReminders: more.primary ? [{ method: 'popup', minutes: 30 }] : [],
    conferenceProperties: { allowedConferenceSolutionTypes: ['hangoutsMeet'] },
    ...more,
  };
}

function holidays(anchorMs: number): calendar_v3.Schema$Event[] {
  const year = new Date(anchorMs).getUTCFullYear();
  const days = [
    ['01-01', "New Year's Day"],
    ['05-01', 'Labour Day'],
    ['10-03', 'Day of German Unity'],
    ['12-25', 'Christmas Day'],
    ['12-26', 'Second Day of Christmas'],
  ] as const;
  return [year - 1, year, year + 1].flatMap((one) =>
    days.map(([day, summary]) => {
      const date = `${one}-${day}`;
      const next = new Date(Date.parse(date) + 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
      const createdAt = new Date(Date.UTC(year - 2, 0, 1));
      const fields = {
        summary,
        start: { date },
        end: { date: next },
        transparency: 'transparent',
        visibility: 'public',
      };
      return createEvent(HOLIDAYS_CALENDAR_ID, `${date.replaceAll('-', '')}_holiday`, fields, {
        createdAt,
        writtenAt: createdAt,
        revision: 0,
      });
    }),
  );
}

function profileOf(id: string, displayName: string, email: string): people_v1.Schema$Person {
  const metadata = { primary: true, verified: true, source: { type: 'PROFILE', id } };
  return {
    resourceName: `people/${id}`,
    etag: `%${Buffer.from(id).toString('base64url')}`,
    metadata: {
      sources: [
        { type: 'PROFILE', id, profileMetadata: { objectType: 'PERSON', userTypes: ['GOOGLE_USER'] } },
      ],
      objectType: 'PERSON',
    },
    names: [{ metadata, displayName, givenName: displayName }],
    emailAddresses: [{ metadata, value: email }],
  };
}

const firstAddress = ({ emailAddresses }: people_v1.Schema$Person): string[] => {
  const address = emailAddresses?.[0]?.value;
  return address?.includes('@') ? [address] : [];
};
