import { defineQueue, UNNAMED_JOB } from '@switchyard/queue-contract';
import { z } from 'zod';
import { HOUR_MS, MINUTE_MS } from '../../durations.js';
import { simulatedRemote } from '../../simulated-remote.js';

export const tokenLease = z.object({
  userId: z.string().min(1),
  account: z.email(),
  nowMs: z.number(),
  expiresAtMs: z.number(),
  lifetimeMs: z.number().positive().default(HOUR_MS),
  remote: simulatedRemote,
});

/** Refreshes OAuth tokens that expire soon. */
export const tokenRefresh = defineQueue({
  name: 'token-refresh',
  tier: 'critical',
  // The app as it was on Bull adds these without a name.
  jobs: { refresh: tokenLease, [UNNAMED_JOB]: tokenLease },
  // Two refreshes of one account at once would invalidate each other's token.
  routingKey: ({ data }) => data.account,
  defaults: { attempts: 5, backoff: { type: 'exponential', delayMs: 200 }, timeoutMs: MINUTE_MS },
  worker: { concurrency: 5 },
  priorities: true,
});
