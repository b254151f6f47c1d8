/** What is known of a contact on the user's day. Days are whole days of the user's calendar. */
export interface Candidate {
  readonly contactId: string;
  /** How close the two are: from 0, a stranger, to 1. */
  readonly closeness: number;
  /** Whether there is a number to call or to write to. */
  readonly isReachable: boolean;
  /** Since the two were last in touch, a meeting included; never when absent. */
  readonly daysSinceContact?: number;
  /** Since they were last at one event of the user's calendar. */
  readonly daysSinceMeeting?: number;
  /** Until the next event with both of them; 0 is today. */
  readonly daysToMeeting?: number;
  /** Until the next birthday; 0 is today. */
  readonly daysToBirthday?: number;
  /** Since the user dismissed a suggestion of this contact. */
  readonly daysSinceDismissal?: number;
  /** How many of the latest suggestions of this contact, in a row, nobody acted on. */
  readonly ignoredInARow?: number;
}

/** One part of a score. The points of all reasons of a contact add up to its score. */
export type ScoreReason =
  | { readonly kind: 'overdue'; readonly points: number; readonly days: number; readonly usualDays: number }
  | { readonly kind: 'never-in-touch'; readonly points: number }
  | { readonly kind: 'birthday'; readonly points: number; readonly inDays: number }
  | { readonly kind: 'met-lately'; readonly points: number; readonly daysAgo: number }
  | { readonly kind: 'meeting-soon'; readonly points: number; readonly inDays: number }
  | { readonly kind: 'dismissed'; readonly points: number; readonly daysAgo: number }
  | { readonly kind: 'ignored'; readonly points: number; readonly inARow: number };

export interface Scored {
  readonly contactId: string;
  /** The sum of the reasons' points, whole; from about −230 to 120. */
  readonly score: number;
  /** Weightiest first. Never empty for a score other than 0. */
  readonly reasons: readonly ScoreReason[];
}

const STRANGER_DAYS = 180;
const CLOSEST_DAYS = 10;

/** Days between two talks that feel right: from 180 for a stranger to 10 for the closest, evenly in proportion. */
export function usualDaysBetween(closeness: number): number {
  return Math.round(STRANGER_DAYS * (CLOSEST_DAYS / STRANGER_DAYS) ** closeness);
}

/** What a contact needs to be suggested. */
export const SUGGESTION_THRESHOLD = 20;

const BIRTHDAY_AHEAD_DAYS = 7;
const MEETING_AHEAD_DAYS = 3;
const DISMISSAL_HOLDS_DAYS = 30;

/**
 * How much there is to be said for getting in touch with somebody today. Pure: the same candidate has the same score,
 * and it changes from one day to the next only.
 *
 * @throws RangeError for a number of days that is no whole number from 0, or a closeness out of bounds
 */
export function score(candidate: Candidate): Scored {
  check(candidate);
  const reasons = [
    overdue(candidate),
    birthday(candidate),
    metLately(candidate),
    meetingSoon(candidate),
    dismissed(candidate),
    ignored(candidate),
  ].filter((reason) => reason !== undefined && reason.points !== 0) as ScoreReason[];
  reasons.sort((a, b) => Math.abs(b.points) - Math.abs(a.points) || (a.kind < b.kind ? -1 : 1));
  return {
    contactId: candidate.contactId,
    score: reasons.reduce((sum, { points }) => sum + points, 0),
    reasons,
  };
}

/** Those worth suggesting, best first; of equals the one that sorts first by id. Who cannot be reached is not. */
export function rank(candidates: readonly Candidate[]): Scored[] {
  return candidates
    .filter(({ isReachable }) => isReachable)
    .map(score)
    .filter((scored) => scored.score >= SUGGESTION_THRESHOLD)
    .sort((a, b) => b.score - a.score || (a.contactId < b.contactId ? -1 : 1));
}

/** From 20 points on the day it is due to 60 when twice the usual time has passed, and to 80 at four times. */
function overdue({ daysSinceContact, closeness }: Candidate): ScoreReason | undefined {
  if (daysSinceContact === undefined)
    return { kind: 'never-in-touch', points: Math.round(10 + 25 * closeness) };
  const usualDays = usualDaysBetween(closeness);
  const ratio = daysSinceContact / usualDays;
  if (ratio < 1) return undefined;
  const points = ratio <= 2 ? 20 + 40 * (ratio - 1) : 60 + 10 * (Math.min(ratio, 4) - 2);
  return { kind: 'overdue', points: Math.round(points), days: daysSinceContact, usualDays };
}

function birthday({ daysToBirthday, closeness }: Candidate): ScoreReason | undefined {
  if (daysToBirthday === undefined || daysToBirthday > BIRTHDAY_AHEAD_DAYS) return undefined;
  const points = (daysToBirthday === 0 ? 20 : 8 - daysToBirthday) + 20 * closeness;
  return { kind: 'birthday', points: Math.round(points), inDays: daysToBirthday };
}

/** Who met has been in touch: it fades over the usual time. */
function metLately({ daysSinceMeeting, closeness }: Candidate): ScoreReason | undefined {
  if (daysSinceMeeting === undefined) return undefined;
  const left = 1 - daysSinceMeeting / usualDaysBetween(closeness);
  if (left <= 0) return undefined;
  return { kind: 'met-lately', points: -Math.round(60 * left), daysAgo: daysSinceMeeting };
}

function meetingSoon({ daysToMeeting }: Candidate): ScoreReason | undefined {
  if (daysToMeeting === undefined || daysToMeeting > MEETING_AHEAD_DAYS) return undefined;
  return { kind: 'meeting-soon', points: -40, inDays: daysToMeeting };
}

function dismissed({ daysSinceDismissal }: Candidate): ScoreReason | undefined {
  if (daysSinceDismissal === undefined || daysSinceDismissal >= DISMISSAL_HOLDS_DAYS) return undefined;
  const left = 1 - daysSinceDismissal / DISMISSAL_HOLDS_DAYS;
  return { kind: 'dismissed', points: -Math.round(100 * left), daysAgo: daysSinceDismissal };
}

function ignored({ ignoredInARow = 0 }: Candidate): ScoreReason | undefined {
  if (ignoredInARow === 0) return undefined;
  return { kind: 'ignored', points: -Math.min(30, 5 * ignoredInARow), inARow: ignoredInARow };
}

function check(candidate: Candidate): void {
  if (!(candidate.closeness >= 0 && candidate.closeness <= 1))
    throw new RangeError(`closeness must be from 0 to 1, not ${candidate.closeness}`);
  for (const name of [
    'daysSinceContact',
    'daysSinceMeeting',
    'daysToMeeting',
    'daysToBirthday',
    'daysSinceDismissal',
    'ignoredInARow',
  ] as const) {
    const value = candidate[name];
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 0))
      throw new RangeError(`${name} must be a whole number from 0, not ${value}`);
  }
}
