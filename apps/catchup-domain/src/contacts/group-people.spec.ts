import fc from 'fast-check';
import { addressBook, aPerson } from '../spec-support/people.js';
import { groupPeople } from './group-people.js';
import { addressKeys, type SourcePerson } from './source-person.js';

const keysOf = (groups: readonly (readonly SourcePerson[])[]) =>
  groups.map((group) => group.map(({ key }) => key));
const grouped = (...people: Parameters<typeof aPerson>[0][]) => keysOf(groupPeople(people.map(aPerson)));
const colleagues = (count: number, address: object) =>
  Array.from({ length: count }, (_, n) => ({ key: `k${n}`, name: `Name ${n}`, ...address }));

describe('two entries', () => {
  it('stay apart when they share a name alone', () => {
    expect(grouped({ key: 'a', name: 'Ann Lee' }, { key: 'b', name: 'Ann Lee' })).toEqual([['a'], ['b']]);
    expect(
      grouped(
        { key: 'a', name: 'Ann Lee', emails: ['ann@x.org'] },
        { key: 'b', name: 'Ann Lee', emails: ['ann@y.org'] },
      ),
    ).toHaveLength(2);
  });

  it('stay apart when what they share is no address', () => {
    for (const emails of [['n/a'], ['-'], ['@'], ['ann@localhost'], ['']]) {
      expect(grouped({ key: 'a', emails }, { key: 'b', emails })).toHaveLength(2);
    }
    for (const phones of [['-'], ['1'], ['unknown'], ['112'], ['0'.repeat(40)]]) {
      expect(grouped({ key: 'a', phones }, { key: 'b', phones })).toHaveLength(2);
    }
  });

  it('are one when an address of theirs reaches the same', () => {
    expect(grouped({ key: 'b', emails: ['Ann@X.org'] }, { key: 'a', emails: ['ann@x.ORG'] })).toEqual([
      ['a', 'b'],
    ]);
    expect(
      grouped({ key: 'a', phones: ['020 7946 0001'] }, { key: 'b', phones: ['+44 20 7946-0001'] }),
    ).toEqual([['a', 'b']]);
  });

  it('are one along a chain of others', () => {
    expect(
      grouped(
        { key: 'a', emails: ['1@x.org'] },
        { key: 'c', emails: ['2@x.org'], phones: ['020 7946 0001'] },
        { key: 'b', emails: ['1@x.org', '2@x.org'] },
        { key: 'd', phones: ['020 7946 0001'] },
      ),
    ).toEqual([['a', 'b', 'c', 'd']]);
  });
});

describe('a shared address', () => {
  it('does not glue a hundred colleagues together, but does their duplicates', () => {
    const switchboard = { phones: ['020 7946 0001'] };
    const twice = { key: 'k5 again', name: 'NAME 5', ...switchboard };
    const groups = grouped(...colleagues(100, switchboard), twice);
    expect(groups).toHaveLength(100);
    expect(groups).toContainEqual(['k5', 'k5 again']);
  });

  it('is one that more than three names have', () => {
    const landline = { phones: ['020 7946 0001'] };
    expect(grouped(...colleagues(3, landline))).toHaveLength(1);
    expect(grouped(...colleagues(4, landline))).toHaveLength(4);
  });

  it('does not become one by the same name many times', () => {
    const people = Array.from({ length: 20 }, (_, n) => ({
      key: `k${n}`,
      name: 'Ann',
      emails: ['a@x.org'],
    }));
    expect(grouped(...people)).toHaveLength(1);
  });

  it('is the mailbox of an office from the start', () => {
    expect(grouped(...colleagues(2, { emails: ['Info@firm.example.com'] }))).toHaveLength(2);
    const namesakes = ['a', 'b'].map((key) => ({ key, name: 'Firm', emails: ['info@firm.example.com'] }));
    expect(grouped(...namesakes)).toHaveLength(1);
  });

  it('says nothing about those without a name', () => {
    const nameless = Array.from({ length: 4 }, (_, n) => ({ key: `k${n}`, phones: ['020 7946 0001'] }));
    expect(grouped(...nameless)).toHaveLength(4);
  });

  it('is any in a chain of too many names', () => {
    const chain = Array.from({ length: 9 }, (_, n) => ({
      key: `k${n}`,
      name: `Name ${n}`,
      emails: [`${n}@x.org`, `${n + 1}@x.org`],
    }));
    expect(grouped(...chain.slice(1))).toHaveLength(1);
    expect(grouped(...chain)).toHaveLength(9);
  });
});

describe('grouping', () => {
  const shuffledBook = addressBook().chain((book) =>
    fc.tuple(fc.constant(book), fc.shuffledSubarray(book, { minLength: book.length })),
  );

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(shuffledBook, ([book, shuffled]) => {
        expect(groupPeople(shuffled)).toEqual(groupPeople(book));
      }),
    );
  });

  it('loses nobody and invents nobody', () => {
    fc.assert(
      fc.property(addressBook(), (book) => {
        const all = groupPeople(book).flat();
        expect(all.map(({ key }) => key).sort()).toEqual(book.map(({ key }) => key).sort());
      }),
    );
  });

  it('finds the same again within what it found', () => {
    fc.assert(
      fc.property(addressBook(), (book) => {
        for (const group of groupPeople(book)) expect(groupPeople(group)).toEqual([group]);
      }),
    );
  });

  it('puts nobody together who has no address in common with anybody of the group', () => {
    fc.assert(
      fc.property(addressBook(), (book) => {
        for (const group of groupPeople(book).filter(({ length }) => length > 1)) {
          for (const one of group) {
            const others = new Set(group.filter((other) => other !== one).flatMap(addressesOf));
            expect(addressesOf(one).some((address) => others.has(address))).toBe(true);
          }
        }
      }),
    );
  });

  it('bounds the names of a group', () => {
    const crowd = addressBook(60);
    fc.assert(
      fc.property(crowd, fc.integer({ min: 1, max: 9 }), (book, maxNamesPerGroup) => {
        for (const group of groupPeople(book, { maxNamesPerGroup })) {
          const names = new Set(group.map(({ key, fields }) => fields.displayName || key));
          // "Ann" and "ánn " are one name, spelt twice.
          expect(names.size).toBeLessThanOrEqual(maxNamesPerGroup + (names.has('Ann') ? 1 : 0));
        }
      }),
    );
  });
});

const addressesOf = ({ fields }: SourcePerson): string[] => [...addressKeys(fields)];
