import { defineQueue, UNNAMED_JOB } from '@switchyard/queue-contract';
import { z } from 'zod';
import { DAY_MS } from '../../durations.js';
import { simulatedRemote } from '../../simulated-remote.js';

export const reminderPayload = z.object({
  userId: z.string().min(1),
  nowMs: z.number(),
  remindAfterMs: z
    .number()
    .positive()
    .default(2 * DAY_MS),
  suggestions: z.array(
    z.object({
      suggestionId: z.string().min(1),
      contactName: z.string().min(1),
      shownAtMs: z.number(),
      actedOn: z.boolean().default(false),
      reminders: z.int().min(0).default(0),
    }),
  ),
  remote: simulatedRemote,
});

/** Reminds of suggestions nobody acted on. */
export const notificationReminder = defineQueue({
  name: 'notification-reminder',
  tier: 'non-critical',
  // The app as it was on Bull adds these without a name.
  jobs: { remind: reminderPayload, [UNNAMED_JOB]: reminderPayload },
  routingKey: ({ data }) => data.userId,
  defaults: { attempts: 3, backoff: { type: 'exponential', delayMs: 500 } },
  worker: { concurrency: 3 },
});
