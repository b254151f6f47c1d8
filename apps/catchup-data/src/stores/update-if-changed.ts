import { and, getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Queries } from '../engine/engine.js';

/**
 * Sets columns of the rows that differ in one of them; the others keep their `updated_at`.
 *
 * @returns the rows that changed
 */
export async function updateIfChanged<Table extends PgTable>(
  queries: Queries,
  table: Table,
  where: SQL | undefined,
  changes: Partial<Table['$inferSelect']>,
  /** Written along, and no reason to write. */
  alongside: Partial<Table['$inferSelect']>,
): Promise<Table['$inferSelect'][]> {
  const columns = getTableColumns(table as PgTable) as Record<string, PgColumn>;
  const differs = Object.entries(changes).map(([name, value]) => {
    const column = columns[name] as PgColumn;
    return sql`${column} is distinct from ${value === null ? sql`null` : sql.param(value, column)}`;
  });
  return (await queries
    .update(table as PgTable)
    .set({ ...changes, ...alongside })
    .where(and(where, sql`(${sql.join(differs, sql` or `)})`))
    .returning()) as Table['$inferSelect'][];
}
