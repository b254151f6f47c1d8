import type { CalendarEvent } from '@switchyard/catchup-data';
import type { Occurrence } from '../calendar/expand-events.js';
import { callHoursWithin, type CallHours } from './call-hours.js';
import { clipped, united, widened, without, type Span } from './spans.js';

export interface FreeSlotOptions {
  readonly window: Span;
  readonly timeZone: string;
  readonly callHours: CallHours;
  /** What is shorter is no slot. Minutes, above 0. */
  readonly minMinutes: number;
  /** Kept free before and after each event. Minutes, default 0. */
  readonly bufferMinutes?: number;
}

/** Kinds of events that say where or who somebody is, and take no time. */
const IDLE_TYPES = new Set(['workingLocation', 'birthday']);

/**
 * Whether an event takes its user's time: opaque ones do, tentative ones too, but for those the user has declined and
 * those that only say where somebody is.
 */
export function takesTime({ status, transparency, eventType, attendees }: CalendarEvent): boolean {
  if (status === 'cancelled' || transparency === 'transparent' || IDLE_TYPES.has(eventType)) return false;
  return !attendees.some(({ self, responseStatus }) => self && responseStatus === 'declined');
}

/** When a user is busy, in as few spans as possible, in order. */
export const busyTimes = (occurrences: readonly Occurrence[]): Span[] =>
  united(occurrences.filter(({ event }) => takesTime(event)));

/** The user's call hours without what takes their time, in order. Pure. */
export function freeSlots(
  occurrences: readonly Occurrence[],
  { window, timeZone, callHours, minMinutes, bufferMinutes = 0 }: FreeSlotOptions,
): Span[] {
  for (const [name, value] of Object.entries({ minMinutes, bufferMinutes }))
    if (!(value >= 0)) throw new RangeError(`${name} must be a number from 0, not ${value}`);
  const busy = clipped(widened(busyTimes(occurrences), bufferMinutes * 60_000), window);
  return without(callHoursWithin(callHours, timeZone, window), busy).filter(
    ({ start, end }) => end.getTime() - start.getTime() >= Math.max(1, minMinutes * 60_000),
  );
}
