export interface ChangeCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

export interface RejectedEvent {
  readonly externalId: string | null;
  readonly reason: string;
}

/** What came of the events of one calendar. */
export interface EventsReport extends ChangeCounts {
  readonly calendarId: string;
  readonly kind: 'full' | 'incremental';
  /** The provider no longer took the sync token: that is why it was full. */
  readonly tokenExpired: boolean;
  readonly pages: number;
  readonly rejected: readonly RejectedEvent[];
}

export interface FailedCalendar {
  readonly calendarId: string;
  /** The code of the error. */
  readonly failure: string;
}

export interface CalendarSyncReport {
  readonly calendars: ChangeCounts;
  readonly events: readonly EventsReport[];
  /** Calendars whose events could not be read; the others were all the same. */
  readonly failed: readonly FailedCalendar[];
}

export const NO_CHANGES: ChangeCounts = { added: 0, changed: 0, removed: 0, unchanged: 0 };

export const addCounts = (one: ChangeCounts, other: ChangeCounts): ChangeCounts => ({
  added: one.added + other.added,
  changed: one.changed + other.changed,
  removed: one.removed + other.removed,
  unchanged: one.unchanged + other.unchanged,
});

export const changesOf = ({ added, changed, removed }: ChangeCounts): number => added + changed + removed;
