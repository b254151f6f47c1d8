import { randomUUID } from 'node:crypto';
import type { Data, Suggestion, User } from '@switchyard/catchup-data';
import type { FreeTime } from './choose-slots.js';
import { gatherCandidates, type Acquaintance, type Meeting } from './gather-candidates.js';
import { localDayAfter } from './local-days.js';
import { planSuggestions, type ExpiryReason, type SuggestionDraft } from './plan-suggestions.js';
import { rank, type Scored } from './score.js';

/** What a user's calendars say. */
export interface Agenda {
  /** Times for calls, that do not overlap. */
  freeTimes(user: User, from: Date, to: Date): Promise<readonly FreeTime[]>;
  /** Events that others take part in. */
  meetings(user: User, from: Date, to: Date): Promise<readonly Meeting[]>;
}

export interface SuggestionsOptions {
  readonly data: Pick<Data, 'users' | 'suggestions' | 'transaction'>;
  readonly agenda: Agenda;
  readonly now: () => Date;
  readonly newId?: () => string;
}

export interface SuggestionsReport {
  readonly created: readonly Suggestion[];
  readonly updated: readonly Suggestion[];
  readonly unchanged: number;
  readonly expired: readonly { readonly id: string; readonly because: ExpiryReason }[];
}

export interface Suggestions {
  /** Brings a user's suggestions up to date: after the first time, and whenever contacts or events changed. */
  generate(userId: string): Promise<SuggestionsReport>;
  /** What the user says to one. False where it is not theirs, or was decided or has passed already. */
  decide(userId: string, suggestionId: string, as: 'accepted' | 'dismissed'): Promise<boolean>;
}

const DAY_MS = 86_400_000;
const HORIZON_DAYS = 7;
/** As long as a meeting can matter to anybody's score. */
const LOOK_BACK_DAYS = 180;
const DEFAULT_CALL_MINUTES = 30;
const DEFAULT_PER_WEEK = 5;
const QUARTER_HOUR_MS = 15 * 60_000;
const MIN_NOTICE_MS = 30 * 60_000;
const CONTACTS_A_PAGE = 1000;

const NOTHING: SuggestionsReport = { created: [], updated: [], unchanged: 0, expired: [] };

export function createSuggestions({
  data,
  agenda,
  now,
  newId = randomUUID,
}: SuggestionsOptions): Suggestions {
  return {
    async generate(userId) {
      const at = now();
      const user = await data.users.get(userId);
      if (!user) return NOTHING;
      const inDays = (days: number) => new Date(at.getTime() + days * DAY_MS);
      const free = await agenda.freeTimes(user, at, inDays(HORIZON_DAYS));
      const meetings = await agenda.meetings(user, inDays(-LOOK_BACK_DAYS), inDays(HORIZON_DAYS));

      return data.transaction(
        async (stores) => {
          const made = await stores.suggestions.ofUser(userId);
          // What this run lets pass counts as it will the next time.
          const known = made.map((one) =>
            one.status === 'pending' && one.slotStartAt <= at
              ? { ...one, status: 'expired' as const, updatedAt: at }
              : one,
          );
          const candidates = gatherCandidates({
            acquaintances: await acquaintancesOf(stores, userId),
            meetings,
            suggestions: known,
            now: at,
            timeZone: user.timeZone,
          });
          const ranked = rank(candidates);
          const plan = planSuggestions({
            ranked,
            pending: made.filter(({ status }) => status === 'pending'),
            free: withoutAccepted(free, known),
            callMinutes: user.preferences.callMinutes ?? DEFAULT_CALL_MINUTES,
            limit: leftOfWeek(user, known, at),
            preferredDays: birthdays(ranked, user, at),
            earliestStart: earliestStart(at),
            now: at,
          });
          await stores.suggestions.expire(
            plan.expire.map(({ id }) => id),
            at,
          );
          const updated = await stores.suggestions.revise(
            plan.update.map((one) => ({ ...contentOf(one), id: one.id })),
            at,
          );
          const created = await stores.suggestions.add(
            plan.create.map((one) => ({
              ...contentOf(one),
              id: newId(),
              userId,
              contactId: one.contactId,
              dedupeKey: keyOf(one.contactId, known),
              createdAt: at,
              updatedAt: at,
            })),
          );
          return { created, updated, unchanged: plan.unchanged.length, expired: plan.expire };
        },
        // Two that plan for one user at once must not both fill the same free time.
        { isolation: 'serializable' },
      );
    },
    async decide(userId, suggestionId, as) {
      const suggestion = await data.suggestions.get(suggestionId);
      if (suggestion?.userId !== userId || suggestion.expiresAt <= now()) return false;
      return (await data.suggestions.decide(suggestionId, as, now())) !== undefined;
    },
  };
}

async function acquaintancesOf(
  { contacts }: Pick<Data, 'contacts'>,
  userId: string,
): Promise<Acquaintance[]> {
  const all: Acquaintance[] = [];
  for (let after: string | undefined; ;) {
    const page = await contacts.list(userId, { after, limit: CONTACTS_A_PAGE });
    const ids = page.map(({ id }) => id);
    const emails = new Map<string, string[]>(ids.map((id) => [id, []]));
    const phones = new Map<string, string[]>(ids.map((id) => [id, []]));
    for (const { contactId, email } of await contacts.emailsOf(ids)) emails.get(contactId)?.push(email);
    for (const { contactId, phone } of await contacts.phonesOf(ids)) phones.get(contactId)?.push(phone);
    for (const contact of page)
      all.push({ contact, emails: emails.get(contact.id) ?? [], phones: phones.get(contact.id) ?? [] });
    if (page.length < CONTACTS_A_PAGE) return all;
    after = ids.at(-1);
  }
}

const contentOf = ({ score, reasons, slotStartAt, slotEndAt }: SuggestionDraft) => ({
  score,
  reasons,
  slotStartAt,
  slotEndAt,
  // Once its time has begun, there is nothing to decide any more.
  expiresAt: slotStartAt,
});

/**
 * Which suggestion made of the contact it is, counted from 0, whoever the others are of by now: two that plan the same
 * one at once give it the same key.
 */
const keyOf = (contactId: string, known: readonly Suggestion[]) =>
  `${contactId}/${known.filter(({ dedupeKey }) => dedupeKey.startsWith(`${contactId}/`)).length}`;

/** Nobody is told to call somebody this very moment, or at 12:33:27. */
const earliestStart = (at: Date) =>
  new Date(Math.ceil((at.getTime() + MIN_NOTICE_MS) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS);

function withoutAccepted(free: readonly FreeTime[], known: readonly Suggestion[]): FreeTime[] {
  return known
    .filter(({ status }) => status === 'accepted')
    .reduce<FreeTime[]>(
      (left, { slotStartAt, slotEndAt }) =>
        left.flatMap(({ start, end }) =>
          slotEndAt <= start || slotStartAt >= end
            ? [{ start, end }]
            : [
                { start, end: slotStartAt },
                { start: slotEndAt, end },
              ].filter((part) => part.start < part.end),
        ),
      [...free],
    );
}

/** What was answered or left to pass in the last seven days counts; what was withdrawn does not. */
function leftOfWeek(user: User, known: readonly Suggestion[], at: Date): number {
  const weekAgo = at.getTime() - 7 * DAY_MS;
  const used = known.filter(
    ({ status, createdAt, updatedAt, slotStartAt }) =>
      createdAt.getTime() > weekAgo &&
      status !== 'pending' &&
      (status !== 'expired' || updatedAt >= slotStartAt),
  );
  return Math.max(0, (user.preferences.maxSuggestionsPerWeek ?? DEFAULT_PER_WEEK) - used.length);
}

function birthdays(ranked: readonly Scored[], { timeZone }: User, at: Date): Map<string, FreeTime> {
  return new Map(
    ranked.flatMap(({ contactId, reasons }) => {
      const birthday = reasons.find(({ kind }) => kind === 'birthday');
      return birthday?.kind === 'birthday'
        ? [[contactId, localDayAfter(at, birthday.inDays, timeZone)] as const]
        : [];
    }),
  );
}
