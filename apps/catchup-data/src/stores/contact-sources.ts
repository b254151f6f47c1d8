import { and, asc, eq, isNull, not, type SQL } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import { accounts } from '../schema/accounts.js';
import { contactSources, type ContactSource, type NewContactSource } from '../schema/contacts.js';
import { anyOf } from './any-of.js';
import { upsert, type Upserted } from './upsert.js';

export interface ContactSourceStore {
  /** By account and resource name. */
  upsert(sources: readonly NewContactSource[]): Promise<Upserted<ContactSource>>;
  /** By account and resource name. */
  ofUser(
    userId: string,
    options?: { /** Default false. */ readonly deletedToo?: boolean },
  ): Promise<ContactSource[]>;
  /** All that are not deleted, by resource name. */
  ofAccount(accountId: string): Promise<ContactSource[]>;
  ofContact(contactId: string): Promise<ContactSource[]>;
  /** @returns those that were not deleted before */
  markDeleted(accountId: string, resourceNames: readonly string[], now: Date): Promise<ContactSource[]>;
  /** After a full sync: whatever it did not bring is deleted. */
  markDeletedExcept(accountId: string, resourceNames: readonly string[], now: Date): Promise<ContactSource[]>;
}

export function createContactSourceStore(queries: Queries): ContactSourceStore {
  const list = (where: SQL) =>
    queries
      .select()
      .from(contactSources)
      .where(and(where, isNull(contactSources.deletedAt)))
      .orderBy(asc(contactSources.accountId), asc(contactSources.resourceName));
  const markDeleted = (accountId: string, which: SQL, now: Date) =>
    queries
      .update(contactSources)
      .set({ deletedAt: now, updatedAt: now })
      .where(and(eq(contactSources.accountId, accountId), isNull(contactSources.deletedAt), which))
      .returning();
  return {
    upsert: (rows) =>
      upsert(queries, contactSources, rows, {
        by: ['accountId', 'resourceName'],
        set: ['contactId', 'etag', 'fields', 'deletedAt'],
      }),
    ofUser: async (userId, { deletedToo = false } = {}) => {
      const rows = await queries
        .select({ source: contactSources })
        .from(contactSources)
        .innerJoin(accounts, eq(accounts.id, contactSources.accountId))
        .where(and(eq(accounts.userId, userId), deletedToo ? undefined : isNull(contactSources.deletedAt)))
        .orderBy(asc(contactSources.accountId), asc(contactSources.resourceName));
      return rows.map(({ source }) => source);
    },
    ofAccount: (accountId) => list(eq(contactSources.accountId, accountId)),
    ofContact: (contactId) => list(eq(contactSources.contactId, contactId)),
    markDeleted: (accountId, resourceNames, now) =>
      markDeleted(accountId, anyOf(contactSources.resourceName, resourceNames), now),
    markDeletedExcept: (accountId, resourceNames, now) =>
      markDeleted(accountId, not(anyOf(contactSources.resourceName, resourceNames)), now),
  };
}
