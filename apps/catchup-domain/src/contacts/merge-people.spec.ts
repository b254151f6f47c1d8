import fc from 'fast-check';
import { addressBook, aPerson } from '../spec-support/people.js';
import { mergePeople } from './merge-people.js';

const january = '2026-01-01T00:00:00.000Z';
const february = '2026-02-01T00:00:00.000Z';

describe('one person of several entries', () => {
  it('is called by an organization or an address where no entry has a name', () => {
    const called = (sketch: object) => mergePeople([aPerson({ key: 'a', ...sketch })]).name.display;
    expect(called({})).toBe('Nameless');
    expect(called({ phones: ['020 7946 0001'] })).toBe('020 7946 0001');
    expect(called({ phones: ['020 7946 0001'], emails: ['a@x.org'] })).toBe('a@x.org');
    expect(called({ organization: 'Post', emails: ['a@x.org'] })).toBe('Post');
  });

  it('has each field of the entry that changed last, and what that lacks of the next', () => {
    const merged = mergePeople([
      aPerson({ key: 'a', name: 'Undated', organization: 'Post' }),
      aPerson({ key: 'b', name: 'January', organization: 'Rail', updatedAt: january }),
      aPerson({ key: 'c', name: 'February', updatedAt: february }),
    ]);
    expect(merged.name.display).toBe('February');
    expect(merged.organization).toBe('Rail');
  });

  it('has every address once, the primary ones in front', () => {
    const { emails } = mergePeople([
      aPerson({ key: 'a', emails: ['old@x.org', 'Both@x.org', 'n/a'], updatedAt: january }),
      aPerson({ key: 'b', emails: ['new@x.org', 'both@X.ORG', 'n/a'], updatedAt: february }),
    ]);
    expect(emails.map(({ value, primary }) => [value, primary])).toEqual([
      ['new@x.org', true],
      ['old@x.org', false],
      ['both@X.ORG', false],
      ['n/a', false],
    ]);
  });

  it('does not depend on the order, loses no address and invents none', () => {
    const shuffled = addressBook().chain((book) =>
      fc.tuple(fc.constant(book), fc.shuffledSubarray(book, { minLength: book.length })),
    );
    fc.assert(
      fc.property(shuffled, ([book, again]) => {
        const merged = mergePeople(book);
        expect(mergePeople(again)).toEqual(merged);
        const keys = (list: readonly { key: string | null; value: string }[]) =>
          [...new Set(list.map(({ key, value }) => key ?? `text ${value}`))].sort();
        expect(keys(merged.emails)).toEqual(keys(book.flatMap(({ emails }) => emails)));
        expect(keys(merged.phones)).toEqual(keys(book.flatMap(({ phones }) => phones)));
        expect(merged.emails.length).toBe(keys(merged.emails).length);
      }),
    );
  });
});
