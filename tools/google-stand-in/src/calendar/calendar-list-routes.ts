import type { calendar_v3 } from '@googleapis/calendar';
import type { World } from '../data/world.js';
import type { VersionedItem } from '../data/versioned-collection.js';
import { listPage } from '../serve/list-page.js';
import type { ListPosition, ListTokens } from '../serve/list-tokens.js';
import { readFlag, readInteger } from '../serve/parameters.js';
import type { Answer, UserRequest, UserRoute } from '../serve/route.js';
import { badRequest, calendarListResource, calendarOf, LIST_SCOPES, READ_SCOPES } from './calendar-access.js';
import { readListPosition } from './list-position.js';

type Entry = calendar_v3.Schema$CalendarListEntry;

const ROLES = ['freeBusyReader', 'reader', 'writer', 'owner'];

/** `calendarList.list`, `calendarList.get` and `calendars.get`. */
export function calendarListRoutes(world: World, tokens: ListTokens): readonly UserRoute[] {
  return [
    {
      method: 'get',
      path: '/calendar/v3/users/me/calendarList',
      operation: 'calendar.calendarList.list',
      family: 'calendar',
      scopes: LIST_SCOPES,
      handle: (request) => listCalendars(tokens, request),
    },
    {
      method: 'get',
      path: '/calendar/v3/users/me/calendarList/:calendarId',
      operation: 'calendar.calendarList.get',
      family: 'calendar',
      scopes: LIST_SCOPES,
      handle: (request) => ({ status: 200, body: calendarOf(world, request).entry }),
    },
    {
      method: 'get',
      path: '/calendar/v3/calendars/:calendarId',
      operation: 'calendar.calendars.get',
      family: 'calendar',
      scopes: READ_SCOPES,
      handle(request) {
        const { id, summary, timeZone } = calendarOf(world, request).calendar;
        return {
          status: 200,
          body: { kind: 'calendar#calendar', etag: `"${id.length}"`, id, summary, timeZone },
        };
      },
    },
  ];
}

function listCalendars(tokens: ListTokens, { user, query }: UserRequest): Answer {
  const resource = calendarListResource(user);
  const minAccessRole = query.get('minAccessRole');
  const showDeleted = readFlag(query, 'showDeleted');
  const showHidden = readFlag(query, 'showHidden');
  const syncing = query.has('syncToken');
  if (syncing && (minAccessRole !== null || showDeleted === false || showHidden === false))
    throw badRequest('Sync token cannot be used with other query restrictions.');
  const size = Math.min(readInteger(query, 'maxResults', 1) ?? 100, 250);
  const { page, sinceVersion } = readListPosition(tokens, resource, query);

  const position: Omit<ListPosition, 'kind'> = {
    resource,
    parameters: '',
    sinceVersion: sinceVersion ?? 0,
    untilVersion: page?.untilVersion ?? user.calendarList.version,
    fullListMs: 0,
  };
  const rank = minAccessRole === null ? 0 : ROLES.indexOf(minAccessRole);
  const wanted = ({ version, deleted, value }: VersionedItem<Entry>): boolean =>
    sinceVersion !== undefined
      ? version > sinceVersion
      : (showDeleted || !deleted) &&
        (showHidden || !value.hidden) &&
        ROLES.indexOf(value.accessRole ?? '') >= rank;
  const rows = user.calendarList
    .items()
    .filter(wanted)
    .map((value) => ({ sortKey: [value.ordinal], value }));
  const { values, last } = listPage(rows, page?.after, size);

  return {
    status: 200,
    body: {
      kind: 'calendar#calendarList',
      etag: `"p${position.untilVersion}"`,
      ...(last && { nextPageToken: tokens.issue({ kind: 'page', ...position, after: last }) }),
      ...(!last && minAccessRole === null && { nextSyncToken: tokens.issue({ kind: 'sync', ...position }) }),
      items: values.map(({ value, deleted }) => (deleted ? { ...value, deleted: true } : value)),
    },
  };
}
