import type { JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { callRemote } from '../../simulated-remote.js';
import type { calendarSync, fullCalendarSync, incrementalCalendarSync } from './queue.js';

type CalendarEvent = z.output<typeof fullCalendarSync>['all'][number];
type Change = z.output<typeof incrementalCalendarSync>['changes'][number];

export interface CalendarMerge {
  readonly added: readonly string[];
  readonly updated: readonly string[];
  readonly removed: readonly string[];
  /** Changes older than what is known: pages of one sync may overlap. */
  readonly ignored: number;
}

export function mergeChanges(known: readonly CalendarEvent[], changes: readonly Change[]): CalendarMerge {
  const sequences = new Map(known.map(({ eventId, sequence }) => [eventId, sequence]));
  const before = new Set(sequences.keys());
  const touched = new Map<string, Change>();
  let ignored = 0;
  for (const change of changes) {
    const sequence = sequences.get(change.eventId);
    if (sequence !== undefined && change.sequence <= sequence) ignored++;
    else {
      sequences.set(change.eventId, change.sequence);
      touched.set(change.eventId, change);
    }
  }
  const all = [...touched.values()];
  const ids = (wanted: (change: Change) => boolean) => all.filter(wanted).map(({ eventId }) => eventId);
  return {
    added: ids((change) => !('cancelled' in change) && !before.has(change.eventId)),
    updated: ids((change) => !('cancelled' in change) && before.has(change.eventId)),
    removed: ids((change) => 'cancelled' in change && before.has(change.eventId)),
    ignored,
  };
}

/** A full sync lists every event there is, so what it does not list was removed. */
export function mergeAll(known: readonly CalendarEvent[], all: readonly CalendarEvent[]): CalendarMerge {
  const listed = new Set(all.map(({ eventId }) => eventId));
  const missing = known.filter(({ eventId }) => !listed.has(eventId)).map(({ eventId }) => eventId);
  const merge = mergeChanges(known, all);
  return { ...merge, removed: missing };
}

export const calendarSyncHandlers: JobHandlers<typeof calendarSync.jobs> = {
  async incremental(job) {
    await callRemote(job);
    const { calendarId, known, changes } = job.data;
    return { calendarId, ...mergeChanges(known, changes) };
  },
  async full(job) {
    await callRemote(job);
    const { calendarId, known, all } = job.data;
    return { calendarId, ...mergeAll(known, all) };
  },
};
