import { afterQuietHours, DEFAULT_QUIET_HOURS, type QuietHours } from '../notifications/quiet-hours.js';
import type { ReminderRound } from '../notifications/reminder-rounds.js';

/** At once, then a day, three, seven and fourteen days after the account broke; then never again. */
export const RECONNECT_ROUND_DAYS: readonly number[] = [0, 1, 3, 7, 14];
const DAY_MS = 86_400_000;

/**
 * When a user is asked to reconnect an account that broke at `brokenAt`: at growing distances, and not within the quiet
 * hours of the user's time zone.
 */
export function reconnectRounds(
  brokenAt: Date,
  timeZone: string,
  quiet: QuietHours = DEFAULT_QUIET_HOURS,
): ReminderRound[] {
  return RECONNECT_ROUND_DAYS.map((days, index) => ({
    round: index + 1,
    dueAt: afterQuietHours(new Date(brokenAt.getTime() + days * DAY_MS), timeZone, quiet),
  }));
}
