import {
  MalformedAnswerError,
  PageTokenInvalidError,
  SyncTokenExpiredError,
  type CallFacts,
} from './errors.js';
import type { ApiCall, Caller } from './call.js';
import type { Refusal } from './read-refusal.js';

/** One page of a listing. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** Items that are none, by their place on the page. */
  readonly rejected: readonly { readonly index: number; readonly problem: string }[];
  /** On the last page only. */
  readonly nextSyncToken?: string;
}

export interface ListCall extends Omit<ApiCall, 'method' | 'repeatable' | 'refused' | 'body' | 'form'> {
  /** What the array of items is called. */
  readonly field: string;
  readonly syncToken?: string;
}

const FAR_TOO_MANY_PAGES = 10_000;

/**
 * The pages of a listing, each asked for with the same parameters. It ends with a page that has a sync token, or throws;
 * a listing that goes round in circles is cut off.
 *
 * @throws SyncTokenExpiredError, PageTokenInvalidError, MalformedAnswerError and whatever a call throws
 */
export async function* listPages<Item extends object>(
  caller: Caller,
  { field, syncToken, query, ...call }: ListCall,
  problemOf: (item: Record<string, unknown>) => string | undefined,
): AsyncGenerator<ListPage<Item>, void, undefined> {
  const seen = new Set<string>();
  let pageToken: string | undefined;
  for (let pages = 0; ; pages++) {
    const answer = await caller.call({
      ...call,
      method: 'GET',
      query: { ...query, syncToken, pageToken },
      repeatable: true,
      refused: (refusal, facts) => tokenError(refusal, facts, { syncToken, pageToken }),
    });
    const page = readPage<Item>(answer, field, call.operation, problemOf);
    const next = page.nextPageToken;
    if (next === undefined) {
      if (page.nextSyncToken === undefined)
        throw malformed(call.operation, 'neither a next page nor a sync token');
      yield { items: page.items, rejected: page.rejected, nextSyncToken: page.nextSyncToken };
      return;
    }
    if (seen.has(next) || pages >= FAR_TOO_MANY_PAGES) throw malformed(call.operation, 'its pages never end');
    seen.add(next);
    pageToken = next;
    yield { items: page.items, rejected: page.rejected };
  }
}

/**
 * Calendar answers 410 (`fullSyncRequired`, `updatedMinTooLongAgo`) to an old sync token, People 400 with
 * `EXPIRED_SYNC_TOKEN`, or 410.
 */
function tokenError(
  { reason, location, message }: Refusal,
  facts: CallFacts,
  { syncToken, pageToken }: { syncToken?: string; pageToken?: string },
): Error | undefined {
  const isOld = facts.status === 410 || reason === 'EXPIRED_SYNC_TOKEN';
  if (isOld && syncToken !== undefined) return new SyncTokenExpiredError(facts);
  if (pageToken === undefined) return undefined;
  const isAboutPage = location === 'pageToken' || /page ?token/i.test(message);
  if (isOld || (facts.status === 400 && isAboutPage)) return new PageTokenInvalidError(facts);
  return undefined;
}

function readPage<Item extends object>(
  answer: unknown,
  field: string,
  operation: string,
  problemOf: (item: Record<string, unknown>) => string | undefined,
) {
  if (!isRecord(answer)) throw malformed(operation, 'no object');
  const listed = answer[field] ?? [];
  if (!Array.isArray(listed)) throw malformed(operation, `"${field}" is no list`);
  const items: Item[] = [];
  const rejected: { index: number; problem: string }[] = [];
  for (const [index, item] of (listed as unknown[]).entries()) {
    const problem = isRecord(item) ? problemOf(item) : 'no object';
    if (problem === undefined) items.push(item as Item);
    else rejected.push({ index, problem });
  }
  return {
    items,
    rejected,
    nextPageToken: token(answer.nextPageToken, 'nextPageToken', operation),
    nextSyncToken: token(answer.nextSyncToken, 'nextSyncToken', operation),
  };
}

function token(value: unknown, name: string, operation: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw malformed(operation, `"${name}" is no text`);
  return value;
}

const malformed = (operation: string, problem: string) =>
  new MalformedAnswerError(problem, { operation, status: 200 });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The problem of an item without a name of its own. */
export const lacks = (name: string) => (item: Record<string, unknown>) =>
  typeof item[name] === 'string' && item[name] !== '' ? undefined : `no ${name}`;
