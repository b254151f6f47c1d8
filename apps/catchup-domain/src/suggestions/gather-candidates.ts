import type { Contact, Suggestion } from '@switchyard/catchup-data';
import { daysUntilAnniversary, localDaysBetween } from './local-days.js';
import type { Candidate } from './score.js';

/** An event of the user's that other people take part in. */
export interface Meeting {
  readonly start: Date;
  readonly end: Date;
  /** Who takes part, in lower case. */
  readonly emails: readonly string[];
}

export interface Acquaintance {
  readonly contact: Contact;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

export interface CandidateInput {
  readonly acquaintances: readonly Acquaintance[];
  readonly meetings: readonly Meeting[];
  /** All that were made lately, in any state. */
  readonly suggestions: readonly Suggestion[];
  readonly now: Date;
  readonly timeZone: string;
}

const UNKNOWN_CLOSENESS = 0.3;
const STARRED_CLOSENESS = 0.7;
/** Who sits in a room with so many has not talked to each of them. */
const MAX_PEOPLE_OF_A_MEETING = 8;

/** What is known of each contact on the user's day. Contacts that are muted or gone are left out. Pure. */
export function gatherCandidates(input: CandidateInput): Candidate[] {
  const meetingsWith = meetingsByEmail(input.meetings);
  const suggestionsOf = grouped(input.suggestions, ({ contactId }) => [contactId]);
  return input.acquaintances
    .filter(({ contact }) => !contact.muted && contact.deletedAt === null)
    .map((acquaintance) =>
      candidateOf(
        acquaintance,
        acquaintance.emails.flatMap((email) => meetingsWith.get(email) ?? []),
        suggestionsOf.get(acquaintance.contact.id) ?? [],
        input,
      ),
    );
}

function candidateOf(
  { contact, phones }: Acquaintance,
  meetings: readonly Meeting[],
  suggestions: readonly Suggestion[],
  { now, timeZone }: CandidateInput,
): Candidate {
  const daysSince = (time: Date | undefined) =>
    time && time <= now ? localDaysBetween(time, now, timeZone) : undefined;
  const lastMeeting = latest(meetings.filter(({ end }) => end <= now).map(({ end }) => end));
  const nextMeeting = earliest(meetings.filter(({ end }) => end > now).map(({ start }) => start));
  const dismissals = suggestions.flatMap(({ status, decidedAt }) =>
    status === 'dismissed' && decidedAt ? [decidedAt] : [],
  );
  return {
    contactId: contact.id,
    closeness: contact.closeness ?? (contact.starred ? STARRED_CLOSENESS : UNKNOWN_CLOSENESS),
    isReachable: phones.length > 0,
    daysSinceContact: daysSince(latest([contact.lastContactedAt, lastMeeting])),
    daysSinceMeeting: daysSince(lastMeeting),
    // One that is under way began before today, perhaps.
    daysToMeeting: nextMeeting && Math.max(0, localDaysBetween(now, nextMeeting, timeZone)),
    daysToBirthday:
      contact.birthday === null ? undefined : daysUntilAnniversary(contact.birthday, now, timeZone),
    daysSinceDismissal: daysSince(latest(dismissals)),
    ignoredInARow: ignoredInARow(suggestions),
  };
}

function meetingsByEmail(meetings: readonly Meeting[]): Map<string, Meeting[]> {
  const small = meetings.filter(({ emails }) => emails.length <= MAX_PEOPLE_OF_A_MEETING);
  return grouped(small, ({ emails }) => emails);
}

function grouped<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly string[],
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups;
}

/** Of the latest that are settled, how many passed without an answer. One that was withdrawn before counts as none. */
function ignoredInARow(suggestions: readonly Suggestion[]): number {
  const settled = suggestions
    .filter(({ status, updatedAt, slotStartAt }) =>
      status === 'expired' ? updatedAt >= slotStartAt : status !== 'pending',
    )
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  const answered = settled.findIndex(({ status }) => status !== 'expired');
  return answered === -1 ? settled.length : answered;
}

const latest = (times: readonly (Date | null | undefined)[]) =>
  times.reduce<Date | undefined>((last, time) => (time && (!last || time > last) ? time : last), undefined);

const earliest = (times: readonly Date[]) =>
  times.reduce<Date | undefined>((first, time) => (!first || time < first ? time : first), undefined);
