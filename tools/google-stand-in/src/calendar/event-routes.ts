import type { World } from '../data/world.js';
import type { ListTokens } from '../serve/list-tokens.js';
import type { UserRoute } from '../serve/route.js';
import { asSeenBy, calendarOf, EVENT_SCOPES, notFound } from './calendar-access.js';
import { listEvents } from './list-events.js';
import { listInstances } from './list-instances.js';

/** `events.list`, `events.get` and `events.instances`. */
export function eventRoutes(world: World, tokens: ListTokens, now: () => Date): readonly UserRoute[] {
  return [
    {
      method: 'get',
      path: '/calendar/v3/calendars/:calendarId/events',
      operation: 'calendar.events.list',
      family: 'calendar',
      scopes: EVENT_SCOPES,
      handle: (request) => listEvents({ tokens, now }, calendarOf(world, request), request),
    },
    {
      method: 'get',
      path: '/calendar/v3/calendars/:calendarId/events/:eventId',
      operation: 'calendar.events.get',
      family: 'calendar',
      scopes: EVENT_SCOPES,
      handle(request) {
        const { calendar, entry } = calendarOf(world, request);
        const item = calendar.events.get(request.params['eventId'] ?? '');
        if (!item) throw notFound();
        return { status: 200, body: asSeenBy(entry.accessRole, item.value) };
      },
    },
    {
      method: 'get',
      path: '/calendar/v3/calendars/:calendarId/events/:eventId/instances',
      operation: 'calendar.events.instances',
      family: 'calendar',
      scopes: EVENT_SCOPES,
      handle: (request) => listInstances({ tokens, now }, calendarOf(world, request), request),
    },
  ];
}
