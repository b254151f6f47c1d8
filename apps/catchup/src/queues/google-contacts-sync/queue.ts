import { defineQueue, UNNAMED_JOB } from '@switchyard/queue-contract';
import { z } from 'zod';
import { MINUTE_MS } from '../../durations.js';
import { simulatedRemote } from '../../simulated-remote.js';

const person = z.object({
  resourceName: z.string().min(1),
  etag: z.string(),
  displayName: z.string(),
  phones: z.array(z.string()).default([]),
});

export const contactsSync = z.object({
  userId: z.string().min(1),
  syncToken: z.string().min(1).nullable().default(null),
  known: z.array(person),
  /** One array per page of the answer. */
  pages: z.array(
    z.array(z.union([z.object({ resourceName: z.string(), deleted: z.literal(true) }), person])),
  ),
  remote: simulatedRemote,
});

/** Syncs Google contacts: what changed since a sync token. */
export const googleContactsSync = defineQueue({
  name: 'google-contacts-sync',
  tier: 'critical',
  // The app as it was on Bull adds these without a name.
  jobs: { sync: contactsSync, [UNNAMED_JOB]: contactsSync },
  routingKey: ({ data }) => data.userId,
  defaults: { attempts: 5, backoff: { type: 'exponential', delayMs: 200 }, timeoutMs: 2 * MINUTE_MS },
  worker: { concurrency: 4 },
});
