import { getTableName, sql } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { engineOf } from '../create-data.js';
import type { Data } from '../data.js';
import { describeOnBothDatabases } from '../spec-support/both-databases.js';
import { TABLES } from './tables.js';

describeOnBothDatabases('the tables that the migrations made', (open) => {
  let data: Data;
  beforeAll(async () => {
    data = await open();
  });

  const rows = async <Row>(query: string): Promise<Row[]> =>
    ((await engineOf(data).queries.execute(sql.raw(query))) as unknown as { rows: Row[] }).rows;

  test('are those of the schema', async () => {
    const found = await rows<{ table_name: string }>(
      `select table_name from information_schema.tables where table_schema = 'public' order by 1`,
    );
    const known = Object.values(TABLES).map((table) => getTableName(table));
    expect(found.map((row) => row.table_name)).toEqual([...known, 'schema_migrations'].sort());
  });

  test.each(Object.values(TABLES).map((table) => [getTableName(table), table as PgTable]))(
    '%s has the same columns, of the same types',
    async (name, table) => {
      const found = await rows<{ column: string; type: string; not_null: boolean; has_default: boolean }>(
        `select attname as column, format_type(atttypid, atttypmod) as type, attnotnull as not_null,
           atthasdef as has_default
         from pg_attribute where attrelid = '${name}'::regclass and attnum > 0 and not attisdropped order by 1`,
      );
      const known = getTableConfig(table).columns.map((column) => ({
        column: column.name,
        type: column.getSQLType(),
        not_null: column.notNull,
        has_default: column.hasDefault,
      }));
      expect(found).toEqual(known.sort((a, b) => (a.column < b.column ? -1 : 1)));
    },
  );

  test.each(Object.values(TABLES).map((table) => [getTableName(table), table as PgTable]))(
    '%s has the same indexes and keys',
    async (name, table) => {
      const found = await rows<{ index: string; unique: boolean; columns: string[]; partial: boolean }>(
        `select relname as index, indisunique as unique, indpred is not null as partial,
           (select json_agg(attname order by place) from unnest(indkey::int[]) with ordinality as at (number, place)
            join pg_attribute on attrelid = indrelid and attnum = at.number) as columns
         from pg_index join pg_class on pg_class.oid = indexrelid
         where indrelid = '${name}'::regclass order by 1`,
      );
      expect(found.sort((a, b) => (a.index < b.index ? -1 : 1))).toEqual(indexesOf(table));
    },
  );

  test.each(Object.values(TABLES).map((table) => [getTableName(table), table as PgTable]))(
    '%s refers to the same tables',
    async (name, table) => {
      const found = await rows<{ from: string; to: string; on_delete: string }>(
        `select attname as from, confrelid::regclass::text as to,
           case confdeltype when 'c' then 'cascade' when 'n' then 'set null' else 'no action' end as on_delete
         from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1]
         where contype = 'f' and conrelid = '${name}'::regclass order by 1`,
      );
      const known = getTableConfig(table).foreignKeys.map((foreignKey) => {
        const { columns, foreignTable } = foreignKey.reference();
        return {
          from: columns[0]?.name,
          to: getTableName(foreignTable),
          on_delete: foreignKey.onDelete ?? 'no action',
        };
      });
      expect(found).toEqual(known.sort((a, b) => (String(a.from) < String(b.from) ? -1 : 1)));
    },
  );
});

function indexesOf(table: PgTable) {
  const { name, columns, indexes, primaryKeys } = getTableConfig(table);
  const names = (list: readonly unknown[]) => list.map((column) => (column as { name: string }).name);
  return [
    ...columns
      .filter(({ primary }) => primary)
      .map((column) => ({ index: `${name}_pkey`, unique: true, partial: false, columns: [column.name] })),
    ...primaryKeys.map((key) => ({
      index: key.getName(),
      unique: true,
      partial: false,
      columns: names(key.columns),
    })),
    ...indexes.map(({ config }) => ({
      index: config.name,
      unique: config.unique,
      partial: config.where !== undefined,
      columns: names(config.columns),
    })),
  ].sort((a, b) => (String(a.index) < String(b.index) ? -1 : 1));
}
