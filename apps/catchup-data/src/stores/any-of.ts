import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { isStorableKey } from '../schema/storable.js';

/** `column in (…)` for any number of keys: they are one parameter. What cannot be stored is in no row. */
export function anyOf(column: PgColumn, keys: readonly string[]): SQL {
  return sql`${column} in (select jsonb_array_elements_text(${JSON.stringify(keys.filter(isStorableKey))}::jsonb))`;
}
