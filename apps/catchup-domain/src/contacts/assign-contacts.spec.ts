import fc from 'fast-check';
import { addressBook, aPerson } from '../spec-support/people.js';
import { assignContacts, type KnownContact } from './assign-contacts.js';
import { groupPeople } from './group-people.js';

const group = (...keys: string[]) => keys.map((key) => aPerson({ key }));
const known = (id: string, sourceKeys: string[], rest: Partial<KnownContact> = {}): KnownContact => ({
  id,
  sourceKeys,
  createdAt: new Date(0),
  touched: false,
  ...rest,
});

describe('a contact', () => {
  it('is emptied when none of its entries is left', () => {
    expect(assignContacts([group('a')], [known('gone', ['b'])])).toEqual({
      contactIds: [null],
      merged: [],
      split: [],
      emptied: ['gone'],
    });
  });

  it('that never had an entry is let alone', () => {
    expect(assignContacts([], [known('by hand', [])]).emptied).toEqual([]);
  });

  it('goes on with its entries, and with those that join them', () => {
    const { contactIds, merged } = assignContacts([group('a', 'b'), group('c')], [known('1', ['a'])]);
    expect(contactIds).toEqual(['1', null]);
    expect(merged).toEqual([]);
  });

  it('gives way where two become one: to one that the user touched, to more entries, to the older', () => {
    const one = [group('a', 'b', 'c')];
    const young = new Date(1000);
    expect(assignContacts(one, [known('1', ['a', 'b']), known('2', ['c'], { touched: true })])).toMatchObject(
      {
        contactIds: ['2'],
        merged: [{ from: '1', into: 0 }],
      },
    );
    expect(assignContacts(one, [known('1', ['c']), known('2', ['a', 'b'])]).contactIds).toEqual(['2']);
    expect(
      assignContacts(one, [known('1', ['c'], { createdAt: young }), known('2', ['a'])]).contactIds,
    ).toEqual(['2']);
    expect(assignContacts(one, [known('2', ['c']), known('1', ['a'])]).contactIds).toEqual(['1']);
  });

  it('stays with most of its entries where they part', () => {
    const parted = assignContacts([group('a'), group('b', 'c')], [known('1', ['a', 'b', 'c'])]);
    expect(parted.contactIds).toEqual([null, '1']);
    expect(parted.split).toEqual([{ from: '1', into: 0 }]);
    expect(parted.merged).toEqual([]);
  });
});

describe('an assignment', () => {
  /** What was grouped before, and what is grouped now, of one address book. */
  const history = addressBook().chain((book) =>
    fc.record({
      before: fc.subarray(book),
      after: fc.subarray(book),
      touched: fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
    }),
  );
  const contactsOf = (people: Parameters<typeof groupPeople>[0], touched: readonly boolean[] = []) =>
    groupPeople(people).map((entries, n) =>
      known(
        `contact ${n}`,
        entries.map(({ key }) => key),
        { touched: touched[n] ?? false },
      ),
    );

  it('accounts for every contact and every group exactly once', () => {
    fc.assert(
      fc.property(history, ({ before, after, touched }) => {
        const contacts = contactsOf(before, touched);
        const groups = groupPeople(after);
        const { contactIds, merged, split, emptied } = assignContacts(groups, contacts);
        const going = contactIds.filter((id) => id !== null);
        const ends = [...going, ...merged.map(({ from }) => from), ...emptied];
        expect([...ends].sort()).toEqual(contacts.map(({ id }) => id).sort());
        for (const { into } of merged) expect(contactIds[into]).not.toBeNull();
        for (const { into } of split) expect(contactIds[into]).toBeNull();
      }),
    );
  });

  it('does not depend on the order of contacts', () => {
    fc.assert(
      fc.property(history, ({ before, after, touched }) => {
        const contacts = contactsOf(before, touched);
        const { merged, ...rest } = assignContacts(groupPeople(after), contacts);
        const again = assignContacts(groupPeople(after), [...contacts].reverse());
        expect({ ...again, merged: again.merged.length, emptied: [...again.emptied].sort() }).toEqual({
          ...rest,
          merged: merged.length,
          emptied: [...rest.emptied].sort(),
        });
      }),
    );
  });

  it('changes nothing where nothing changed', () => {
    fc.assert(
      fc.property(addressBook(), (book) => {
        const contacts = contactsOf(book);
        expect(assignContacts(groupPeople(book), contacts)).toEqual({
          contactIds: contacts.map(({ id }) => id),
          merged: [],
          split: [],
          emptied: [],
        });
      }),
    );
  });
});
