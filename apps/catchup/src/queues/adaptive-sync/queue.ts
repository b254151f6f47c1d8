import { defineQueue, UNNAMED_JOB } from '@switchyard/queue-contract';
import { z } from 'zod';
import { HOUR_MS } from '../../durations.js';
import { simulatedRemote } from '../../simulated-remote.js';

export const changeHistory = z.object({
  userId: z.string().min(1),
  /** When the user's data changed, in ms since the epoch, in any order. */
  changesAtMs: z.array(z.number()).max(500),
  intervalMs: z.number().positive().default(HOUR_MS),
  remote: simulatedRemote,
});

/** Adapts each user's sync interval to how often their data changes. */
export const adaptiveSync = defineQueue({
  name: 'adaptive-sync',
  tier: 'medium',
  // The app as it was on Bull adds these without a name.
  jobs: { adapt: changeHistory, [UNNAMED_JOB]: changeHistory },
  routingKey: ({ data }) => data.userId,
  defaults: { attempts: 3, backoff: { type: 'exponential', delayMs: 400 } },
  worker: { concurrency: 4 },
});
