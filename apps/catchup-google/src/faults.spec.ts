import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FaultRule } from '@switchyard/google-stand-in';
import { GOOGLE_CALL_CHANNEL, type GoogleCallEvent } from './index.js';
import { all, rejection, startLab, type Lab } from './spec-support/lab.js';

const LIST = 'people.connections.list';
const FIELDS = { fields: ['names'] };
let lab: Lab;

beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.stop());

const list = (signal?: AbortSignal) => all(lab.google.people.listPages(lab.accountId, { ...FIELDS, signal }));
const fault = (rule: Omit<FaultRule, 'operation'>) => lab.standIn.setFaults([{ operation: LIST, ...rule }]);

describe('what passes is waited out', () => {
  test.each([
    ['rate-limit-exceeded', 403],
    ['user-rate-limit-exceeded', 403],
    ['too-many-requests', 429],
    ['internal-error', 500],
    ['bad-gateway', 502],
    ['unavailable', 503],
    ['html-error-page', 502],
    ['drop-before', 0],
    ['drop-after', 0],
  ] as const)('%s twice', async (kind, status) => {
    fault({ kind, times: 2 });
    expect(await list()).toHaveLength(1);
    expect(
      lab.statuses(LIST).map((answered) => (kind === 'drop-after' && answered !== 200 ? 0 : answered)),
    ).toEqual(kind === 'drop-after' ? lab.statuses(LIST) : [status, status, 200]);
    expect(lab.statuses(LIST)).toHaveLength(3);
    expect(lab.waits).toHaveLength(2);
  });

  test.each(['truncated-json', 'cut-off'] as const)('%s once', async (kind) => {
    fault({ kind, times: 1 });
    expect(await list()).toHaveLength(1);
    expect(lab.statuses(LIST)).toHaveLength(2);
  });

  test('waits as long as Retry-After asks, and a little more by chance', async () => {
    fault({ kind: 'too-many-requests', retryAfterSeconds: 3, times: 1 });
    await list();
    expect(lab.waits).toEqual([3000 + 250]);
  });
});

describe('what does not pass', () => {
  test('is given up when the tries are used up, and says when to come again', async () => {
    fault({ kind: 'unavailable' });
    const error = await rejection(list());
    expect(error).toMatchObject({
      code: 'ERR_GOOGLE_UNAVAILABLE',
      operation: LIST,
      status: 503,
      reason: 'UNAVAILABLE',
      attempts: 5,
    });
    expect((error as { retryAfterMs?: number }).retryAfterMs).toBeGreaterThan(0);
    expect(lab.waits).toEqual([250, 500, 1000, 2000]);
  });

  test('is given up at once when Google asks for more time than there is', async () => {
    fault({ kind: 'too-many-requests', retryAfterSeconds: 40 });
    expect(await rejection(list())).toMatchObject({
      code: 'ERR_GOOGLE_UNAVAILABLE',
      attempts: 1,
      retryAfterMs: 40_250,
    });
  });

  test('is given up when the next wait would take longer than there is time', async () => {
    const brief = await startLab({ budget: { attempts: 100, totalMs: 20_000 } });
    brief.standIn.setFaults([{ kind: 'internal-error', operation: LIST }]);
    const pages = all(brief.google.people.listPages(brief.accountId, FIELDS));
    expect(await rejection(pages)).toMatchObject({ code: 'ERR_GOOGLE_UNAVAILABLE', status: 500 });
    const waitedMs = brief.waits.reduce((sum, ms) => sum + ms, 0);
    expect(waitedMs).toBeGreaterThan(0);
    expect(waitedMs).toBeLessThanOrEqual(20_000);
    await brief.stop();
  });

  test('a quota that is used up is not tried again', async () => {
    lab.standIn.setFaults([{ kind: 'quota-exceeded', operation: 'calendar.calendarList.list' }]);
    const error = await rejection(all(lab.google.calendar.listCalendarPages(lab.accountId)));
    expect(error).toMatchObject({ code: 'ERR_GOOGLE_UNAVAILABLE', reason: 'quotaExceeded', attempts: 1 });
  });

  test('permissions that are missing are said so at once', async () => {
    fault({ kind: 'insufficient-permissions' });
    expect(await rejection(list())).toMatchObject({ code: 'ERR_GOOGLE_FORBIDDEN', attempts: 1 });
  });

  test('an answer that stays malformed is called that', async () => {
    fault({ kind: 'truncated-json' });
    expect(await rejection(list())).toMatchObject({ code: 'ERR_GOOGLE_MALFORMED_ANSWER', attempts: 5 });
  });

  test('a slow answer is cut off', async () => {
    const impatient = await startLab({ budget: { attempts: 2, tryMs: 100 } });
    impatient.standIn.setFaults([{ kind: 'slow', delayMs: 600_000, operation: LIST }]);
    const pages = all(impatient.google.people.listPages(impatient.accountId, FIELDS));
    expect(await rejection(pages)).toMatchObject({
      code: 'ERR_GOOGLE_UNAVAILABLE',
      reason: 'ETIMEDOUT',
      attempts: 2,
    });
    await impatient.stop();
  });
});

describe('tokens', () => {
  test('one that is refused is replaced once, within the same call', async () => {
    lab.standIn.killAccessTokens(lab.accountId);
    expect(await list()).toHaveLength(1);
    expect(lab.statuses(LIST)).toEqual([401, 200]);
    expect(lab.renewals()).toBe(1);
    expect(lab.waits).toEqual([]);
  });

  test('a fresh one that is refused as well is an error', async () => {
    fault({ kind: 'invalid-credentials' });
    expect(await rejection(list())).toMatchObject({ code: 'ERR_GOOGLE_UNAUTHORIZED', attempts: 2 });
    expect(lab.statuses(LIST)).toEqual([401, 401]);
  });

  test('many calls whose token was refused share one new one', async () => {
    lab.standIn.killAccessTokens(lab.accountId);
    const listed = await Promise.all(Array.from({ length: 8 }, () => list()));
    expect(listed.every((pages) => pages.length === 1)).toBe(true);
    expect(lab.renewals()).toBe(1);
  });

  test('one that dies in the middle of a listing costs no page', async () => {
    fault({ kind: 'access-token-dies', page: 'later', times: 1 });
    const pages = await all(lab.google.people.listPages(lab.accountId, { ...FIELDS, pageSize: 10 }));
    expect(new Set(pages.flatMap(({ people }) => people.map(({ resourceName }) => resourceName))).size).toBe(
      pages.flatMap(({ people }) => people).length,
    );
    expect(lab.renewals()).toBe(1);
  });
});

test('a signal ends a call in the middle of a wait, with its reason', async () => {
  const stop = new AbortController();
  const patient = await startLab({
    sleep: async (_ms, signal) => {
      stop.abort(new Error('enough'));
      signal?.throwIfAborted();
    },
  });
  patient.standIn.setFaults([{ kind: 'unavailable', operation: LIST }]);
  const pages = all(patient.google.people.listPages(patient.accountId, { ...FIELDS, signal: stop.signal }));
  expect((await rejection(pages)).message).toBe('enough');
  expect(patient.statuses(LIST)).toEqual([503]);
  await patient.stop();
});

test('every try is told on the channel, and no error shows a token', async () => {
  const events: GoogleCallEvent[] = [];
  const listener = (event: unknown) => void events.push(event as GoogleCallEvent);
  subscribe(GOOGLE_CALL_CHANNEL, listener);
  fault({ kind: 'unavailable', times: 1 });
  await list();
  unsubscribe(GOOGLE_CALL_CHANNEL, listener);
  expect(events).toMatchObject([
    { operation: LIST, accountId: lab.accountId, attempt: 1, status: 503, reason: 'UNAVAILABLE' },
    { attempt: 2, status: 200 },
  ]);
  const { accessToken } = lab.standIn.grant(lab.accountId);
  lab.standIn.revoke(lab.accountId);
  const error = await rejection(lab.google.oauth.profile(accessToken));
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(accessToken);
});
