import type { people_v1 } from '@googleapis/people';
import { NothingThereError } from '../errors.js';
import { deriveDigits } from '../random.js';
import { createPerson, type PersonFields } from './person.js';
import type { Contact, StandInUser } from './world.js';

export interface ContactMutations {
  /** Answers with the resource name. `user` is an email or id here and below. */
  addContact(user: string, fields: PersonFields): string;
  /** Replaces the given fields; one that is undefined goes. */
  changeContact(user: string, resourceName: string, fields: PersonFields): void;
  deleteContact(user: string, resourceName: string): void;
  /**
   * Makes one contact of several. Incremental lists name the others as `previousResourceNames` of the one that stays,
   * or report them deleted, or do both: `reported`, `previous-names` by default.
   */
  mergeContacts(
    user: string,
    into: string,
    from: readonly string[],
    reported?: 'previous-names' | 'deleted' | 'both',
  ): void;
  /** Gives the same contact another resource name, as linking it to a profile does. Answers with the new name. */
  relinkContact(user: string, resourceName: string): string;
}

export function createContactMutations(
  seed: number,
  now: () => Date,
  findUser: (user: string) => StandInUser,
): ContactMutations {
  let added = 0;
  const newName = (user: StandInUser): string => {
    added += 1;
    return `people/c${deriveDigits(seed, `added contact ${user.email} ${added}`, 19)}`;
  };
  const find = (user: StandInUser, resourceName: string): Contact => {
    const item = user.contacts.get(resourceName);
    if (!item || item.deleted) throw new NothingThereError('contact', resourceName);
    return item.value;
  };
  const write = (
    user: StandInUser,
    resourceName: string,
    fields: PersonFields,
    formerNames: Contact['formerNames'],
  ): void => {
    user.contacts.put(resourceName, { person: createPerson(resourceName, fields, now()), formerNames });
  };

  return {
    addContact(user, fields) {
      const owner = findUser(user);
      const resourceName = newName(owner);
      write(owner, resourceName, fields, []);
      return resourceName;
    },
    changeContact(user, resourceName, fields) {
      const owner = findUser(user);
      const { person, formerNames } = find(owner, resourceName);
      write(owner, resourceName, { ...fieldsOf(person), ...fields }, formerNames);
    },
    deleteContact(user, resourceName) {
      const owner = findUser(user);
      find(owner, resourceName);
      owner.contacts.remove(resourceName);
    },
    mergeContacts(user, into, from, reported = 'previous-names') {
      const owner = findUser(user);
      const all = [into, ...from].map((name) => find(owner, name));
      const names = reported === 'deleted' ? [] : from;
      const fields = all.map(({ person }) => fieldsOf(person)).reduce(joinFields);
      const earlier = all.flatMap(({ formerNames }) => formerNames);
      for (const name of from)
        if (reported === 'previous-names') owner.contacts.forget(name);
        else owner.contacts.remove(name);
      const version = owner.contacts.version + 1;
      write(owner, into, fields, [...earlier, ...names.map((name) => ({ name, version }))]);
    },
    relinkContact(user, resourceName) {
      const owner = findUser(user);
      const { person, formerNames } = find(owner, resourceName);
      const name = newName(owner);
      owner.contacts.forget(resourceName);
      const version = owner.contacts.version + 1;
      write(owner, name, fieldsOf(person), [...formerNames, { name: resourceName, version }]);
      return name;
    },
  };
}

/** The fields without what Google adds to them. */
function fieldsOf(person: people_v1.Schema$Person): PersonFields {
  const { resourceName: _1, etag: _2, metadata: _3, ...fields } = person;
  const bare = Object.entries(fields).map(([name, value]) => [
    name,
    Array.isArray(value)
      ? value.map((field: { metadata?: unknown }) => {
          const { metadata: _, ...rest } = field;
          return rest;
        })
      : value,
  ]);
  return Object.fromEntries(bare) as PersonFields;
}

/** Names are single for contacts, the first one stays; of the other fields each value stays once. */
function joinFields(one: PersonFields, other: PersonFields): PersonFields {
  const joined: Record<string, unknown> = { ...other, ...one };
  for (const [name, value] of Object.entries(other)) {
    const mine = (one as Record<string, unknown>)[name];
    if (name === 'names' || !Array.isArray(mine) || !Array.isArray(value)) continue;
    const seen = new Map([...mine, ...value].map((field) => [JSON.stringify(field), field as unknown]));
    joined[name] = [...seen.values()];
  }
  return joined as PersonFields;
}
