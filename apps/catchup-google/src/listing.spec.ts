import { all, rejection, startLab, type Lab } from './spec-support/lab.js';
import { sendJson, startRawGoogle, type RawGoogle } from './spec-support/raw-google.js';

const PEOPLE = 'people.connections.list';
const EVENTS = 'calendar.events.list';
let lab: Lab;
let raw: RawGoogle | undefined;

beforeEach(async () => {
  lab = await startLab();
});
afterEach(async () => {
  await lab.stop();
  await raw?.stop();
  raw = undefined;
});

const people = (options: { syncToken?: string; pageSize?: number } = {}) =>
  all(lab.google.people.listPages(lab.accountId, { fields: ['names', 'metadata'], ...options }));
const events = (options: { syncToken?: string; pageSize?: number } = {}) =>
  all(lab.google.calendar.listEventPages(lab.accountId, 'primary', options));
const calendars = (options: { syncToken?: string; pageSize?: number } = {}) =>
  all(lab.google.calendar.listCalendarPages(lab.accountId, options));

describe.each([
  ['people', () => people],
  ['events', () => events],
  ['calendarList', () => calendars],
] as const)('%s', (list, lister) => {
  test('an old sync token is said to be one, at once', async () => {
    const syncToken = (await lister()()).at(-1)?.nextSyncToken as string;
    lab.standIn.expireSyncTokens({ list });
    const before = lab.standIn.requests.length;
    expect(await rejection(lister()({ syncToken }))).toMatchObject({
      code: 'ERR_GOOGLE_SYNC_TOKEN_EXPIRED',
      status: list === 'people' ? 400 : 410,
    });
    expect(lab.standIn.requests.length - before).toBe(1);
    expect((await lister()()).at(-1)?.nextSyncToken).not.toBe(syncToken);
  });

  test('nothing changed: one page, no item', async () => {
    const syncToken = (await lister()()).at(-1)?.nextSyncToken as string;
    const [page, ...more] = await lister()({ syncToken });
    expect(more).toEqual([]);
    expect(page && ('people' in page ? page.people : page.items)).toEqual([]);
    expect(page?.nextSyncToken).toBeDefined();
  });

  test('a page token that is not taken any more is said to be one', async () => {
    const pages = lister()({ pageSize: 1 });
    lab.standIn.setFaults([{ kind: 'page-token-expires', page: 'later' }]);
    expect(await rejection(pages)).toMatchObject({ code: 'ERR_GOOGLE_PAGE_TOKEN_INVALID', status: 400 });
  });
});

test('People may answer 410 to an old sync token as well', async () => {
  const other = await startLab({}, { expiredPeopleSyncTokenStatus: 410 });
  const list = (syncToken?: string) =>
    all(other.google.people.listPages(other.accountId, { fields: ['names'], syncToken }));
  const syncToken = (await list()).at(-1)?.nextSyncToken;
  other.standIn.expireSyncTokens();
  const error = await rejection(list(syncToken));
  await other.stop();
  expect(error).toMatchObject({ code: 'ERR_GOOGLE_SYNC_TOKEN_EXPIRED', status: 410 });
});

test('every page is asked for with the same parameters, the sync token too', async () => {
  const syncToken = (await people({ pageSize: 10 })).at(-1)?.nextSyncToken as string;
  for (let n = 0; n < 15; n++) lab.standIn.addContact(lab.accountId, { names: [{ givenName: `New ${n}` }] });
  expect(await people({ syncToken, pageSize: 10 })).toHaveLength(2);
  await events({ pageSize: 20 });
  const asked = (operation: string) =>
    lab.standIn.requests
      .filter((request) => request.operation === operation)
      .map(({ query: { pageToken: _, ...query } }) => query);
  const fixed = { personFields: 'names,metadata', pageSize: '10', requestSyncToken: 'true' };
  expect(asked(PEOPLE)).toEqual([fixed, fixed, fixed, ...[1, 2].map(() => ({ ...fixed, syncToken }))]);
  const ofEvents = { maxResults: '20', showDeleted: 'true', singleEvents: 'false' };
  expect(asked(EVENTS).length).toBeGreaterThan(1);
  for (const query of asked(EVENTS)) expect(query).toEqual(ofEvents);
});

test('only the last page has a sync token, even if Google sends one before', async () => {
  raw = await startRawGoogle((response, _request, number) =>
    sendJson(response, {
      connections: [],
      nextSyncToken: `sync-${number}`,
      ...(number < 3 && { nextPageToken: `page-${number}` }),
    }),
  );
  const pages = await all(raw.google.people.listPages('anna', { fields: ['names'] }));
  expect(pages.map(({ nextSyncToken }) => nextSyncToken)).toEqual([undefined, undefined, 'sync-3']);
});

test.each([
  ['the same page again', () => 'page-1'],
  ['pages in a circle', (number: number) => `page-${number % 3}`],
])('%s ends the listing', async (_name, next) => {
  raw = await startRawGoogle((response, _request, number) =>
    sendJson(response, { connections: [], nextPageToken: next(number) }),
  );
  const error = await rejection(all(raw.google.people.listPages('anna', { fields: ['names'] })));
  expect(error).toMatchObject({ code: 'ERR_GOOGLE_MALFORMED_ANSWER', problem: 'its pages never end' });
  expect(raw.requests.length).toBeLessThanOrEqual(4);
});

test('items that are none are set aside one by one', async () => {
  const good = { resourceName: 'people/1' };
  raw = await startRawGoogle((response) =>
    sendJson(response, {
      connections: [null, good, 'people/2', [], { resourceName: 7 }, { resourceName: '' }, {}],
      nextSyncToken: 'sync',
    }),
  );
  const [page] = await all(raw.google.people.listPages('anna', { fields: ['names'] }));
  expect(page?.people).toEqual([good]);
  expect(page?.rejected).toEqual([
    { index: 0, problem: 'no object' },
    { index: 2, problem: 'no object' },
    { index: 3, problem: 'no object' },
    { index: 4, problem: 'no resourceName' },
    { index: 5, problem: 'no resourceName' },
    { index: 6, problem: 'no resourceName' },
  ]);
});

test('a 410 without a sync token, or a 400 without a page token, is just refused', async () => {
  raw = await startRawGoogle((response, _request, number) =>
    sendJson(response, { error: { message: 'Invalid page token' } }, number === 1 ? 410 : 400),
  );
  for (const status of [410, 400])
    expect(await rejection(all(raw.google.people.listPages('anna', { fields: ['names'] })))).toMatchObject({
      code: 'ERR_GOOGLE_REFUSED',
      status,
    });
});

test('who stops reading asks for no further page', async () => {
  for await (const page of lab.google.people.listPages(lab.accountId, { fields: ['names'], pageSize: 5 })) {
    expect(page.people).toHaveLength(5);
    break;
  }
  expect(lab.statuses(PEOPLE)).toEqual([200]);
});

test('the names of calendars are one part of a path, whatever is in them', async () => {
  const pages = lab.google.calendar.listEventPages(lab.accountId, '../users/me/calendarList?x=#');
  expect(await rejection(all(pages))).toMatchObject({ code: 'ERR_GOOGLE_NOT_FOUND' });
});
