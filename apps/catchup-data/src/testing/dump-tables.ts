import type { PgTable } from 'drizzle-orm/pg-core';
import { engineOf } from '../create-data.js';
import type { Data } from '../data.js';
import { TABLES } from '../schema/tables.js';

/** All rows of all tables, by the table's name in the schema. */
export type TableDump = Readonly<Record<keyof typeof TABLES, readonly Readonly<Record<string, unknown>>[]>>;

/** The same rows make the same dump, in whatever order they were written. */
export async function dumpTables(data: Data): Promise<TableDump> {
  const { queries } = engineOf(data);
  const dump: Record<string, readonly Record<string, unknown>[]> = {};
  for (const [name, table] of Object.entries(TABLES)) {
    const rows = (await queries.select().from(table as PgTable)) as Record<string, unknown>[];
    dump[name] = rows
      .map((row) => [JSON.stringify(row), row] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => row);
  }
  return dump as TableDump;
}
