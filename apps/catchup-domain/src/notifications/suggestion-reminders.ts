import { randomUUID } from 'node:crypto';
import type { Contact, Data, Notification, Suggestion, User } from '@switchyard/catchup-data';
import { describeContent, type NotificationContent } from './notification-content.js';
import { DEFAULT_QUIET_HOURS, type QuietHours } from './quiet-hours.js';
import { dueRound, reminderRounds, type ReminderRound } from './reminder-rounds.js';

export interface SuggestionRemindersOptions {
  readonly data: Pick<Data, 'transaction'>;
  readonly now: () => Date;
  readonly newId?: () => string;
  readonly quietHours?: QuietHours;
}

export interface RemindersReport {
  /** Reminders that were not there before. */
  readonly added: number;
  /** Reminders that had not gone out, of suggestions that were decided, have passed or moved since. */
  readonly cancelled: number;
}

export interface SuggestionReminders {
  /** Notes what a user is to be reminded of by now. Sending it is the batches' matter. */
  remind(userId: string): Promise<RemindersReport>;
}

const KIND = 'suggestion-reminder';

export function createSuggestionReminders({
  data,
  now,
  newId = randomUUID,
  quietHours = DEFAULT_QUIET_HOURS,
}: SuggestionRemindersOptions): SuggestionReminders {
  return {
    remind: (userId) =>
      data.transaction(async ({ users, contacts, suggestions, notifications }) => {
        const at = now();
        const user = await users.get(userId);
        if (!user) return { added: 0, cancelled: 0 };
        const pending = await suggestions.ofUser(userId, 'pending');

        const unsent = (await notifications.ofUser(userId, 'pending')).filter(({ kind }) => kind === KIND);
        const keys = new Set(pending.flatMap((one) => roundsOf(one, user).map((round) => keyOf(one, round))));
        const isOver = ({ startsAt }: { startsAt?: unknown }) => new Date(String(startsAt)) <= at;
        const stale = unsent.filter(({ dedupeKey, payload }) => !keys.has(dedupeKey) || isOver(payload));
        const cancelled = await notifications.cancel(idsOf(stale), at);

        let added = 0;
        for (const suggestion of pending) {
          const round = suggestion.slotStartAt > at ? dueRound(roundsOf(suggestion, user), at) : undefined;
          const contact = round && (await contacts.get(suggestion.contactId));
          if (!round || !contact) continue;
          const row = reminder(suggestion, contact, round, at);
          // Nothing would be said of somebody without a name.
          if (describeContent({ ...row.payload, kind: KIND }, at, user.timeZone) === undefined) continue;
          const [fresh] = await notifications.add([row]);
          if (!fresh) continue;
          await suggestions.noteReminded(suggestion, at);
          added += 1;
        }
        return { added, cancelled: cancelled.length };
      }),
  };

  function roundsOf({ createdAt, slotStartAt }: Suggestion, { timeZone }: User): ReminderRound[] {
    return reminderRounds({ createdAt, startsAt: slotStartAt }, timeZone, quietHours);
  }

  function reminder(suggestion: Suggestion, contact: Contact, round: ReminderRound, at: Date) {
    const { kind, ...payload } = {
      kind: KIND,
      suggestionId: suggestion.id,
      contactName: contact.displayName,
      startsAt: suggestion.slotStartAt.toISOString(),
      round: round.round,
    } satisfies NotificationContent;
    return {
      id: newId(),
      userId: suggestion.userId,
      kind,
      dedupeKey: keyOf(suggestion, round),
      payload,
      dueAt: round.dueAt,
      createdAt: at,
      updatedAt: at,
    };
  }
}

/** A call that is moved is another one to remind of. */
const keyOf = ({ id, slotStartAt }: Suggestion, { round }: ReminderRound) =>
  `${KIND}:${id}:${slotStartAt.toISOString()}:${round}`;

const idsOf = (rows: readonly Notification[]) => rows.map(({ id }) => id);
