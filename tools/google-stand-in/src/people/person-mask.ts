import type { people_v1 } from '@googleapis/people';
import { Refusal } from '../serve/refusal.js';

const FIELDS = [
  ...['addresses', 'ageRanges', 'biographies', 'birthdays', 'calendarUrls', 'clientData', 'coverPhotos'],
  ...['emailAddresses', 'events', 'externalIds', 'genders', 'imClients', 'interests', 'locales', 'locations'],
  ...['memberships', 'metadata', 'miscKeywords', 'names', 'nicknames', 'occupations', 'organizations'],
  ...['phoneNumbers', 'photos', 'relations', 'sipAddresses', 'skills', 'urls', 'userDefined'],
];
const DOCUMENTED =
  'Valid paths are documented at https://developers.google.com/people/api/rest/v1/people/get.';

/** The fields asked for, in a fixed order. There is no default: without a mask the request is turned down. */
export function readPersonFields(query: URLSearchParams): readonly string[] {
  const fields = (query.get('personFields') ?? '').split(',').map((field) => field.trim());
  if (fields.every((field) => field === ''))
    throw refuse('personFields mask is required. Please specify one or more valid paths.');
  const unknown = fields.find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw refuse(`Invalid personFields mask path: "${unknown}".`);
  return [...new Set(fields)].sort();
}

/** `resourceName` and `etag` always come; `metadata`, which tells of deletions, only where it was asked for. */
export function maskPerson(
  person: people_v1.Schema$Person,
  fields: readonly string[],
): people_v1.Schema$Person {
  const wanted = ['resourceName', 'etag', ...fields];
  return Object.fromEntries(Object.entries(person).filter(([name]) => wanted.includes(name)));
}

const refuse = (problem: string): Refusal =>
  new Refusal({
    status: 400,
    reason: 'invalidArgument',
    message: `${problem} ${DOCUMENTED}`,
    fieldViolations: [{ field: 'person_fields', description: problem }],
  });
