import { defineQueue } from '@switchyard/queue-contract';
import { z } from 'zod';
import { MINUTE_MS } from '../../durations.js';
import { simulatedRemote } from '../../simulated-remote.js';

export const pushChannel = z.object({
  channelId: z.string().min(1),
  userId: z.string().min(1),
  lastMessageAtMs: z.number(),
  /** How often this channel usually brings a message. */
  usualGapMs: z.number().positive(),
});

/** Finds push channels that went silent, so that their users are polled instead. */
export const webhookHealthCheck = defineQueue({
  name: 'webhook-health-check',
  tier: 'non-critical',
  jobs: {
    'check-channels': z.object({
      /** Default: when the job was created. */
      checkedAtMs: z.number().optional(),
      channels: z.array(pushChannel).max(1000),
      remote: simulatedRemote,
    }),
  },
  defaults: { attempts: 3, backoff: { type: 'fixed', delayMs: 1000 }, timeoutMs: MINUTE_MS },
  worker: { concurrency: 2 },
});
