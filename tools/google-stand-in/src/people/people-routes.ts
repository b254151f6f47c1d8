import type { people_v1 } from '@googleapis/people';
import { createPersonTombstone } from '../data/person.js';
import type { Contact, StandInUser } from '../data/world.js';
import type { VersionedItem } from '../data/versioned-collection.js';
import { listPage } from '../serve/list-page.js';
import type { ListPosition, ListTokens } from '../serve/list-tokens.js';
import { readFlag, readInteger } from '../serve/parameters.js';
import { Refusal } from '../serve/refusal.js';
import type { Answer, UserRequest, UserRoute } from '../serve/route.js';
import { maskPerson, readPersonFields } from './person-mask.js';
import { sortKeyOf } from './sort-order.js';

export interface PeopleParts {
  readonly tokens: ListTokens;
  readonly now: () => Date;
  /** Counted from the full list, not from the last incremental one. */
  readonly syncTokenLifetimeSeconds: number;
  /** 400 is what Google sends; some of its guides say 410. */
  readonly expiredSyncTokenStatus: 400 | 410;
}

const SCOPES = [
  'https://www.googleapis.com/auth/contacts.readonly',
  'https://www.googleapis.com/auth/contacts',
];

export const connectionsResource = (user: StandInUser): string => `people:${user.id}`;

/**
 * `people.connections.list` and `people.get`.
 * See https://developers.google.com/people/api/rest/v1/people.connections/list.
 */
export function peopleRoutes(parts: PeopleParts): readonly UserRoute[] {
  return [
    {
      method: 'get',
      path: '/v1/people/me/connections',
      operation: 'people.connections.list',
      family: 'people',
      scopes: SCOPES,
      handle: (request) => listConnections(parts, request),
    },
    {
      method: 'get',
      path: '/v1/people/:personId',
      operation: 'people.get',
      family: 'people',
      scopes: [...SCOPES, 'profile', 'https://www.googleapis.com/auth/userinfo.profile'],
      handle: ({ user, params, query }) => {
        const fields = readPersonFields(query);
        const { personId = '' } = params;
        if (personId === 'me' || personId === user.id)
          return { status: 200, body: maskPerson(user.profile, fields) };
        const item = user.contacts.get(`people/${personId}`);
        if (!item || item.deleted)
          throw new Refusal({ status: 404, reason: 'notFound', message: 'Requested entity was not found.' });
        return { status: 200, body: maskPerson(item.value.person, fields) };
      },
    },
  ];
}

function listConnections({ tokens, ...parts }: PeopleParts, { user, query }: UserRequest): Answer {
  const fields = readPersonFields(query);
  const pageSize = readInteger(query, 'pageSize', 0) || 100;
  if (pageSize > 1000) throw refuse('INVALID_ARGUMENT', 'Page size must be less than or equal to 1000.');
  const wantsSyncToken = readFlag(query, 'requestSyncToken') ?? false;
  const syncToken = query.get('syncToken');
  const pageToken = query.get('pageToken');
  const sortOrder = query.get('sortOrder') ?? 'LAST_MODIFIED_ASCENDING';
  const sources = query.getAll('sources').sort();
  const parameters = JSON.stringify({ fields, pageSize, wantsSyncToken, sortOrder, sources });
  const resource = connectionsResource(user);

  const read = (kind: ListPosition['kind'], token: string): ListPosition => {
    const position = tokens.read(token, kind, resource);
    if (!position)
      throw kind === 'sync'
        ? expired(parts.expiredSyncTokenStatus)
        : refuse('INVALID_ARGUMENT', 'Invalid page token.');
    if (position.parameters !== parameters)
      throw refuse(
        'INVALID_ARGUMENT',
        `All other request parameters must match the first call of the ${kind} token.`,
      );
    return position;
  };

  const sync = syncToken ? read('sync', syncToken) : undefined;
  const nowMs = parts.now().getTime();
  if (sync && nowMs - sync.fullListMs >= parts.syncTokenLifetimeSeconds * 1000)
    throw expired(parts.expiredSyncTokenStatus);
  const page = pageToken ? read('page', pageToken) : undefined;
  const sinceVersion = sync?.untilVersion ?? 0;
  if (page && page.sinceVersion !== sinceVersion)
    throw refuse(
      'INVALID_ARGUMENT',
      'All other request parameters must match the first call of the page token.',
    );

  const position: Omit<ListPosition, 'kind'> = {
    resource,
    parameters,
    sinceVersion,
    untilVersion: page?.untilVersion ?? user.contacts.version,
    fullListMs: page?.fullListMs ?? sync?.fullListMs ?? nowMs,
  };
  const items = user.contacts.items().filter((item) => (sync ? item.version > sinceVersion : !item.deleted));
  const rows = items.map((value) => ({
    sortKey: sync ? [value.ordinal] : sortKeyOf(value, sortOrder),
    value,
  }));
  const { values, last } = listPage(rows, page?.after, pageSize);
  const live = user.contacts.items().filter(({ deleted }) => !deleted).length;

  // As in protobuf's JSON, what is empty or 0 is left out.
  return {
    status: 200,
    body: {
      ...(values.length > 0 && {
        connections: values.map((item) => maskPerson(present(item, sinceVersion), fields)),
      }),
      ...(last && { nextPageToken: tokens.issue({ kind: 'page', ...position, after: last }) }),
      ...(!last && wantsSyncToken && { nextSyncToken: tokens.issue({ kind: 'sync', ...position }) }),
      ...(live > 0 && { totalPeople: live, totalItems: live }),
    },
  };
}

/** With a sync token, a contact that took over other names since then tells them, even if it is gone meanwhile. */
function present(item: VersionedItem<Contact>, sinceVersion: number): people_v1.Schema$Person {
  const person = item.deleted ? createPersonTombstone(item.value.person) : item.value.person;
  const names = item.value.formerNames
    .filter(({ version }) => version > sinceVersion)
    .map(({ name }) => name);
  if (sinceVersion === 0 || names.length === 0) return person;
  return { ...person, metadata: { ...person.metadata, previousResourceNames: names } };
}

const refuse = (rpcStatus: string, message: string): Refusal =>
  new Refusal({ status: 400, reason: 'badRequest', message, rpcStatus });

const expired = (status: 400 | 410): Refusal =>
  new Refusal({
    status,
    reason: 'expiredSyncToken',
    rpcStatus: 'FAILED_PRECONDITION',
    rpcReason: 'EXPIRED_SYNC_TOKEN',
    message: 'Sync token is expired. Clear local cache and retry call without the sync token.',
  });
