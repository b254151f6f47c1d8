import { Temporal } from 'temporal-polyfill';
import { readFlag, readInteger } from '../serve/parameters.js';
import { Refusal } from '../serve/refusal.js';
import { badRequest } from './calendar-access.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Further back Google has forgotten what was deleted. */
const UPDATED_MIN_MAX_AGE_DAYS = 28;

/** Not allowed beside a sync token; a full list restricted by one of those marked ends without a sync token. */
const RESTRICTIONS: Readonly<Record<string, { readonly endsWithoutSyncToken: boolean }>> = {
  iCalUID: { endsWithoutSyncToken: true },
  orderBy: { endsWithoutSyncToken: true },
  privateExtendedProperty: { endsWithoutSyncToken: true },
  q: { endsWithoutSyncToken: true },
  sharedExtendedProperty: { endsWithoutSyncToken: true },
  timeMax: { endsWithoutSyncToken: false },
  timeMin: { endsWithoutSyncToken: false },
  updatedMin: { endsWithoutSyncToken: true },
};

export interface EventQuery {
  readonly maxResults: number;
  readonly singleEvents: boolean;
  readonly showDeleted: boolean;
  readonly orderBy?: 'startTime' | 'updated';
  readonly iCalUID?: string;
  readonly q?: string;
  readonly timeMinMs?: number;
  readonly timeMaxMs?: number;
  readonly updatedMinMs?: number;
  readonly eventTypes: readonly string[];
  readonly givesSyncToken: boolean;
}

/** Reads the parameters of `events.list` and turns down the combinations that Calendar turns down. */
export function readEventQuery(query: URLSearchParams, now: Date): EventQuery {
  const restrictions = Object.keys(RESTRICTIONS).filter((name) => query.has(name));
  const showDeleted = readFlag(query, 'showDeleted');
  const singleEvents = readFlag(query, 'singleEvents') ?? false;
  if (query.has('syncToken') && (restrictions.length > 0 || showDeleted === false))
    throw badRequest(
      'Sync token cannot be used with other query restrictions.',
      restrictions[0] ?? 'showDeleted',
    );
  const orderBy = query.get('orderBy');
  if (orderBy !== null && orderBy !== 'startTime' && orderBy !== 'updated')
    throw badRequest(`Invalid value '${orderBy}' for orderBy.`, 'orderBy');
  if (orderBy === 'startTime' && !singleEvents)
    throw badRequest('The requested ordering is not available for the particular query.', 'orderBy');

  const timeMinMs = readInstant(query, 'timeMin');
  const timeMaxMs = readInstant(query, 'timeMax');
  if (timeMinMs !== undefined && timeMaxMs !== undefined && timeMaxMs <= timeMinMs)
    throw calendarRefusal(400, 'timeRangeEmpty', 'The specified time range is empty.', 'timeMax');
  const updatedMinMs = readInstant(query, 'updatedMin');
  if (updatedMinMs !== undefined && now.getTime() - updatedMinMs > UPDATED_MIN_MAX_AGE_DAYS * DAY_MS)
    throw calendarRefusal(
      410,
      'updatedMinTooLongAgo',
      'The requested minimum modification time lies too far in the past.',
      'updatedMin',
    );
  return {
    maxResults: Math.min(readInteger(query, 'maxResults', 1) ?? 250, 2500),
    singleEvents,
    showDeleted: showDeleted ?? false,
    orderBy: orderBy ?? undefined,
    iCalUID: query.get('iCalUID') ?? undefined,
    q: query.get('q')?.toLowerCase(),
    timeMinMs,
    timeMaxMs,
    updatedMinMs,
    eventTypes: query.getAll('eventTypes'),
    givesSyncToken: !restrictions.some((name) => RESTRICTIONS[name]!.endsWithoutSyncToken),
  };
}

/** RFC 3339 with an offset, which is mandatory. */
function readInstant(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  try {
    return Temporal.Instant.from(value).epochMilliseconds;
  } catch {
    throw badRequest('Bad Request', name);
  }
}

const calendarRefusal = (status: number, reason: string, message: string, location: string): Refusal =>
  new Refusal({ status, domain: 'calendar', reason, message, locationType: 'parameter', location });
