import { defineQueue } from '@switchyard/queue-contract';
import { z } from 'zod';
import { simulatedRemote } from '../../simulated-remote.js';

export const suggestionRequest = z.object({
  userId: z.string().min(1),
  nowMs: z.number(),
  maxSuggestions: z.int().min(1).max(50).default(5),
  contacts: z.array(
    z.object({
      contactId: z.string().min(1),
      lastContactAtMs: z.number().nullable(),
      /** How often the user wants to be in touch. */
      wantedEveryMs: z.number().positive(),
      /** 0 to 1: how close they are. */
      closeness: z.number().min(0).max(1),
    }),
  ),
  remote: simulatedRemote,
});

/** Computes whom a user should call. */
export const suggestionGeneration = defineQueue({
  name: 'suggestion-generation',
  tier: 'medium',
  jobs: { generate: suggestionRequest },
  routingKey: ({ data }) => data.userId,
  defaults: { attempts: 3, backoff: { type: 'fixed', delayMs: 500 } },
  worker: { concurrency: 4 },
  // A user who is looking at the screen goes before the nightly run.
  priorities: true,
});
