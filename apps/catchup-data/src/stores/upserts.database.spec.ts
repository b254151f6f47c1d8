import type { Data } from '../index.js';
import { describeOnBothDatabases } from '../spec-support/both-databases.js';
import { aCalendar, aContact, addAda, anEvent, aUser, LATER, NOW } from '../spec-support/rows.js';
import { dumpTables } from '../testing/dump-tables.js';

const later = { updatedAt: LATER, createdAt: LATER };

describeOnBothDatabases('upserts', (open) => {
  let data: Data;
  beforeEach(async () => {
    data = await open();
    await addAda(data);
  });

  test('rows that say the same are left alone, when they were written too', async () => {
    await data.events.upsert([anEvent('lunch', { attendees: [], recurrence: ['RRULE:FREQ=DAILY'] })]);
    await data.syncState.save({ accountId: 'ada-google', resource: 'contacts', syncToken: 'one', ...later });
    const before = await dumpTables(data);
    const again = await Promise.all([
      data.users.save({ ...aUser(), ...later }),
      data.contacts.upsert([{ ...aContact(), ...later }]),
      data.calendars.upsert([{ ...aCalendar('another-id'), externalId: 'work@example.org', ...later }]),
      data.events.upsert([anEvent('lunch', { attendees: [], recurrence: ['RRULE:FREQ=DAILY'], ...later })]),
      data.syncState.save({ accountId: 'ada-google', resource: 'contacts', syncToken: 'one', ...later }),
    ]);
    for (const { inserted, updated, unchanged } of again)
      expect([inserted, updated, unchanged]).toEqual([[], [], 1]);
    expect(await dumpTables(data)).toEqual(before);
  });

  test('what is new, what changed and what did not are told apart, with their ids', async () => {
    await data.events.upsert(['one', 'two'].map((id) => anEvent(id)));
    const { inserted, updated, unchanged } = await data.events.upsert([
      anEvent('one', later),
      anEvent('made-up', { externalId: 'ext-two', summary: 'Changed', ...later }),
      anEvent('three', later),
    ]);
    expect(inserted).toEqual([expect.objectContaining({ id: 'three', createdAt: LATER, updatedAt: LATER })]);
    expect(updated).toEqual([
      expect.objectContaining({ id: 'two', summary: 'Changed', createdAt: NOW, updatedAt: LATER }),
    ]);
    expect(unchanged).toBe(1);
  });

  test.each([
    ['to null', { summary: 'x' }, { summary: null }],
    ['from null', { summary: null }, { summary: 'x' }],
    ['in the order of a list', { recurrence: ['a', 'b'] }, { recurrence: ['b', 'a'] }],
    ['by a millisecond', { providerUpdatedAt: NOW }, { providerUpdatedAt: new Date(NOW.getTime() + 1) }],
  ])('a change %s is a change', async (_, before, after) => {
    await data.events.upsert([anEvent('one', before)]);
    expect(await data.events.upsert([anEvent('one', { ...after, ...later })])).toMatchObject({
      updated: [{ id: 'one', ...after }],
    });
  });

  test('of two rows with the same key the later one counts', async () => {
    const { inserted } = await data.events.upsert([
      anEvent('one', { summary: 'a' }),
      anEvent('one', { summary: 'b' }),
    ]);
    expect(inserted).toEqual([expect.objectContaining({ summary: 'b' })]);
  });

  test('thousands go in a few statements, and nothing goes for nothing', async () => {
    const many = Array.from({ length: 2500 }, (_, n) => ({
      ...aContact(`contact-${n}`),
      givenName: `Name ${n}`,
    }));
    expect((await data.contacts.upsert(many)).inserted).toHaveLength(2500);
    const [first] = many;
    const changed = many.map((row) => (row === first ? { ...row, givenName: 'Other' } : row));
    expect(await data.contacts.upsert(changed)).toMatchObject({
      updated: [{ id: 'contact-0' }],
      unchanged: 2499,
    });
    expect(await data.contacts.upsert([])).toEqual({ inserted: [], updated: [], unchanged: 0 });
    const ids = many.map(({ id }) => id);
    expect(await data.contacts.markDeleted(ids, LATER)).toHaveLength(2500);
    expect(await data.contacts.markDeleted(ids, LATER)).toEqual([]);
  });

  test('two that write the same rows at once in another order do not lock up', async () => {
    const rows = Array.from({ length: 300 }, (_, n) => aContact(`contact-${n}`));
    const write = (name: string, list: typeof rows) =>
      data.contacts.upsert(list.map((row) => ({ ...row, displayName: name })));
    await Promise.all([
      write('a', rows),
      write('b', rows.toReversed()),
      write('c', rows),
      write('d', rows.toReversed()),
    ]);
    const names = new Set(
      (await data.contacts.list('ada', { limit: 1000 })).slice(0, 300).map((row) => row.displayName),
    );
    expect(names.size).toBe(1);
  });

  test('what the user decided is not overwritten by what a provider says', async () => {
    await data.calendars.setSelected('work', false, NOW);
    await data.contacts.setPersonal('grace', { closeness: 0.9, muted: true }, NOW);
    await data.calendars.upsert([{ ...aCalendar(), summary: 'Renamed', ...later }]);
    await data.contacts.upsert([{ ...aContact(), displayName: 'Renamed', ...later }]);
    expect(await data.calendars.get('work')).toMatchObject({ summary: 'Renamed', selected: false });
    expect(await data.contacts.get('grace')).toMatchObject({
      displayName: 'Renamed',
      closeness: 0.9,
      muted: true,
    });
  });

  test('the columns of a sync state that are not given stay', async () => {
    const key = { accountId: 'ada-google', resource: 'contacts' };
    await data.syncState.save({ ...key, syncToken: 'one', intervalSeconds: 60, ...later });
    await data.syncState.save({ ...key, failureCount: 1, lastFailure: 'timeout', ...later });
    expect(await data.syncState.get('ada-google', 'contacts')).toMatchObject({
      syncToken: 'one',
      intervalSeconds: 60,
      failureCount: 1,
    });
    await data.syncState.save({ ...key, syncToken: null, ...later });
    expect(await data.syncState.get('ada-google', 'contacts')).toMatchObject({
      syncToken: null,
      failureCount: 1,
    });
  });
});
