import { UNNAMED_JOB, type JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { callRemote, type RemoteCaller } from '../../simulated-remote.js';
import type { notificationReminder, reminderPayload } from './queue.js';

/** Nobody is reminded of the same suggestion more often than this. */
const MAX_REMINDERS = 3;

type ReminderPayload = z.output<typeof reminderPayload>;

export interface Reminder {
  readonly suggestionIds: readonly string[];
  /** `null` when there is nothing to remind of. */
  readonly text: string | null;
}

/** The next reminder of a suggestion waits twice as long as the one before. */
export function composeReminder(payload: Omit<ReminderPayload, 'remote'>): Reminder {
  const due = payload.suggestions
    .filter(({ actedOn, reminders, shownAtMs }) => {
      const waitMs = payload.remindAfterMs * 2 ** reminders;
      return !actedOn && reminders < MAX_REMINDERS && payload.nowMs - shownAtMs >= waitMs;
    })
    .sort((a, b) => a.shownAtMs - b.shownAtMs);
  const names = due.map(({ contactName }) => contactName);
  const others = names.length > 2 ? `${names.length - 1} others` : names[1];
  const whom = others === undefined ? names[0] : `${names[0]} and ${others}`;
  return {
    suggestionIds: due.map(({ suggestionId }) => suggestionId),
    text: whom === undefined ? null : `You wanted to catch up with ${whom}.`,
  };
}

const remind = async (job: RemoteCaller & { readonly data: ReminderPayload }) => {
  const reminder = composeReminder(job.data);
  if (reminder.text !== null) await callRemote(job);
  return reminder;
};

export const notificationReminderHandlers: JobHandlers<typeof notificationReminder.jobs> = {
  remind,
  [UNNAMED_JOB]: remind,
};
