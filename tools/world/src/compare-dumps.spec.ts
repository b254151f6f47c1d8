import type { TableDump } from '@switchyard/catchup-data/testing';
import { compareDumps } from './compare-dumps.js';

const dumpOf = (tables: Record<string, readonly object[]>) => tables as unknown as TableDump;
const state = {
  accountId: 'a',
  resource: 'contacts',
  syncToken: 't1',
  intervalSeconds: 60,
  updatedAt: new Date(1),
};
const before = dumpOf({
  users: [{ id: 'u', updatedAt: new Date(1) }],
  contacts: [{ id: 'c' }],
  syncState: [state],
});

test.each([
  ['a row more', { contacts: [{ id: 'c' }, { id: 'd' }] }, ['contacts']],
  ['a row less', { contacts: [] }, ['contacts']],
  ['a row that was written again', { users: [{ id: 'u', updatedAt: new Date(2) }] }, ['users']],
  ['another interval', { syncState: [{ ...state, intervalSeconds: 61 }] }, ['syncState']],
])('%s is a difference', (_, change, different) => {
  expect(compareDumps(before, { ...before, ...dumpOf(change) })).toEqual({ rows: 3, different });
});

test('when somebody looked is none', () => {
  const later = dumpOf({ syncState: [{ ...state, syncToken: 't2', updatedAt: new Date(2) }] });
  expect(compareDumps(before, { ...before, ...later })).toEqual({ rows: 3, different: [] });
});
