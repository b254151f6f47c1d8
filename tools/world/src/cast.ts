import type { GoogleStandIn, UserOptions } from '@switchyard/google-stand-in';
import type { UserPreferences } from '@switchyard/catchup-data';

/** Somebody who uses CatchUp. */
export interface Member {
  readonly name: string;
  readonly phone: string;
  readonly timeZone: string;
  /** Of the accounts that are connected; the first one is theirs here, too. */
  readonly emails: readonly [string, ...string[]];
  readonly preferences: UserPreferences;
  /** How close the user is to whom, and how many days ago they talked. */
  readonly friends: readonly Friend[];
}

export interface Friend {
  readonly email: string;
  readonly closeness: number;
  readonly daysAgo: number;
}

export const ANNA: Member = {
  name: 'Anna Berger',
  phone: '+4915123456701',
  timeZone: 'Europe/Berlin',
  emails: ['anna@example.com', 'anna.work@example.com'],
  preferences: { callHours: { from: '17:00', to: '20:30' } },
  friends: [
    { email: 'clara@fischer.example', closeness: 1, daysAgo: 40 },
    { email: 'deniz@kaya.example', closeness: 0.9, daysAgo: 45 },
    { email: 'emil@sand.example', closeness: 0.8, daysAgo: 60 },
  ],
};

export const BEN: Member = {
  name: 'Ben Carter',
  phone: '+12127365001',
  timeZone: 'America/New_York',
  emails: ['ben@example.com'],
  preferences: { callHours: { from: '12:00', to: '17:00' }, callMinutes: 20 },
  friends: [
    { email: 'hazel@moore.example', closeness: 1, daysAgo: 30 },
    { email: 'ivan@petrov.example', closeness: 0.7, daysAgo: 90 },
  ],
};

export const MEMBERS: readonly Member[] = [ANNA, BEN];

/** What Google has generated for whom. */
export const GOOGLE_USERS: readonly UserOptions[] = [
  { email: ANNA.emails[0], name: ANNA.name, timeZone: ANNA.timeZone, contacts: 120, events: 40 },
  {
    email: 'anna.work@example.com',
    name: ANNA.name,
    timeZone: ANNA.timeZone,
    contacts: 40,
    events: 0,
    series: false,
  },
  { email: BEN.emails[0], name: BEN.name, timeZone: BEN.timeZone, contacts: 90, events: 30 },
];

/** Names of what the story is about, as Google has them. */
export interface Props {
  readonly deniz: string;
  readonly denizShort: string;
  readonly emil: string;
  readonly fritz: string;
  readonly dentist: string;
  readonly choir: string;
  readonly runClub: string;
}

/** Puts people and events into the accounts that the story is about. */
export function addProps(google: GoogleStandIn): Props {
  const [anna, work = ''] = ANNA.emails;
  const [ben] = BEN.emails;
  const person = (user: string, given: string, family: string, email?: string, phone?: string) =>
    google.addContact(user, {
      names: [{ givenName: given, familyName: family, displayName: `${given} ${family}` }],
      ...(email !== undefined && { emailAddresses: [{ value: email }] }),
      ...(phone !== undefined && { phoneNumbers: [{ value: phone }] }),
    });
  person(anna, 'Clara', 'Fischer', 'clara@fischer.example', '+49 30 901820');
  person(work, 'Clara', 'Fischer', 'Clara@Fischer.example', '+49 89 23300');
  person(work, 'C.', 'Fischer', undefined, '089 23300');
  person(ben, 'Hazel', 'Moore', 'hazel@moore.example', '+1 212 736 5010');
  person(ben, 'Hazel', 'M', undefined, '(212) 736-5010');
  person(ben, 'Ivan', 'Petrov', 'ivan@petrov.example', '+1 212 736 5020');

  return {
    deniz: person(anna, 'Deniz', 'Kaya', 'deniz@kaya.example', '+49 30 901821'),
    denizShort: person(anna, 'Deniz', 'K.', 'deniz.k@kaya.example'),
    emil: person(anna, 'Emil', 'Sand', 'emil@sand.example', '+49 30 901822'),
    fritz: person(anna, 'Fritz', 'Held', 'fritz@held.example', '+49 30 901823'),
    dentist: google.addEvent(anna, {
      summary: 'Dentist',
      ...times('2026-03-27T10:00', '2026-03-27T11:00', ANNA),
    }),
    choir: google.addEvent(anna, {
      summary: 'Choir',
      ...times('2026-03-03T20:30', '2026-03-03T22:00', ANNA),
      recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=TU'],
    }),
    runClub: google.addEvent(ben, {
      summary: 'Run club',
      ...times('2026-02-25T07:00', '2026-02-25T08:00', BEN),
      recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=WE'],
    }),
  };
}

/** On the clock of somebody's zone, as Google takes it: a time without an offset, and the zone beside it. */
export const times = (start: string, end: string, { timeZone }: Pick<Member, 'timeZone'>) => ({
  start: { dateTime: withOffset(start, timeZone), timeZone },
  end: { dateTime: withOffset(end, timeZone), timeZone },
});

/** `2026-03-27T10:00` as `2026-03-27T10:00:00+01:00`. Not for hours that a change of clocks skips or repeats. */
export function withOffset(wallTime: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(new Date(`${wallTime}:00Z`)).find(({ type }) => type === 'timeZoneName');
  return `${wallTime}:00${name?.value.replace('GMT', '') || '+00:00'}`;
}
