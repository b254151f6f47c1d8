import { bareCancelled } from '../data/event.js';
import { listPage } from '../serve/list-page.js';
import type { ListPosition } from '../serve/list-tokens.js';
import type { Answer, UserRequest } from '../serve/route.js';
import {
  asSeenBy,
  badRequest,
  eventsResource,
  notFound,
  type AccessibleCalendar,
} from './calendar-access.js';
import { readEventQuery } from './event-query.js';
import { epochMsOf } from './event-times.js';
import { instancesOf } from './instances.js';
import type { ListEventsParts } from './list-events.js';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** `events.instances`: of one series, in the order of their starts, up to about a year ahead unless told otherwise. */
export function listInstances(
  { tokens, now }: ListEventsParts,
  { calendar, entry }: AccessibleCalendar,
  { user, query, params }: UserRequest,
): Answer {
  const asked = readEventQuery(query, now());
  const item = calendar.events.get(params['eventId'] ?? '');
  if (!item || item.deleted || !item.value.recurrence) throw notFound();
  const resource = `instances:${eventsResource(user, calendar.id)}:${item.key}`;
  const pageToken = query.get('pageToken');
  const page = pageToken ? tokens.read(pageToken, 'page', resource) : undefined;
  if (pageToken && !page) throw badRequest('Invalid page token value.', 'pageToken');

  const fromMs = asked.timeMinMs ?? epochMsOf(item.value.start, calendar.timeZone);
  const toMs = asked.timeMaxMs ?? now().getTime() + YEAR_MS;
  const rows = instancesOf(calendar, fromMs, toMs, item.key)
    .filter(({ event }) => asked.showDeleted || event.status !== 'cancelled')
    .map(({ event }) => ({
      sortKey: [epochMsOf(event.start ?? event.originalStartTime, calendar.timeZone), event.id!],
      value: event,
    }));
  const { values, last } = listPage(rows, page?.after, asked.maxResults);
  const position: Omit<ListPosition, 'kind'> = {
    resource,
    parameters: '',
    sinceVersion: 0,
    untilVersion: calendar.events.version,
    fullListMs: 0,
  };
  return {
    status: 200,
    body: {
      kind: 'calendar#events',
      etag: `"p${calendar.events.version}"`,
      summary: calendar.summary,
      timeZone: calendar.timeZone,
      accessRole: entry.accessRole,
      ...(last && { nextPageToken: tokens.issue({ kind: 'page', ...position, after: last }) }),
      items: values.map((event) =>
        event.status === 'cancelled' ? bareCancelled(event) : asSeenBy(entry.accessRole, event),
      ),
    },
  };
}
