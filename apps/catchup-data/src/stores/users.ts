import { and, asc, eq, gt, type SQL } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import { users, type NewUser, type User } from '../schema/users.js';
import type { Page } from './page.js';
import { updateIfChanged } from './update-if-changed.js';
import { upsert, type Upserted } from './upsert.js';

export interface UserStore {
  /** Inserts, or updates by id what differs. Emails and phones are unique. */
  save(user: NewUser): Promise<Upserted<User>>;
  get(id: string): Promise<User | undefined>;
  /** @param email in lower case */
  byEmail(email: string): Promise<User | undefined>;
  /** @param phone E.164 */
  byPhone(phone: string): Promise<User | undefined>;
  /** By id. */
  list(page: Page): Promise<User[]>;
  /** @param at null: the user wants messages again; returns false where that was known */
  setSmsStopped(id: string, at: Date | null, now: Date): Promise<boolean>;
  /** And everything that is theirs. */
  remove(id: string): Promise<boolean>;
}

export function createUserStore(queries: Queries): UserStore {
  const one = async (where: SQL) => (await queries.select().from(users).where(where))[0];
  return {
    save: (user) =>
      upsert(queries, users, [user], {
        by: ['id'],
        set: ['email', 'name', 'phone', 'timeZone', 'tier', 'preferences'],
      }),
    get: (id) => one(eq(users.id, id)),
    byEmail: (email) => one(eq(users.email, email)),
    byPhone: (phone) => one(eq(users.phone, phone)),
    list: ({ after, limit }) =>
      queries
        .select()
        .from(users)
        .where(and(after === undefined ? undefined : gt(users.id, after)))
        .orderBy(asc(users.id))
        .limit(limit),
    async setSmsStopped(id, at, now) {
      const changed = await updateIfChanged(
        queries,
        users,
        eq(users.id, id),
        { smsStoppedAt: at },
        { updatedAt: now },
      );
      return changed.length > 0;
    },
    async remove(id) {
      return (await queries.delete(users).where(eq(users.id, id)).returning({ id: users.id })).length > 0;
    },
  };
}
