import type { calendar_v3 } from '@googleapis/calendar';
import type { people_v1 } from '@googleapis/people';
import type { VersionedCollection } from './versioned-collection.js';

/** A person and the names that merges and links took from it, with the versions at which that happened. */
export interface Contact {
  readonly person: people_v1.Schema$Person;
  readonly formerNames: readonly { readonly name: string; readonly version: number }[];
}

export interface StandInCalendar {
  readonly id: string;
  readonly summary: string;
  readonly timeZone: string;
  /** Google refuses to watch calendars that it publishes itself, such as holidays. */
  readonly watchable: boolean;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  readonly events: VersionedCollection<calendar_v3.Schema$Event>;
  /** Series as they were before a change: expanded lists have to cancel the instances that went with it. */
  readonly formerSeries: { readonly master: calendar_v3.Schema$Event; readonly untilVersion: number }[];
}

export interface StandInUser {
  /** The account's number, `sub` of OpenID Connect. */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** IANA. */
  readonly timeZone: string;
  readonly profile: people_v1.Schema$Person;
  readonly contacts: VersionedCollection<Contact>;
  readonly calendarList: VersionedCollection<calendar_v3.Schema$CalendarListEntry>;
}

export interface World {
  /** By id. */
  readonly users: ReadonlyMap<string, StandInUser>;
  /** By id. */
  readonly calendars: Map<string, StandInCalendar>;
}
