import fc from 'fast-check';
import { emailKey } from '../contacts/email-key.js';
import { phoneKey } from '../contacts/phone-key.js';
import type { PersonAddress, SourcePerson } from '../contacts/source-person.js';

export interface PersonSketch {
  readonly key: string;
  readonly name?: string | null;
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
  readonly organization?: string | null;
  readonly updatedAt?: string | null;
}

/** An entry of an address book from what matters about it; the first address is the primary one. */
export function aPerson({ key, name = null, emails = [], phones = [], ...rest }: PersonSketch): SourcePerson {
  const addresses = (values: readonly string[], keyOf: (value: string) => string | undefined) =>
    values.map((value, n): PersonAddress => ({
      value,
      key: keyOf(value) ?? null,
      label: null,
      primary: n === 0,
    }));
  return {
    key,
    name: name === null ? null : { display: name, given: null, family: null },
    emails: addresses(emails, emailKey),
    phones: addresses(phones, (value) => phoneKey(value, 'GB')),
    organization: rest.organization ?? null,
    photoUrl: null,
    updatedAt: rest.updatedAt ?? null,
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
        updatedAt: fc.option(fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z')),
        organization: fc.option(fc.constantFrom('Post', 'Rail')),
      }),
      { maxLength: maxPeople },
    )
    .map((people) => people.map((person, n) => aPerson({ ...person, key: `k${n}` })));
