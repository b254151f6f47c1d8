import { createHash } from 'node:crypto';
import type { people_v1 } from '@googleapis/people';

/** What of a contact anybody chooses; the rest (names of resources, etags, sources) is Google's. */
export type PersonFields = Omit<people_v1.Schema$Person, 'resourceName' | 'etag' | 'metadata'>;

/** Puts a contact into the wire shape: sources, primary fields, canonical phone numbers where there can be one. */
export function createPerson(
  resourceName: string,
  fields: PersonFields,
  updatedAt: Date,
): people_v1.Schema$Person {
  const id = resourceName.replace(/^people\/c?/, '');
  const source: people_v1.Schema$Source = { type: 'CONTACT', id: BigInt(id).toString(16) };
  const mark = <T extends { metadata?: people_v1.Schema$FieldMetadata }>(list: readonly T[]): T[] =>
    list.map((field, at) => ({
      metadata: { ...(at === 0 && { primary: true, sourcePrimary: true }), source },
      ...field,
    }));
  const marked = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, Array.isArray(value) ? mark(value) : value]),
  );
  const etag = etagOf([resourceName, fields, updatedAt.getTime()]);
  return {
    resourceName,
    etag,
    metadata: {
      sources: [{ ...source, etag: `#${etag.slice(1, 12)}=`, updateTime: updatedAt.toISOString() }],
      objectType: 'PERSON',
    },
    ...marked,
  };
}

/** What an incremental list says of a contact that is gone. */
export function createPersonTombstone(person: people_v1.Schema$Person): people_v1.Schema$Person {
  const { resourceName, metadata } = person;
  return {
    resourceName,
    etag: etagOf([person.etag, 'deleted']),
    metadata: { sources: metadata?.sources ?? [], deleted: true, objectType: 'PERSON' },
  };
}

const etagOf = (of: unknown): string =>
  `%${createHash('sha256').update(JSON.stringify(of)).digest('base64url').slice(0, 30)}==`;
