import type { Contact } from '@switchyard/catchup-data';
import { aPerson } from '../spec-support/people.js';
import { contactChanges, knownContact, type KeptContact } from './contact-changes.js';
import { planContacts } from './plan-contacts.js';
import type { SourcePerson } from './source-person.js';

const now = new Date('2026-03-01T00:00:00Z');

/** A user's contacts in memory, written as a database would be. */
function aUser() {
  const kept = new Map<string, KeptContact>();
  const links = new Map<string, string>();
  let ids = 0;
  const sync = (people: readonly SourcePerson[]) => {
    const known = [...kept.values()].map((one) =>
      knownContact(
        one,
        [...links].filter(([, id]) => id === one.contact.id).map(([key]) => key),
      ),
    );
    const changes = contactChanges('user', planContacts(people, known), kept, now, () => `contact ${++ids}`);
    for (const contact of [...changes.inserted, ...changes.updated])
      kept.set(contact.id, { emails: [], phones: [], ...kept.get(contact.id), contact });
    for (const { contactId, emails, phones } of changes.addresses) {
      const one = kept.get(contactId);
      if (one) kept.set(contactId, { ...one, emails, phones });
    }
    for (const [key, id] of changes.contactIdOf) links.set(key, id);
    return changes;
  };
  const of = (key: string): Contact => {
    const contact = kept.get(links.get(key) ?? '')?.contact;
    if (!contact) throw new Error(`nobody is ${key}`);
    return contact;
  };
  return {
    sync,
    of,
    touch: (key: string, touch: Partial<Contact>) => {
      const one = kept.get(of(key).id);
      if (one) kept.set(one.contact.id, { ...one, contact: { ...one.contact, ...touch } });
    },
    alive: () => [...kept.values()].filter(({ contact }) => contact.deletedAt === null).length,
  };
}

const ann = aPerson({ key: 'ann', name: 'Ann', emails: ['ann@x.org'] });
const bo = aPerson({ key: 'bo', name: 'Bo', emails: ['bo@x.org'] });
const boWithAnn = aPerson({ key: 'bo', name: 'Bo', emails: ['ann@x.org'] });
const [january, february] = [new Date('2026-01-01'), new Date('2026-02-01')];

describe('the rows of contacts', () => {
  it('are not written where nothing changed', () => {
    const user = aUser();
    expect(user.sync([ann, bo])).toMatchObject({ created: 2, changed: 0, removed: 0 });
    expect(user.sync([bo, ann])).toMatchObject({ inserted: [], updated: [], addresses: [] });
  });

  it('follow the address book', () => {
    const user = aUser();
    user.sync([ann]);
    const { updated, addresses } = user.sync([aPerson({ key: 'ann', name: 'Anna', emails: ['ann@x.org'] })]);
    expect(updated).toMatchObject([{ displayName: 'Anna', updatedAt: now }]);
    expect(addresses).toEqual([]);
    expect(user.sync([aPerson({ key: 'ann', name: 'Anna' })])).toMatchObject({
      changed: 1,
      addresses: [{ emails: [] }],
    });
  });

  it('hand over what the user did when two become one', () => {
    const user = aUser();
    user.sync([ann, bo]);
    user.touch('ann', { lastContactedAt: january, closeness: 0.9 });
    user.touch('bo', { lastContactedAt: february, muted: true });
    expect(user.sync([ann, boWithAnn])).toMatchObject({ created: 0, changed: 1, removed: 1 });
    expect(user.alive()).toBe(1);
    expect(user.of('bo')).toMatchObject({ lastContactedAt: february, closeness: 0.9 });
    expect(user.of('bo')).toBe(user.of('ann'));
  });

  it('start with what the user did to the one that they part from', () => {
    const user = aUser();
    user.sync([ann, boWithAnn]);
    user.touch('ann', { lastContactedAt: january, closeness: 0.9 });
    expect(user.sync([ann, bo])).toMatchObject({ created: 1, removed: 0 });
    expect(user.of('bo')).toMatchObject({ lastContactedAt: january, closeness: 0.9, displayName: 'Bo' });
    expect(user.of('ann')).toMatchObject({ lastContactedAt: january, displayName: 'Ann' });
  });

  it('stay when nothing is left of somebody, and come back with everything', () => {
    const user = aUser();
    user.sync([ann]);
    user.touch('ann', { lastContactedAt: january });
    expect(user.sync([])).toMatchObject({ removed: 1, updated: [{ deletedAt: now }] });
    expect(user.sync([])).toMatchObject({ removed: 0, updated: [] });
    expect(user.sync([ann])).toMatchObject({ created: 0, changed: 1 });
    expect(user.of('ann')).toMatchObject({ deletedAt: null, lastContactedAt: january });
  });
});
