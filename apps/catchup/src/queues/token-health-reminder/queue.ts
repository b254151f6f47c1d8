import { defineQueue } from '@switchyard/queue-contract';
import { z } from 'zod';
import { simulatedRemote } from '../../simulated-remote.js';

export const tokenHistory = z.object({
  userId: z.string().min(1),
  account: z.email(),
  nowMs: z.number(),
  /** How the last uses of the token ended, oldest first. */
  uses: z.array(z.object({ atMs: z.number(), outcome: z.enum(['ok', 'unauthorized', 'unreachable']) })),
  lastRemindedAtMs: z.number().nullable().default(null),
  remote: simulatedRemote,
});

/** Asks users to reconnect an account whose token died. */
export const tokenHealthReminder = defineQueue({
  name: 'token-health-reminder',
  tier: 'non-critical',
  jobs: { 'check-token': tokenHistory },
  routingKey: ({ data }) => data.userId,
  defaults: { attempts: 3, backoff: { type: 'fixed', delayMs: 500 } },
  worker: { concurrency: 2 },
});
