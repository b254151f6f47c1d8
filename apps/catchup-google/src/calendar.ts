import type { calendar_v3 } from '@googleapis/calendar';
import type { Caller } from './call.js';
import { GoogleNotFoundError, MalformedAnswerError, PushNotSupportedError } from './errors.js';
import { lacks, listPages, type ListPage } from './list-pages.js';

export interface ListOptions {
  readonly syncToken?: string;
  /** 1 to 250 for calendars, to 2500 for events; the most by default. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

export interface WatchRequest {
  /** Unique for ever, at most 64 characters of `[A-Za-z0-9_-+/=]`. */
  readonly channelId: string;
  /** Comes with each message; at most 256 characters. */
  readonly token: string;
  /** Where messages go: https, but for a stand-in. */
  readonly address: string;
  /** A wish; Google may grant less. */
  readonly ttlSeconds?: number;
  readonly signal?: AbortSignal;
}

export interface GrantedChannel {
  /** Needed to stop it. */
  readonly resourceId: string;
  readonly expiresAt: Date;
}

export interface CalendarClient {
  /** The user's calendars, deleted and hidden ones too: all, or what changed since a sync token. */
  listCalendarPages(
    accountId: string,
    options?: ListOptions,
  ): AsyncIterable<ListPage<calendar_v3.Schema$CalendarListEntry>>;
  /**
   * The events of a calendar, series as masters and exceptions, cancelled ones too: all, or what changed since a token.
   *
   * See https://developers.google.com/workspace/calendar/api/guides/sync.
   *
   * @throws SyncTokenExpiredError when everything has to be listed anew
   */
  listEventPages(
    accountId: string,
    calendarId: string,
    options?: ListOptions,
  ): AsyncIterable<ListPage<calendar_v3.Schema$Event>>;
  /**
   * Opens a push channel for a calendar's events. It is tried again only where Google surely did not open it.
   *
   * @throws PushNotSupportedError
   */
  watchEvents(accountId: string, calendarId: string, request: WatchRequest): Promise<GrantedChannel>;
  /** Closes a channel. Returns false where it was gone already. */
  stopChannel(
    accountId: string,
    channel: { readonly channelId: string; readonly resourceId: string },
    options?: { readonly signal?: AbortSignal },
  ): Promise<boolean>;
}

export function createCalendarClient(caller: Caller, apiUrl: string): CalendarClient {
  const base = `${apiUrl}/calendar/v3`;
  return {
    listCalendarPages: (accountId, { syncToken, pageSize = 250, signal } = {}) =>
      listPages(
        caller,
        {
          operation: 'calendar.calendarList.list',
          accountId,
          url: `${base}/users/me/calendarList`,
          field: 'items',
          query: { maxResults: pageSize, showDeleted: true, showHidden: true },
          syncToken,
          signal,
        },
        lacks('id'),
      ),
    listEventPages: (accountId, calendarId, { syncToken, pageSize = 2500, signal } = {}) =>
      listPages(
        caller,
        {
          operation: 'calendar.events.list',
          accountId,
          url: `${base}/calendars/${encodeURIComponent(calendarId)}/events`,
          field: 'items',
          query: { maxResults: pageSize, showDeleted: true, singleEvents: false },
          syncToken,
          signal,
        },
        lacks('id'),
      ),
    async watchEvents(accountId, calendarId, { channelId, token, address, ttlSeconds, signal }) {
      const operation = 'calendar.events.watch';
      const answer = await caller.call({
        operation,
        accountId,
        method: 'POST',
        url: `${base}/calendars/${encodeURIComponent(calendarId)}/events/watch`,
        body: {
          id: channelId,
          type: 'web_hook',
          address,
          token,
          ...(ttlSeconds !== undefined && { params: { ttl: String(ttlSeconds) } }),
        },
        repeatable: false,
        signal,
        refused: ({ reason }, facts) =>
          reason === 'pushNotSupportedForRequestedResource' ? new PushNotSupportedError(facts) : undefined,
      });
      return readChannel(answer, operation);
    },
    async stopChannel(accountId, { channelId, resourceId }, { signal } = {}) {
      try {
        await caller.call({
          operation: 'calendar.channels.stop',
          accountId,
          method: 'POST',
          url: `${base}/channels/stop`,
          body: { id: channelId, resourceId },
          repeatable: true,
          signal,
        });
        return true;
      } catch (error) {
        if (error instanceof GoogleNotFoundError) return false;
        throw error;
      }
    },
  };
}

function readChannel(answer: unknown, operation: string): GrantedChannel {
  const { resourceId, expiration } = (answer ?? {}) as { resourceId?: unknown; expiration?: unknown };
  // Milliseconds since 1970, as text: JSON has no 64-bit numbers.
  const expiresAt = new Date(/^\d{1,15}$/.test(String(expiration)) ? Number(expiration) : Number.NaN);
  if (typeof resourceId !== 'string' || resourceId === '' || Number.isNaN(expiresAt.getTime()))
    throw new MalformedAnswerError('a channel without a resource id or an end', { operation, status: 200 });
  return { resourceId, expiresAt };
}
