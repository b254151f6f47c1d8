import type { ContactFields, LabelledAddress } from '@switchyard/catchup-data';
import fc from 'fast-check';
import { addressBook, aPerson } from '../spec-support/people.js';
import { emailKey } from './email-key.js';
import { mergePeople } from './merge-people.js';

const january = '2026-01-01T00:00:00.000Z';
const february = '2026-02-01T00:00:00.000Z';

describe('one person of several entries', () => {
  it('is called by an organization or an address where no entry has a name', () => {
    const called = (sketch: object) => mergePeople([aPerson({ key: 'a', ...sketch })]).displayName;
    expect(called({})).toBe('Nameless');
    expect(called({ phones: ['020 7946 0001'] })).toBe('+442079460001');
    expect(called({ phones: ['020 7946 0001'], emails: ['a@x.org'] })).toBe('a@x.org');
    expect(called({ organization: 'Post', emails: ['a@x.org'] })).toBe('Post');
  });

  it('has each field of the entry that changed last, and what that lacks of the next', () => {
    const merged = mergePeople([
      aPerson({ key: 'a', name: 'Undated', organization: 'Post' }),
      aPerson({ key: 'b', name: 'January', organization: 'Rail', changedAt: january }),
      aPerson({ key: 'c', name: 'February', changedAt: february }),
    ]);
    expect(merged.displayName).toBe('February');
    expect(merged.organization).toBe('Rail');
  });

  it('has every address once, the primary ones in front', () => {
    const { emails } = mergePeople([
      aPerson({ key: 'a', emails: ['old@x.org', 'Both@x.org', 'n/a'], changedAt: january }),
      aPerson({ key: 'b', emails: ['new@x.org', 'both@X.ORG', 'n/a'], changedAt: february }),
    ]);
    expect(emails.map(({ value }) => value)).toEqual(['new@x.org', 'old@x.org', 'both@x.org', 'n/a']);
  });

  it('does not depend on the order, loses no address and invents none', () => {
    const shuffled = addressBook().chain((book) =>
      fc.tuple(fc.constant(book), fc.shuffledSubarray(book, { minLength: book.length })),
    );
    fc.assert(
      fc.property(shuffled, ([book, again]) => {
        const merged = mergePeople(book);
        expect(mergePeople(again)).toEqual(merged);
        const said = (of: (fields: ContactFields) => readonly LabelledAddress[]) =>
          new Set(book.flatMap(({ fields }) => of(fields).map(({ value }) => emailKey(value) ?? value)));
        const kept = (list: readonly LabelledAddress[]) => list.map(({ value }) => emailKey(value) ?? value);
        expect(kept(merged.emails).sort()).toEqual([...said(({ emails }) => emails)].sort());
        expect(kept(merged.phones).sort()).toEqual([...said(({ phones }) => phones)].sort());
      }),
    );
  });
});
