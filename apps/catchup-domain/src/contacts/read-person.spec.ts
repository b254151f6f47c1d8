import fc from 'fast-check';
import { hostileText } from '../spec-support/people.js';
import { readPerson } from './read-person.js';

type Wire = Parameters<typeof readPerson>[0];
/** What came over the wire need not be what the types say. */
const received = (value: unknown) => readPerson(value as Wire, 'GB');

describe('reading a person', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['a person without a name of its own', { names: [{ displayName: 'Ann' }] }],
    ['a resource of another kind', { resourceName: 'contactGroups/1' }],
    ['a resource name that is not one', { resourceName: 'people/\0' }],
    ['one too long', { resourceName: `people/${'c'.repeat(300)}` }],
    ['metadata that are none', { resourceName: 'people/c1', metadata: 'deleted' }],
    ['a field that is no list', { resourceName: 'people/c1', names: { displayName: 'Ann' } }],
    ['a list of something else', { resourceName: 'people/c1', emailAddresses: ['ann@x.org', null] }],
  ])('rejects %s', (_, wire) => {
    expect(received(wire)).toMatchObject({ kind: 'rejected', reason: expect.any(String) });
  });

  it('shows nothing of what it rejects but the resource name', () => {
    const wire = { resourceName: 'people/c1', names: 'Secret', emailAddresses: ['secret@x.org'] };
    expect(received(wire)).toMatchObject({ resourceName: 'people/c1' });
    expect(JSON.stringify(received(wire)).toLowerCase()).not.toContain('secret');
  });

  it('knows who is gone, and under which names somebody was known before', () => {
    const metadata = { deleted: true, previousResourceNames: ['people/c0', 'people/c1', 'x', 7] };
    expect(received({ resourceName: 'people/c1', metadata })).toEqual({
      kind: 'deleted',
      resourceName: 'people/c1',
      formerNames: ['people/c0'],
    });
  });

  it('takes the primary value of each field, cleaned', () => {
    const primary = { metadata: { primary: true } };
    const wire = {
      resourceName: 'people/c1',
      etag: '%E',
      names: [{ displayName: 'Old' }, { displayName: ' Ann\0\nLee\ud800 ', givenName: 'Ann', ...primary }],
      emailAddresses: [
        { value: 'b@x.org', type: 'work' },
        { value: 'A@X.org', ...primary },
        { value: ' ' },
        {},
      ],
      phoneNumbers: [
        { value: '020 7946 0001' },
        { value: '030 901820', canonicalForm: '+4930901820' },
        { value: 'ask Bo' },
      ],
      nicknames: [{ value: 'Annie' }],
      birthdays: [{ date: { month: 13, day: 1 } }, { date: { month: 2, day: 29 } }],
      memberships: [{ contactGroupMembership: { contactGroupResourceName: 'contactGroups/starred' } }],
      organizations: [{ name: '' }, { name: 'Post', title: 'Clerk' }],
      photos: [
        { url: 'https://x.org/default', default: true },
        { url: 'javascript:alert(1)' },
        { url: 'https://x.org/a.png' },
      ],
      metadata: {
        sources: [
          { updateTime: '2026-01-02T00:00:00Z' },
          { updateTime: '2026-01-03T00:00:00Z' },
          { updateTime: 'soon' },
        ],
      },
    };
    expect(received(wire)).toEqual({
      kind: 'person',
      resourceName: 'people/c1',
      etag: '%E',
      formerNames: [],
      fields: {
        displayName: 'Ann Lee',
        givenName: 'Ann',
        familyName: null,
        nickname: 'Annie',
        organization: 'Post',
        jobTitle: 'Clerk',
        birthday: '--02-29',
        photoUrl: 'https://x.org/a.png',
        notes: null,
        starred: true,
        emails: [
          { value: 'a@x.org', label: null },
          { value: 'b@x.org', label: 'work' },
        ],
        phones: [
          { value: '+442079460001', label: null },
          { value: '+4930901820', label: null },
          { value: 'ask Bo', label: null },
        ],
        changedAt: '2026-01-03T00:00:00.000Z',
      },
    });
  });

  it('makes a name of its parts where it has no other', () => {
    const names = [{ displayName: '\0' }, { givenName: 'Ann', familyName: 'Lee' }];
    expect(received({ resourceName: 'people/c1', names })).toMatchObject({
      fields: { displayName: 'Ann Lee' },
    });
  });

  it('gives plain data that JSON and PostgreSQL can hold, whatever it is given', () => {
    const value = fc.oneof(hostileText, fc.constantFrom(null, 7, true, {}));
    const entry = fc.record({
      value,
      displayName: value,
      name: value,
      url: value,
      type: value,
      metadata: value,
    });
    const field = fc.oneof({ weight: 4, arbitrary: fc.array(entry, { maxLength: 3 }) }, value);
    const wire = fc.record(
      {
        resourceName: fc.oneof({ weight: 4, arbitrary: fc.constant('people/c1') }, value),
        etag: value,
        names: field,
        emailAddresses: field,
        phoneNumbers: field,
        organizations: field,
        photos: field,
        nicknames: field,
        birthdays: fc.oneof(field, fc.constant([{ date: 'soon' }])),
        biographies: field,
        memberships: field,
        metadata: fc.oneof(value, fc.record({ sources: field, previousResourceNames: field })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(wire, (person) => {
        const read = received(person);
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
        expect(JSON.stringify(read)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
      }),
      { numRuns: 300 },
    );
  });
});
