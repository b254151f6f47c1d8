import type { people_v1 } from '@googleapis/people';
import type { Caller } from './call.js';
import { lacks, listPages } from './list-pages.js';

export interface PeoplePage {
  /** As Google sends them; those that were deleted have `metadata.deleted`. Each has a `resourceName`. */
  readonly people: readonly people_v1.Schema$Person[];
  readonly rejected: readonly { readonly index: number; readonly problem: string }[];
  /** On the last page only. */
  readonly nextSyncToken?: string;
}

export interface PeopleClient {
  /**
   * A user's address book: all of it, or what changed since a sync token. The last page has the next token. A token
   * holds for the same fields only.
   *
   * See https://developers.google.com/people/api/rest/v1/people.connections/list.
   *
   * @throws SyncTokenExpiredError when everything has to be listed anew
   */
  listPages(
    accountId: string,
    options: {
      /** Such as `names`, `emailAddresses`. */
      readonly fields: readonly string[];
      readonly syncToken?: string;
      /** 1 to 1000, default 1000. */
      readonly pageSize?: number;
      readonly signal?: AbortSignal;
    },
  ): AsyncIterable<PeoplePage>;
}

export function createPeopleClient(caller: Caller, apiUrl: string): PeopleClient {
  return {
    async *listPages(accountId, { fields, syncToken, pageSize = 1000, signal }) {
      const pages = listPages<people_v1.Schema$Person>(
        caller,
        {
          operation: 'people.connections.list',
          accountId,
          url: `${apiUrl}/v1/people/me/connections`,
          field: 'connections',
          query: { personFields: fields.join(','), pageSize, requestSyncToken: true },
          syncToken,
          signal,
        },
        lacks('resourceName'),
      );
      for await (const { items, ...page } of pages) yield { ...page, people: items };
    },
  };
}
