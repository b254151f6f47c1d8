import fc from 'fast-check';
import { phoneKey } from '../contacts/phone-key.js';
import type { SourcePerson } from '../contacts/source-person.js';

export interface PersonSketch {
  readonly key: string;
  readonly name?: string | null;
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
  readonly organization?: string | null;
  readonly changedAt?: string | null;
}

/** An entry of an address book from what matters about it; the first address is the preferred one. */
export function aPerson({
  key,
  name,
  emails = [],
  phones = [],
  organization,
  changedAt,
}: PersonSketch): SourcePerson {
  return {
    key,
    fields: {
      displayName: name ?? '',
      givenName: null,
      familyName: null,
      nickname: null,
      organization: organization ?? null,
      jobTitle: null,
      birthday: null,
      photoUrl: null,
      notes: null,
      starred: false,
      emails: emails.map((value) => ({ value: value.toLowerCase(), label: null })),
      phones: phones.map((value) => ({ value: phoneKey(value, 'GB') ?? value, label: null })),
      changedAt: changedAt ?? null,
    },
  };
}

/** Texts that software trips over. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '\0',
    '\ud800',
    '@',
    'a@b',
    '"a b"@c.de',
    '\u202egnp.exe',
    "'; --",
    '+',
    ';ext=1',
  ),
);

/**
 * Address books in which people meet: few names and few addresses, some of them spelt differently, some hostile.
 * Every key occurs once.
 */
export const addressBook = (maxPeople = 14): fc.Arbitrary<SourcePerson[]> =>
  fc
    .array(
      fc.record({
        name: fc.option(
          fc.oneof(
            { weight: 5, arbitrary: fc.constantFrom('Ann', 'ánn ', 'Bo', 'Cy', 'Di', 'Ed', 'Flo', 'Gus') },
            { weight: 1, arbitrary: hostileText },
          ),
        ),
        emails: fc.array(
          fc.oneof(
            {
              weight: 5,
              arbitrary: fc.constantFrom('a@x.org', 'A@X.org', 'b@x.org', 'c@x.org', 'd@x.org', 'info@x.org'),
            },
            { weight: 2, arbitrary: fc.constantFrom('a.b@gmail.com', 'ab+x@googlemail.com') },
            { weight: 1, arbitrary: hostileText },
          ),
          { maxLength: 3 },
        ),
        phones: fc.array(
          fc.oneof(
            {
              weight: 5,
              arbitrary: fc.constantFrom(
                '020 7946 0001',
                '+44 20 7946 0001',
                '020 7946 0002',
                '020 7946 0003',
              ),
            },
            { weight: 1, arbitrary: hostileText },
          ),
          { maxLength: 2 },
        ),
        changedAt: fc.option(fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z')),
        organization: fc.option(fc.constantFrom('Post', 'Rail')),
      }),
      { maxLength: maxPeople },
    )
    .map((people) => people.map((person, n) => aPerson({ ...person, key: `k${n}` })));
