import type { PersonFields } from './person.js';

const MEMBERSHIP = { contactGroupMembership: { contactGroupId: 'myContacts' } };

/** Shapes that real address books hold and that clients trip over. Every user with enough contacts has all of them. */
export const HOSTILE_CONTACTS: readonly PersonFields[] = [
  // Nothing but membership in a group.
  { memberships: [MEMBERSHIP] },
  { phoneNumbers: [{ value: '110' }] },
  { emailAddresses: [{ value: 'nobody@example.com' }] },
  {
    organizations: [{ name: 'Nameless GmbH' }],
    phoneNumbers: [{ value: '+49 30 1234567', canonicalForm: '+49301234567' }],
  },
  { names: [{ displayName: '', givenName: '' }], emailAddresses: [{ value: '' }] },
  {
    names: [{ displayName: '   \t ' }],
    phoneNumbers: [{ value: 'ask Mum' }, { value: '*31#' }, { value: '' }],
  },
  { names: [{ displayName: '<script>alert("x")</script>', givenName: "Robert'); DROP TABLE contacts;--" }] },
  { names: [{ displayName: '👩‍👩‍👧‍👦 Family 🎉' }], phoneNumbers: [{ value: '+1 800 FLOWERS' }] },
  {
    names: [{ displayName: 'e\u0301lodie Zero\u200bWidth' }],
    emailAddresses: [{ value: ' elodie@example.com ' }],
  },
  // The same name, composed and decomposed, is one person with one address in two spellings.
  { names: [{ displayName: 'Élodie Zero' }], emailAddresses: [{ value: 'ELODIE@EXAMPLE.COM' }] },
  {
    names: [{ displayName: `Long ${'name '.repeat(400)}end` }],
    biographies: [{ value: 'x'.repeat(20_000) }],
  },
  {
    names: [{ displayName: '\u202eesrever si sihT' }],
    emailAddresses: [{ value: 'not an address' }, { value: '@example.com' }],
  },
  { names: [{ displayName: 'Line\nBreak', familyName: null }], nicknames: [{ value: 'LB' }] },
  {
    names: [{ displayName: 'Many Ways' }, { displayName: 'M. Ways (profile)' }],
    emailAddresses: Array.from({ length: 100 }, (_, at) => ({ value: `many.ways+${at}@example.com` })),
    phoneNumbers: Array.from({ length: 100 }, (_, at) => ({
      value: `+4930555${String(at).padStart(4, '0')}`,
    })),
  },
  {
    names: [{ displayName: 'Two Phones, One Number' }],
    phoneNumbers: [
      { value: '030 5550199', canonicalForm: '+49305550199', type: 'home' },
      { value: '+49 (30) 555-0199', canonicalForm: '+49305550199', type: 'mobile' },
    ],
  },
  {
    names: [{ displayName: 'Leap Day' }],
    birthdays: [{ date: { month: 2, day: 29 } }, { text: 'sometime in spring' }],
  },
  { names: [{ displayName: 'Null\u0000Byte' }], emailAddresses: [{ value: 'null\u0000byte@example.com' }] },
];
