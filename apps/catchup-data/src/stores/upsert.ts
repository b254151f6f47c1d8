import { and, getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Queries } from '../engine/engine.js';
import { inChunks } from './in-chunks.js';

/** What became of the rows that were given. */
export interface Upserted<Row> {
  readonly inserted: readonly Row[];
  readonly updated: readonly Row[];
  /** How many were there already, just so. Nothing of theirs was written, `updated_at` neither. */
  readonly unchanged: number;
}

export interface UpsertColumns<Name extends string, Columns> {
  /** Those of a unique index; of two rows with the same, the later one counts. */
  readonly by: readonly Name[];
  /** Those that an existing row takes over. Whatever is not given counts as its default. */
  readonly set: readonly Name[];
  /** Which existing rows may be written. */
  readonly where?: (stored: Columns) => SQL;
}

type Rows<Table extends PgTable> = readonly Table['$inferInsert'][];

/** Rows that are new are inserted, those that differ in a column to set are updated. */
export async function upsert<Table extends PgTable>(
  queries: Queries,
  table: Table,
  rows: Rows<Table>,
  { by, set, where }: UpsertColumns<Extract<keyof Table['_']['columns'], string>, Table['_']['columns']>,
): Promise<Upserted<Table['$inferSelect']>> {
  const columns = getTableColumns(table as PgTable) as Record<string, PgColumn>;
  const columnOf = (name: string) => columns[name] as PgColumn;
  const stored = (name: string): SQL => sql`${columnOf(name)}`;
  const given = (name: string): SQL => sql`excluded.${sql.identifier(columnOf(name).name)}`;
  const row = (names: readonly string[], each: (name: string) => SQL) =>
    sql`row(${sql.join(names.map(each), sql`, `)})`;
  const written = 'updatedAt' in columns ? [...set, 'updatedAt'] : set;

  const distinct = lastOfEach(rows, by);
  const inserted: Table['$inferSelect'][] = [];
  const updated: Table['$inferSelect'][] = [];
  for (const chunk of inChunks(distinct, Object.keys(columns).length)) {
    const answers = await queries
      .insert(table as PgTable)
      .values([...chunk])
      .onConflictDoUpdate({
        target: by.map(columnOf),
        set: Object.fromEntries(written.map((name) => [name, given(name)])),
        setWhere: and(
          where?.(columns as never),
          sql`${row(set, stored)} is distinct from ${row(set, given)}`,
        ),
      })
      // A row that was just inserted was never locked or replaced by anybody.
      .returning({ ...columns, isNew: sql<boolean>`xmax::text = '0'` });
    for (const { isNew, ...answer } of answers) (isNew ? inserted : updated).push(answer as never);
  }
  return { inserted, updated, unchanged: distinct.length - inserted.length - updated.length };
}

/** In the order of their keys: two processes that write the same rows wait for each other instead of locking up. */
function lastOfEach<Row extends object>(rows: readonly Row[], by: readonly string[]): Row[] {
  const byKey = new Map(
    rows.map((row) => [JSON.stringify(by.map((name) => (row as Record<string, unknown>)[name])), row]),
  );
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
