import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** `column = value`, where null is the same as null. */
export function isSame(column: PgColumn, value: unknown): SQL {
  return value === null || value === undefined
    ? sql`${column} is null`
    : sql`${column} = ${sql.param(value, column)}`;
}
