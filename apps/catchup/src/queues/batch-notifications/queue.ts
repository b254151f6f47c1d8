import { defineQueue, UNNAMED_JOB } from '@switchyard/queue-contract';
import { z } from 'zod';
import { SECOND_MS } from '../../durations.js';
import { simulatedRemote } from '../../simulated-remote.js';

export const pendingNotifications = z.object({
  userId: z.string().min(1),
  notifications: z.array(
    z.object({
      notificationId: z.string().min(1),
      kind: z.enum(['birthday', 'reminder', 'suggestion']),
      text: z.string().min(1),
      createdAtMs: z.number(),
    }),
  ),
  remote: simulatedRemote,
});

/** Sends one message per user with all their pending notifications. */
export const batchNotifications = defineQueue({
  name: 'batch-notifications',
  tier: 'medium',
  // The app as it was on Bull adds these without a name.
  jobs: { flush: pendingNotifications, [UNNAMED_JOB]: pendingNotifications },
  routingKey: ({ data }) => data.userId,
  defaults: { attempts: 3, backoff: { type: 'exponential', delayMs: 300 } },
  // The SMS provider takes this much and answers 429 to the rest.
  worker: { concurrency: 5, limit: { max: 60, durationMs: SECOND_MS } },
  priorities: true,
});
