import type { ListPosition, ListTokens } from '../serve/list-tokens.js';
import { Refusal } from '../serve/refusal.js';
import { badRequest } from './calendar-access.js';

/** Where the list goes on, by its page and sync tokens. `sinceVersion` is undefined in a full list. */
export function readListPosition(
  tokens: ListTokens,
  resource: string,
  query: URLSearchParams,
): { readonly page?: ListPosition; readonly sync?: ListPosition; readonly sinceVersion?: number } {
  const syncToken = query.get('syncToken');
  const pageToken = query.get('pageToken');
  const sync = syncToken ? tokens.read(syncToken, 'sync', resource) : undefined;
  if (syncToken && !sync) throw fullSyncRequired();
  const page = pageToken ? tokens.read(pageToken, 'page', resource) : undefined;
  if (pageToken && !page) throw badRequest('Invalid page token value.', 'pageToken');
  if (page && page.sinceVersion !== (sync?.untilVersion ?? 0))
    throw badRequest('The page token belongs to another list.', 'pageToken');
  return { page, sync, sinceVersion: sync?.untilVersion };
}

/** The client has to drop what it knows and start over. */
const fullSyncRequired = (): Refusal =>
  new Refusal({
    status: 410,
    domain: 'calendar',
    reason: 'fullSyncRequired',
    message: 'Sync token is no longer valid, a full sync is required.',
    locationType: 'parameter',
    location: 'syncToken',
  });
