import fc from 'fast-check';
import { addressBook, aPerson } from '../spec-support/people.js';
import type { KnownContact } from './assign-contacts.js';
import { planContacts } from './plan-contacts.js';
import type { SourcePerson } from './source-person.js';

/** Contacts as a database would keep them, without one. */
function aBookOfContacts() {
  let known: KnownContact[] = [];
  let ids = 0;
  const keep = (people: readonly SourcePerson[]) => {
    const plan = planContacts(people, known);
    const touchedBefore = new Set(known.filter(({ touched }) => touched).map(({ id }) => id));
    known = plan.contacts.map(({ id, sourceKeys }, n) => ({
      id: id ?? `contact ${ids++}`,
      createdAt: new Date(ids),
      sourceKeys,
      touched:
        (id !== null && touchedBefore.has(id)) ||
        plan.merged.some(({ from, into }) => into === n && touchedBefore.has(from)),
    }));
    return plan;
  };
  return {
    keep,
    touch: (key: string) => {
      known = known.map((contact) =>
        contact.sourceKeys.includes(key) ? { ...contact, touched: true } : contact,
      );
    },
    idOf: (key: string) => known.find(({ sourceKeys }) => sourceKeys.includes(key))?.id,
    touchedIdsOf: (key: string) =>
      known.filter((c) => c.touched && c.sourceKeys.includes(key)).map(({ id }) => id),
    who: () => known.map(({ sourceKeys }) => sourceKeys.join()).sort(),
  };
}

const whoOf = (people: readonly SourcePerson[]) => {
  const fresh = aBookOfContacts();
  fresh.keep(people);
  return fresh.who();
};

describe('contacts', () => {
  /** Versions of one address book: each step replaces, adds or removes some entries. */
  const versions = fc.array(addressBook(10), { minLength: 1, maxLength: 5 });

  it('are the same people however the entries came', () => {
    fc.assert(
      fc.property(versions, (steps) => {
        const contacts = aBookOfContacts();
        for (const people of steps) contacts.keep(people);
        expect(contacts.who()).toEqual(whoOf(steps.at(-1) ?? []));
      }),
    );
  });

  it('are the same people in whichever parts a listing came', () => {
    fc.assert(
      fc.property(addressBook(), fc.integer({ min: 1, max: 5 }), (book, pageSize) => {
        const contacts = aBookOfContacts();
        for (let end = pageSize; end < book.length + pageSize; end += pageSize)
          contacts.keep(book.slice(0, end));
        expect(contacts.who()).toEqual(whoOf(book));
      }),
    );
  });

  it('are not planned anew where nothing changed', () => {
    fc.assert(
      fc.property(versions, (steps) => {
        const contacts = aBookOfContacts();
        for (const people of steps) contacts.keep(people);
        const ids = (steps.at(-1) ?? []).map(({ key }) => contacts.idOf(key));
        const plan = contacts.keep(steps.at(-1) ?? []);
        expect(plan).toMatchObject({ merged: [], split: [], emptied: [] });
        expect((steps.at(-1) ?? []).map(({ key }) => contacts.idOf(key))).toEqual(ids);
      }),
    );
  });

  it('keep what the user did, as long as any entry of theirs is left', () => {
    fc.assert(
      fc.property(versions, (steps) => {
        const contacts = aBookOfContacts();
        const [first = [], ...later] = steps;
        contacts.keep(first);
        const touched = first[0]?.key;
        fc.pre(touched !== undefined);
        contacts.touch(touched);
        for (const people of later) {
          const survives = people.some(({ key }) => contacts.touchedIdsOf(key).length > 0);
          contacts.keep(people);
          if (!survives) return;
          expect(people.some(({ key }) => contacts.touchedIdsOf(key).length > 0)).toBe(true);
        }
      }),
    );
  });

  it('come apart again when what they shared is gone, and keep their ids when it comes back', () => {
    const contacts = aBookOfContacts();
    const one = aPerson({ key: 'a', name: 'Ann', emails: ['ann@x.org', 'shared@x.org'] });
    const other = aPerson({ key: 'b', name: 'Bo', emails: ['shared@x.org'] });
    const alone = aPerson({ key: 'b', name: 'Bo', emails: ['bo@x.org'] });
    contacts.keep([one, alone]);
    const [id, otherId] = [contacts.idOf('a'), contacts.idOf('b')];
    expect(contacts.keep([one, other]).merged).toEqual([{ from: otherId, into: 0 }]);
    expect(contacts.idOf('b')).toBe(id);
    expect(contacts.keep([one, alone]).split).toEqual([{ from: id, into: 1 }]);
    expect(contacts.idOf('a')).toBe(id);
    expect(contacts.idOf('b')).not.toBe(id);
  });
});
