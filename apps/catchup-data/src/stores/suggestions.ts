import { and, asc, desc, eq, gte, lte, sql } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import {
  suggestions,
  type NewSuggestion,
  type Suggestion,
  type SuggestionStatus,
} from '../schema/suggestions.js';
import { anyOf } from './any-of.js';
import { inChunks } from './in-chunks.js';
import { updateIfChanged } from './update-if-changed.js';

/** What a pending suggestion may say anew. */
export type SuggestionChange = Pick<Suggestion, 'id' | 'score' | 'reasons' | 'slotStartAt' | 'slotEndAt'> &
  Partial<Pick<Suggestion, 'expiresAt'>>;

export interface SuggestionStore {
  /** @returns those whose key was new to their user */
  add(suggestions: readonly NewSuggestion[]): Promise<Suggestion[]>;
  /** @returns those that were pending and said something else */
  revise(changes: readonly SuggestionChange[], now: Date): Promise<Suggestion[]>;
  /** @returns those that were pending */
  expire(ids: readonly string[], now: Date): Promise<Suggestion[]>;
  /** All pending ones that end by now. */
  expireDue(now: Date): Promise<Suggestion[]>;
  /** @returns nothing where it was not pending any more */
  decide(id: string, as: 'accepted' | 'dismissed', now: Date): Promise<Suggestion | undefined>;
  get(id: string): Promise<Suggestion | undefined>;
  /** The best first. */
  ofUser(userId: string, status?: SuggestionStatus): Promise<Suggestion[]>;
  /** All that were made since then, the newest first. */
  madeSince(userId: string, time: Date): Promise<Suggestion[]>;
  /** @returns false where somebody else reminded, or it was decided, since it was read */
  noteReminded(suggestion: Pick<Suggestion, 'id' | 'reminderCount'>, now: Date): Promise<boolean>;
  /** Two contacts became one. Returns how many moved. */
  moveToContact(fromContactId: string, intoContactId: string, now: Date): Promise<number>;
}

export function createSuggestionStore(queries: Queries): SuggestionStore {
  const isPending = eq(suggestions.status, 'pending');
  return {
    async add(rows) {
      const added: Suggestion[] = [];
      for (const chunk of inChunks(rows, 16))
        added.push(
          ...(await queries
            .insert(suggestions)
            .values([...chunk])
            .onConflictDoNothing({ target: [suggestions.userId, suggestions.dedupeKey] })
            .returning()),
        );
      return added;
    },
    async revise(changes, now) {
      const revised: Suggestion[] = [];
      for (const { id, ...change } of changes)
        revised.push(
          ...(await updateIfChanged(queries, suggestions, and(eq(suggestions.id, id), isPending), change, {
            updatedAt: now,
          })),
        );
      return revised;
    },
    expire: (ids, now) =>
      queries
        .update(suggestions)
        .set({ status: 'expired', updatedAt: now })
        .where(and(anyOf(suggestions.id, ids), isPending))
        .returning(),
    expireDue: (now) =>
      queries
        .update(suggestions)
        .set({ status: 'expired', updatedAt: now })
        .where(and(isPending, lte(suggestions.expiresAt, now)))
        .returning(),
    async decide(id, as, now) {
      const rows = await queries
        .update(suggestions)
        .set({ status: as, decidedAt: now, updatedAt: now })
        .where(and(eq(suggestions.id, id), isPending))
        .returning();
      return rows[0];
    },
    get: async (id) => (await queries.select().from(suggestions).where(eq(suggestions.id, id)))[0],
    ofUser: (userId, status) =>
      queries
        .select()
        .from(suggestions)
        .where(
          and(
            eq(suggestions.userId, userId),
            status === undefined ? undefined : eq(suggestions.status, status),
          ),
        )
        .orderBy(desc(suggestions.score), asc(suggestions.id)),
    madeSince: (userId, time) =>
      queries
        .select()
        .from(suggestions)
        .where(and(eq(suggestions.userId, userId), gte(suggestions.createdAt, time)))
        .orderBy(desc(suggestions.createdAt), asc(suggestions.id)),
    async noteReminded({ id, reminderCount }, now) {
      const noted = await queries
        .update(suggestions)
        .set({ reminderCount: sql`${suggestions.reminderCount} + 1`, lastRemindedAt: now, updatedAt: now })
        .where(and(eq(suggestions.id, id), eq(suggestions.reminderCount, reminderCount), isPending))
        .returning({ id: suggestions.id });
      return noted.length > 0;
    },
    async moveToContact(fromContactId, intoContactId, now) {
      const moved = await queries
        .update(suggestions)
        .set({ contactId: intoContactId, updatedAt: now })
        .where(eq(suggestions.contactId, fromContactId))
        .returning({ id: suggestions.id });
      return moved.length;
    },
  };
}
