import { dumpTables, type TableDump } from '@switchyard/catchup-data/testing';
import type { Connected, Story } from './story.js';

export type RowCounts = Readonly<Record<string, readonly number[]>>;

/** Rows of each table that belong to each user, in the order of the users; tables without any are left out. Pure. */
export function countRows(
  dump: TableDump,
  users: readonly { readonly id: string; readonly accountIds: readonly string[] }[],
): RowCounts {
  const belongsTo = (row: Readonly<Record<string, unknown>>, { id, accountIds }: (typeof users)[number]) =>
    row.userId === id || accountIds.includes(String(row.accountId));
  return Object.fromEntries(
    Object.entries(dump)
      .map(([name, rows]) => {
        const counts = users.map((user) =>
          name === 'users'
            ? rows.filter(({ id }) => id === user.id).length
            : rows.filter((row) => belongsTo(row, user)).length,
        );
        return [name, counts] as const;
      })
      .filter(([, counts]) => counts.some((count) => count > 0)),
  );
}

export async function showTables(
  { world, tell }: Story,
  connected: readonly Connected[],
): Promise<RowCounts> {
  const counts = countRows(
    await dumpTables(world.data),
    connected.map(({ user, accounts }) => ({ id: user.id, accountIds: accounts.map(({ id }) => id) })),
  );
  tell.table(
    ['rows in', ...connected.map(({ member }) => member.name)],
    Object.entries(counts).map(([name, each]) => [inSnakeCase(name), ...each]),
  );
  return counts;
}

const inSnakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
