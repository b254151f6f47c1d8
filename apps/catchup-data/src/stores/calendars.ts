import { and, asc, eq, isNull, not, type SQL } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import { calendars, type Calendar, type NewCalendar } from '../schema/calendars.js';
import { anyOf } from './any-of.js';
import { updateIfChanged } from './update-if-changed.js';
import { upsert, type Upserted } from './upsert.js';

export interface CalendarStore {
  /** By account and external id. Whether it is selected is up to its user from then on. */
  upsert(calendars: readonly NewCalendar[]): Promise<Upserted<Calendar>>;
  get(id: string): Promise<Calendar | undefined>;
  /** Those that are not deleted, by id. */
  ofAccount(accountId: string): Promise<Calendar[]>;
  ofUser(userId: string): Promise<Calendar[]>;
  setSelected(id: string, selected: boolean, now: Date): Promise<boolean>;
  /** @returns those that were not deleted before */
  markDeleted(accountId: string, externalIds: readonly string[], now: Date): Promise<Calendar[]>;
  /** After a full list: whatever is not on it is deleted. */
  markDeletedExcept(accountId: string, externalIds: readonly string[], now: Date): Promise<Calendar[]>;
}

export function createCalendarStore(queries: Queries): CalendarStore {
  const list = (where: SQL) =>
    queries
      .select()
      .from(calendars)
      .where(and(where, isNull(calendars.deletedAt)))
      .orderBy(asc(calendars.id));
  const markDeleted = (accountId: string, which: SQL, now: Date) =>
    queries
      .update(calendars)
      .set({ deletedAt: now, updatedAt: now })
      .where(and(eq(calendars.accountId, accountId), isNull(calendars.deletedAt), which))
      .returning();
  return {
    upsert: (rows) =>
      upsert(queries, calendars, rows, {
        by: ['accountId', 'externalId'],
        set: ['summary', 'timeZone', 'accessRole', 'isPrimary', 'etag', 'deletedAt'],
      }),
    get: async (id) => (await queries.select().from(calendars).where(eq(calendars.id, id)))[0],
    ofAccount: (accountId) => list(eq(calendars.accountId, accountId)),
    ofUser: (userId) => list(eq(calendars.userId, userId)),
    async setSelected(id, selected, now) {
      const where = eq(calendars.id, id);
      return (await updateIfChanged(queries, calendars, where, { selected }, { updatedAt: now })).length > 0;
    },
    markDeleted: (accountId, externalIds, now) =>
      markDeleted(accountId, anyOf(calendars.externalId, externalIds), now),
    markDeletedExcept: (accountId, externalIds, now) =>
      markDeleted(accountId, not(anyOf(calendars.externalId, externalIds)), now),
  };
}
