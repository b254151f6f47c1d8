import type { CalendarSyncReport, ContactSyncReport } from '@switchyard/catchup-domain';
import type { Account } from '@switchyard/catchup-data';
import type { Story } from './story.js';

interface Full {
  readonly full?: boolean;
}

/** @throws Error where another sync is at it: nobody else is here */
export async function syncContacts(
  { world, signal }: Pick<Story, 'world' | 'signal'>,
  { id, email }: Account,
  { full }: Full = {},
): Promise<ContactSyncReport> {
  const outcome = await world.contactSync.sync(id, { signal, full });
  if (outcome.state === 'busy') throw new Error(`the contacts of ${email} are being synced already`);
  return outcome.report;
}

/** @throws Error where another sync is at it: nobody else is here */
export async function syncCalendars(
  { world, signal }: Pick<Story, 'world' | 'signal'>,
  { id, email }: Account,
  { full }: Full = {},
): Promise<CalendarSyncReport> {
  const outcome = await world.calendarSync.sync(id, { signal, full });
  if (outcome.state === 'busy') throw new Error(`the calendars of ${email} are being synced already`);
  return outcome.report;
}

/** Counts of a report in words, without those that are 0. */
export function describeCounts(counts: {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}): string {
  const parts = (['added', 'changed', 'removed'] as const).flatMap((name) =>
    counts[name] > 0 ? [`${counts[name]} ${name}`] : [],
  );
  return parts.join(', ') || 'nothing new';
}

/** All calendars of an account together. */
export function eventCounts({ events }: CalendarSyncReport) {
  const sum = (name: 'added' | 'changed' | 'removed' | 'unchanged' | 'pages') =>
    events.reduce((total, report) => total + report[name], 0);
  return {
    added: sum('added'),
    changed: sum('changed'),
    removed: sum('removed'),
    unchanged: sum('unchanged'),
    pages: sum('pages'),
  };
}
