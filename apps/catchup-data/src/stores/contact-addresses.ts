import { and, not, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Queries } from '../engine/engine.js';
import { contactEmails, contactPhones, type LabelledAddress } from '../schema/contacts.js';
import { isStorableKey } from '../schema/storable.js';
import { anyOf } from './any-of.js';
import { upsert } from './upsert.js';

/** All addresses of a contact, the preferred ones first. Those that no index can hold are left out. */
export interface ContactAddresses {
  readonly contactId: string;
  readonly userId: string;
  readonly emails: readonly LabelledAddress[];
  readonly phones: readonly LabelledAddress[];
}

export async function replaceAddresses(
  queries: Queries,
  addresses: readonly ContactAddresses[],
): Promise<number> {
  const emails = rowsOf(addresses, 'emails').map(({ value, ...row }) => ({ ...row, email: value }));
  const phones = rowsOf(addresses, 'phones').map(({ value, ...row }) => ({ ...row, phone: value }));
  const contactIds = addresses.map(({ contactId }) => contactId);

  const goneEmails = await queries
    .delete(contactEmails)
    .where(
      and(
        anyOf(contactEmails.contactId, contactIds),
        not(
          pairOf(
            contactEmails.contactId,
            contactEmails.email,
            emails.map((row) => [row.contactId, row.email]),
          ),
        ),
      ),
    )
    .returning({ contactId: contactEmails.contactId });
  const gonePhones = await queries
    .delete(contactPhones)
    .where(
      and(
        anyOf(contactPhones.contactId, contactIds),
        not(
          pairOf(
            contactPhones.contactId,
            contactPhones.phone,
            phones.map((row) => [row.contactId, row.phone]),
          ),
        ),
      ),
    )
    .returning({ contactId: contactPhones.contactId });
  const set = ['userId', 'label', 'position'] as const;
  const newEmails = await upsert(queries, contactEmails, emails, { by: ['contactId', 'email'], set });
  const newPhones = await upsert(queries, contactPhones, phones, { by: ['contactId', 'phone'], set });
  const written = [newEmails, newPhones].flatMap(({ inserted, updated }) => [
    inserted.length,
    updated.length,
  ]);
  return [goneEmails.length, gonePhones.length, ...written].reduce((sum, count) => sum + count, 0);
}

/** Each value once, where it comes first. */
function rowsOf(addresses: readonly ContactAddresses[], kind: 'emails' | 'phones') {
  return addresses.flatMap(({ contactId, userId, [kind]: list }) => {
    const values = new Map(list.map(({ value }, index) => [value, index]).reverse() as [string, number][]);
    return list
      .filter(({ value }, index) => values.get(value) === index && isStorableKey(value))
      .map(({ value, label }, position) => ({ contactId, userId, value, label, position }));
  });
}

function pairOf(one: PgColumn, other: PgColumn, pairs: readonly (readonly [string, string])[]) {
  return sql`(${one}, ${other}) in (
    select pair ->> 0, pair ->> 1 from jsonb_array_elements(${JSON.stringify(pairs)}::jsonb) as pair)`;
}
