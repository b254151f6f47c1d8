import type { TableDump } from '@switchyard/catchup-data/testing';
import { countRows } from './show-tables.js';

test('rows belong to a user by the user or by an account; empty tables are left out', () => {
  const dump = {
    users: [{ id: 'anna' }, { id: 'ben' }],
    syncState: [{ accountId: 'a1' }, { accountId: 'a2' }, { accountId: 'b1' }],
    contacts: [{ userId: 'anna' }, { userId: 'somebody else' }],
    calendars: [{ userId: 'ben', accountId: 'b1' }],
    syncLeases: [],
  } as unknown as TableDump;
  const users = [
    { id: 'anna', accountIds: ['a1', 'a2'] },
    { id: 'ben', accountIds: ['b1'] },
  ];
  expect(countRows(dump, users)).toEqual({
    users: [1, 1],
    syncState: [2, 1],
    contacts: [1, 0],
    calendars: [0, 1],
  });
});
