import type { SuggestionReason } from '@switchyard/catchup-data';
import { chooseSlots, type ChosenSlot, type FreeTime, type SlotReason } from './choose-slots.js';
import { describeReason } from './describe-reason.js';
import type { Scored } from './score.js';

/** A suggestion that the user has not acted on yet. */
export interface PendingSuggestion {
  readonly id: string;
  readonly contactId: string;
  readonly score: number;
  readonly reasons: readonly SuggestionReason[];
  readonly slotStartAt: Date;
  readonly slotEndAt: Date;
}

export interface SuggestionInput {
  /** Those worth suggesting. */
  readonly ranked: readonly Scored[];
  readonly pending: readonly PendingSuggestion[];
  /** From now on; without the times of what was accepted. */
  readonly free: readonly FreeTime[];
  readonly callMinutes: number;
  /** How many may be pending. */
  readonly limit: number;
  /** Days on which a contact is best called. */
  readonly preferredDays: ReadonlyMap<string, FreeTime>;
  /** Before it no call is put; those that are there already stay. Default `now`. */
  readonly earliestStart?: Date;
  readonly now: Date;
}

/** What a suggestion says. */
export interface SuggestionDraft {
  readonly contactId: string;
  readonly score: number;
  /** Who and why, in the order of their weight, then when; the points add up to the score. */
  readonly reasons: readonly SuggestionReason[];
  readonly slotStartAt: Date;
  readonly slotEndAt: Date;
}

export type ExpiryReason =
  | 'its-time-passed'
  | 'not-worth-it-any-more'
  | 'no-free-time'
  | 'others-are-better'
  /** Another one is of the same contact, since two became one. */
  | 'said-already';

export interface SuggestionPlan {
  readonly create: readonly SuggestionDraft[];
  readonly update: readonly (SuggestionDraft & { readonly id: string })[];
  readonly unchanged: readonly string[];
  readonly expire: readonly { readonly id: string; readonly because: ExpiryReason }[];
}

/** What is pending gives way only to what is clearly better. */
const HEAD_START_POINTS = 15;

/**
 * What is to become of a user's suggestions. A pending one keeps its place and its time as long as they hold, so that
 * planning again with what came out plans nothing. Pure.
 */
export function planSuggestions(input: SuggestionInput): SuggestionPlan {
  const passed = input.pending.filter(({ slotStartAt }) => slotStartAt <= input.now);
  const expire: { id: string; because: ExpiryReason }[] = passed.map(({ id }) => ({
    id,
    because: 'its-time-passed',
  }));
  const open = new Map<string, PendingSuggestion>();
  for (const one of input.pending.filter((each) => !passed.includes(each)))
    if (open.has(one.contactId)) expire.push({ id: one.id, because: 'said-already' });
    else open.set(one.contactId, one);

  const weight = ({ contactId, score }: Scored) => score + (open.has(contactId) ? HEAD_START_POINTS : 0);
  const wanted = [...input.ranked]
    .sort((a, b) => weight(b) - weight(a) || (a.contactId < b.contactId ? -1 : 1))
    .slice(0, Math.max(0, input.limit));
  const slots = chooseSlots(
    wanted.map(({ contactId }) => ({
      contactId,
      current: currentSlot(open.get(contactId)),
      preferredDay: input.preferredDays.get(contactId),
    })),
    input.free,
    input.callMinutes,
    input.earliestStart,
  );

  const create: SuggestionDraft[] = [];
  const update: (SuggestionDraft & { id: string })[] = [];
  const unchanged: string[] = [];
  for (const scored of wanted) {
    const slot = slots.get(scored.contactId);
    const before = open.get(scored.contactId);
    if (!slot) continue;
    const draft = draftOf(scored, slot, before);
    if (!before) create.push(draft);
    else if (saysTheSame(before, draft)) unchanged.push(before.id);
    else update.push({ ...draft, id: before.id });
  }
  const ranked = new Set(input.ranked.map(({ contactId }) => contactId));
  const isWanted = new Set(wanted.map(({ contactId }) => contactId));
  for (const { id, contactId } of open.values()) {
    if (slots.has(contactId)) continue;
    const because = isWanted.has(contactId)
      ? 'no-free-time'
      : ranked.has(contactId)
        ? 'others-are-better'
        : 'not-worth-it-any-more';
    expire.push({ id, because });
  }
  return { create, update, unchanged, expire };
}

const currentSlot = (pending: PendingSuggestion | undefined): FreeTime | undefined =>
  pending && { start: pending.slotStartAt, end: pending.slotEndAt };

function draftOf(scored: Scored, slot: ChosenSlot, before: PendingSuggestion | undefined): SuggestionDraft {
  return {
    contactId: scored.contactId,
    score: scored.score,
    reasons: [
      ...scored.reasons.map((reason) => ({
        code: reason.kind,
        points: reason.points,
        text: describeReason(reason),
      })),
      // Why the time was chosen stays true while the time is kept.
      slot.reason === 'kept' && before ? timeReasonOf(before) : timeReason(slot.reason),
    ],
    slotStartAt: slot.start,
    slotEndAt: slot.end,
  };
}

const TIME_REASONS: Readonly<Record<SlotReason, string>> = {
  kept: 'You are still free at this time',
  'on-preferred-day': 'You are free on the day itself',
  earliest: 'It is the first time you are free',
};
const TIME_CODES: Readonly<Record<SlotReason, string>> = {
  kept: 'time-kept',
  'on-preferred-day': 'time-on-the-day',
  earliest: 'time-earliest',
};

const timeReason = (reason: SlotReason): SuggestionReason => ({
  code: TIME_CODES[reason],
  points: 0,
  text: TIME_REASONS[reason],
});

function timeReasonOf(before: PendingSuggestion): SuggestionReason {
  const codes = Object.values(TIME_CODES);
  return before.reasons.find(({ code }) => codes.includes(code)) ?? timeReason('kept');
}

function saysTheSame(before: PendingSuggestion, after: SuggestionDraft): boolean {
  return (
    before.score === after.score &&
    before.slotStartAt.getTime() === after.slotStartAt.getTime() &&
    before.slotEndAt.getTime() === after.slotEndAt.getTime() &&
    before.reasons.length === after.reasons.length &&
    after.reasons.every(({ code, points, text }, at) => {
      const was = before.reasons[at];
      return was?.code === code && was.points === points && was.text === text;
    })
  );
}
