import { InvalidStandInOptionError, type FaultKind, type FaultRule } from '../index.js';
import { createOAuthApp } from '../spec-support/oauth-app.js';
import { NOW, useStandIns } from '../spec-support/started-stand-in.js';

const PEOPLE = '/v1/people/me/connections';
const EVENTS = '/calendar/v3/calendars/primary/events';
const ANNA = 'anna@example.com';
const FIELDS = { personFields: 'names' };

describe('faults', () => {
  const start = useStandIns();

  it.each([
    ['invalid-credentials', 401, 'authError'],
    ['insufficient-permissions', 403, 'insufficientPermissions'],
    ['rate-limit-exceeded', 403, 'rateLimitExceeded'],
    ['user-rate-limit-exceeded', 403, 'userRateLimitExceeded'],
    ['quota-exceeded', 403, 'quotaExceeded'],
    ['too-many-requests', 429, 'rateLimitExceeded'],
    ['internal-error', 500, 'backendError'],
    ['bad-gateway', 502, 'backendError'],
    ['unavailable', 503, 'backendError'],
    ['not-found', 404, 'notFound'],
  ] satisfies [FaultKind, number, string][])('%s is %i %s, once', async (kind, status, reason) => {
    const standIn = await start();
    standIn.setFaults([{ kind, times: 1, retryAfterSeconds: 7 }]);
    const struck = await standIn.get(EVENTS);
    expect([struck.status, struck.body.error.code]).toEqual([status, status]);
    expect(struck.body.error.errors![0]!.reason).toBe(reason);
    expect(struck.headers.get('retry-after')).toBe([429, 503].includes(status) ? '7' : null);
    expect((await standIn.get(EVENTS)).status).toBe(200);
    expect(standIn.requests.map(({ fault }) => fault)).toEqual([kind, undefined]);
  });

  it('speaks the shape of each API', async () => {
    const standIn = await start();
    standIn.setFaults([{ kind: 'too-many-requests' }, { kind: 'internal-error', operation: 'oauth.token' }]);
    expect((await standIn.get(PEOPLE, FIELDS)).body.error).toMatchObject({
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      details: [{ reason: 'RATE_LIMIT_EXCEEDED' }],
    });
    standIn.setFaults([{ kind: 'invalid-credentials', operation: 'oauth.token' }]);
    const { refreshToken } = standIn.grant(ANNA);
    expect((await createOAuthApp(standIn).refresh(refreshToken)).body['error']).toBe('invalid_grant');
  });

  it.each<[string, FaultRule, number[]]>([
    ['a user', { kind: 'unavailable', user: 'ben@example.com' }, [200, 200, 503]],
    ['an operation', { kind: 'unavailable', operation: 'people.connections.list' }, [503, 200, 503]],
    ['an API', { kind: 'unavailable', operation: 'calendar.*' }, [200, 503, 200]],
    ['a calendar', { kind: 'unavailable', calendarId: 'primary' }, [200, 503, 200]],
    ['later pages', { kind: 'unavailable', page: 'later' }, [200, 200, 200]],
    ['the second request', { kind: 'unavailable', skip: 1, times: 1 }, [200, 503, 200]],
  ])('can be aimed at %s', async (_, rule, expected) => {
    const standIn = await start();
    standIn.setFaults([rule]);
    const statuses = [
      (await standIn.get(PEOPLE, FIELDS)).status,
      (await standIn.get(EVENTS)).status,
      (await standIn.get(PEOPLE, FIELDS, 'ben@example.com')).status,
    ];
    expect(statuses).toEqual(expected);
  });

  it('strikes a share of the requests, the same ones for the same seed', async () => {
    const run = async (): Promise<number[]> => {
      const standIn = await start();
      standIn.setFaults([{ kind: 'unavailable', share: 0.5 }]);
      const statuses: number[] = [];
      for (let at = 0; at < 20; at += 1) statuses.push((await standIn.get('/v3/userinfo')).status);
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await run()).toEqual(first);
  });

  it('kills the access token in the middle of paging, for good', async () => {
    const standIn = await start();
    const { nextPageToken: pageToken } = (await standIn.get(PEOPLE, { ...FIELDS, pageSize: 10 })).body;
    standIn.setFaults([{ kind: 'access-token-dies', page: 'later', times: 1 }]);
    for (let at = 0; at < 2; at += 1)
      expect((await standIn.get(PEOPLE, { ...FIELDS, pageSize: 10, pageToken })).status).toBe(401);
  });

  it('lets sync and page tokens die for good, and waits for a request that carries one', async () => {
    const standIn = await start();
    standIn.setFaults([
      { kind: 'page-token-expires', times: 1 },
      { kind: 'sync-token-expires', times: 1 },
    ]);
    const { nextPageToken: pageToken } = (await standIn.get(EVENTS, { maxResults: 5 })).body;
    for (let at = 0; at < 2; at += 1)
      expect((await standIn.get(EVENTS, { maxResults: 5, pageToken })).status).toBe(400);
    const { nextSyncToken: syncToken } = (await standIn.get(EVENTS, { maxResults: 2500 })).body;
    for (let at = 0; at < 2; at += 1) expect((await standIn.get(EVENTS, { syncToken })).status).toBe(410);
    expect(standIn.faultHits().map(({ hits }) => hits)).toEqual([1, 1]);
  });

  it('drops connections before or after the work', async () => {
    const standIn = await start();
    const watch = { id: 'one', type: 'web_hook', address: 'http://127.0.0.1:9/push' };
    const path = `${EVENTS}/watch`;
    standIn.setFaults([
      { kind: 'drop-before', times: 1 },
      { kind: 'drop-after', times: 1 },
    ]);
    await expect(standIn.post(path, watch)).rejects.toThrow();
    expect(standIn.channels()).toHaveLength(0);
    await expect(standIn.post(path, watch)).rejects.toThrow();
    expect(standIn.channels()).toHaveLength(1);
    expect(standIn.requests.map(({ status }) => status)).toEqual([0, 0]);
  });

  it('garbles answers', async () => {
    const standIn = await start();
    standIn.setFaults([
      { kind: 'truncated-json', times: 1 },
      { kind: 'cut-off', times: 1 },
      { kind: 'html-error-page' },
    ]);
    await expect(standIn.get(EVENTS)).rejects.toThrow(SyntaxError);
    await expect(standIn.get(EVENTS)).rejects.toThrow('terminated');
    const page = await standIn.get(EVENTS);
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
  });

  it('lets a slow answer go when it stops', async () => {
    const standIn = await start();
    standIn.setFaults([{ kind: 'slow', delayMs: 600_000 }]);
    const slow = expect(standIn.get(EVENTS)).rejects.toThrow();
    while (standIn.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await standIn.stop();
    await slow;
  });

  it('limits each user by a bucket of tokens', async () => {
    let now = NOW;
    const standIn = await start({ now: () => now, rateLimitPerUser: { capacity: 2, refillPerSecond: 0.5 } });
    const statuses = [];
    for (let at = 0; at < 3; at += 1) statuses.push((await standIn.get(EVENTS)).status);
    const limited = await standIn.get(EVENTS);
    expect([...statuses, limited.status]).toEqual([200, 200, 429, 429]);
    expect(limited.headers.get('retry-after')).toBe('2');
    expect((await standIn.get(EVENTS, {}, 'ben@example.com')).status).toBe(200);
    now = new Date(NOW.getTime() + 2000);
    expect((await standIn.get(EVENTS)).status).toBe(200);
  });

  it('fails for one calendar of three', async () => {
    const standIn = await start();
    const { items } = (await standIn.get('/calendar/v3/users/me/calendarList')).body;
    const ids = items.map(({ id }) => id!);
    standIn.setFaults([{ kind: 'internal-error', operation: 'calendar.events.list', calendarId: ids[1]! }]);
    const statuses = [];
    for (const id of ids)
      statuses.push((await standIn.get(`/calendar/v3/calendars/${encodeURIComponent(id)}/events`)).status);
    expect(statuses).toEqual([200, 500, 200]);
  });

  it('refuses rules that make no sense', async () => {
    const standIn = await start();
    for (const wrong of [{ kind: 'fire' }, { kind: 'slow', delayMs: -1 }, { kind: 'slow', share: 1.5 }])
      expect(() => standIn.setFaults([wrong as FaultRule])).toThrow(InvalidStandInOptionError);
  });
});
