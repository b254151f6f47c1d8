import { defineQueue } from '@switchyard/queue-contract';
import { z } from 'zod';
import { simulatedRemote } from '../../simulated-remote.js';

const shownSuggestion = z.object({
  suggestionId: z.string().min(1),
  contactId: z.string().min(1),
  score: z.number(),
});

export const contactsChanged = z.object({
  userId: z.string().min(1),
  suggestions: z.array(shownSuggestion),
  removedContactIds: z.array(z.string()).default([]),
  updatedContactIds: z.array(z.string()).default([]),
  remote: simulatedRemote,
});

export const eventsChanged = z.object({
  userId: z.string().min(1),
  suggestions: z.array(shownSuggestion),
  /** Whom the user has met, or is going to meet, by the events that changed. */
  metContactIds: z.array(z.string()),
  remote: simulatedRemote,
});

/** Recomputes suggestions after contacts or events changed. */
export const suggestionRegeneration = defineQueue({
  name: 'suggestion-regeneration',
  tier: 'medium',
  jobs: { 'contacts-changed': contactsChanged, 'events-changed': eventsChanged },
  routingKey: ({ data }) => data.userId,
  defaults: { attempts: 3, backoff: { type: 'exponential', delayMs: 300 } },
  worker: { concurrency: 3 },
});
