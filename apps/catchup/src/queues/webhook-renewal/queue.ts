import { defineQueue } from '@switchyard/queue-contract';
import { z } from 'zod';
import { DAY_MS } from '../../durations.js';
import { simulatedRemote } from '../../simulated-remote.js';

export const channelLease = z.object({
  userId: z.string().min(1),
  channelId: z.string().min(1),
  nowMs: z.number(),
  expiresAtMs: z.number(),
  /** How long the provider grants a channel. */
  lifetimeMs: z
    .number()
    .positive()
    .default(7 * DAY_MS),
  remote: simulatedRemote,
});

/** Renews calendar push channels before they expire. */
export const webhookRenewal = defineQueue({
  name: 'webhook-renewal',
  tier: 'medium',
  jobs: { renew: channelLease },
  routingKey: ({ data }) => data.userId,
  defaults: { attempts: 4, backoff: { type: 'exponential', delayMs: 300 } },
  worker: { concurrency: 3 },
});
