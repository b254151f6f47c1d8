import { afterQuietHours, DEFAULT_QUIET_HOURS, type QuietHours } from './quiet-hours.js';

/** A suggestion that waits for its user. */
export interface UnansweredSuggestion {
  readonly createdAt: Date;
  readonly startsAt: Date;
}

export interface ReminderRound {
  /** From 1. */
  readonly round: number;
  /** Not within the quiet hours, and before the call. */
  readonly dueAt: Date;
}

/** How long before the call each round goes out. */
const BEFORE_MS = [24, 2].map((hours) => hours * 3_600_000);
/** Who has just been shown a suggestion needs no reminder of it. */
const FRESH_MS = 3_600_000;

/**
 * When a user is reminded of a suggestion: a day and two hours before its call. A round that would fall into the quiet
 * hours waits for their end; one that comes too late then, or within an hour of the suggestion, is left out, and of
 * two that fall together only the later is kept. Pure.
 */
export function reminderRounds(
  { createdAt, startsAt }: UnansweredSuggestion,
  timeZone: string,
  quiet: QuietHours = DEFAULT_QUIET_HOURS,
): ReminderRound[] {
  const rounds = BEFORE_MS.map((beforeMs, index) => ({
    round: index + 1,
    dueAt: afterQuietHours(new Date(startsAt.getTime() - beforeMs), timeZone, quiet),
  })).filter(({ dueAt }) => dueAt < startsAt && dueAt.getTime() - createdAt.getTime() >= FRESH_MS);
  return rounds.filter(({ dueAt }, index) => rounds[index + 1]?.dueAt.getTime() !== dueAt.getTime());
}

/** The round to send at `now`, if any: the last one due. Earlier ones that were never sent have missed their time. */
export function dueRound(rounds: readonly ReminderRound[], now: Date): ReminderRound | undefined {
  return rounds.findLast(({ dueAt }) => dueAt <= now);
}
