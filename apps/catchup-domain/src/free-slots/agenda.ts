import type { Data, User } from '@switchyard/catchup-data';
import { expandEvents, type Occurrence } from '../calendar/expand-events.js';
import type { Agenda } from '../suggestions/suggestions.js';
import { DEFAULT_CALL_HOURS } from './call-hours.js';
import { freeSlots } from './free-slots.js';

/** What is shorter is of no use for any call. */
const MIN_MINUTES = 10;

/** What a user's synced calendars say, of all that the user has selected. Series that cannot be expanded are left out. */
export function createAgenda({ data }: { readonly data: Pick<Data, 'events'> }): Agenda {
  const occurrencesOf = async (user: User, from: Date, to: Date): Promise<readonly Occurrence[]> => {
    const rows = await data.events.around(user.id, from, to);
    return expandEvents(rows, { from, to, timeZone: user.timeZone }).occurrences;
  };
  return {
    freeTimes: async (user, from, to) =>
      freeSlots(await occurrencesOf(user, from, to), {
        window: { start: from, end: to },
        timeZone: user.timeZone,
        callHours: {
          ...DEFAULT_CALL_HOURS,
          ...user.preferences.callHours,
          ...(user.preferences.callDays && { days: user.preferences.callDays }),
        },
        minMinutes: MIN_MINUTES,
      }),
    async meetings(user, from, to) {
      const met = (await occurrencesOf(user, from, to)).filter(({ event, isAllDay }) => {
        const declined = event.attendees.some(
          ({ self, responseStatus }) => self && responseStatus === 'declined',
        );
        return !isAllDay && !declined;
      });
      return met
        .map(({ event, start, end }) => ({ start, end, emails: othersOf(event.attendees) }))
        .filter(({ emails }) => emails.length > 0);
    },
  };
}

const othersOf = (attendees: Occurrence['event']['attendees']): string[] =>
  attendees.flatMap(({ email, self, resource, responseStatus }) =>
    email !== null && !self && !resource && responseStatus !== 'declined' ? [email] : [],
  );
