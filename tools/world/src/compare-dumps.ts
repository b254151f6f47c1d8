import type { TableDump } from '@switchyard/catchup-data/testing';

export interface Comparison {
  readonly rows: number;
  /** Names of tables that differ. */
  readonly different: readonly string[];
}

/** What tells when somebody looked, and nothing of what was found; Google gives a new token for every look. */
const LOG_OF_RUNS = new Set([
  'syncToken',
  'lastFullAt',
  'lastIncrementalAt',
  'nextSyncAt',
  'changeHistory',
  'updatedAt',
]);

/**
 * Whether two dumps have the same rows. Of `syncState` everything counts but what every look changes: when it was,
 * and the sync token. Pure.
 */
export function compareDumps(before: TableDump, after: TableDump): Comparison {
  const names = Object.keys(before) as (keyof TableDump)[];
  const rowsOf = (dump: TableDump, name: keyof TableDump) =>
    name === 'syncState' ? dump[name].map(withoutLog) : dump[name];
  return {
    rows: names.reduce((sum, name) => sum + before[name].length, 0),
    different: names.filter(
      (name) => JSON.stringify(sorted(rowsOf(before, name))) !== JSON.stringify(sorted(rowsOf(after, name))),
    ),
  };
}

type Row = Readonly<Record<string, unknown>>;

const withoutLog = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !LOG_OF_RUNS.has(column)));

const sorted = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
