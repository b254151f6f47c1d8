import { defineQueue } from '@switchyard/queue-contract';
import { z } from 'zod';
import { MINUTE_MS } from '../../durations.js';
import { simulatedRemote } from '../../simulated-remote.js';

const event = z.object({
  eventId: z.string().min(1),
  /** Grows with every change of the event. */
  sequence: z.int().min(0),
  startsAtMs: z.number(),
  title: z.string(),
});

const cancelledEvent = z.object({
  eventId: z.string().min(1),
  sequence: z.int().min(0),
  cancelled: z.literal(true),
});

export const incrementalCalendarSync = z.object({
  userId: z.string().min(1),
  calendarId: z.string().min(1),
  syncToken: z.string().min(1),
  known: z.array(event),
  changes: z.array(z.union([cancelledEvent, event])),
  remote: simulatedRemote,
});

export const fullCalendarSync = z.object({
  userId: z.string().min(1),
  calendarId: z.string().min(1),
  known: z.array(event),
  all: z.array(event),
  remote: simulatedRemote,
});

/** Syncs calendars: what changed since a sync token or, when the token is gone, everything. */
export const calendarSync = defineQueue({
  name: 'calendar-sync',
  tier: 'critical',
  jobs: { incremental: incrementalCalendarSync, full: fullCalendarSync },
  routingKey: ({ data }) => data.userId,
  defaults: { attempts: 5, backoff: { type: 'exponential', delayMs: 200 }, timeoutMs: 2 * MINUTE_MS },
  worker: { concurrency: 5 },
  priorities: true,
});
