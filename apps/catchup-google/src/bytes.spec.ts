import { getEventListeners } from 'node:events';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { GOOGLE_CALL_CHANNEL } from './index.js';
import { all, rejection } from './spec-support/lab.js';
import { sendJson, startRawGoogle, type RawGoogle } from './spec-support/raw-google.js';

const LAST_PAGE = { connections: [{ resourceName: 'people/1' }], nextSyncToken: 'sync-1' };
const CHANNEL = { channelId: 'channel', token: 'token', address: 'https://example.com/push' };
let raw: RawGoogle | undefined;

afterEach(() => raw?.stop());

const list = (signal?: AbortSignal) =>
  all((raw as RawGoogle).google.people.listPages('anna', { fields: ['names'], signal }));
const watch = () => (raw as RawGoogle).google.calendar.watchEvents('anna', 'primary', CHANNEL);

describe('answers that are none', () => {
  test.each([
    ['a page of a proxy', '<html>Sign in to the network</html>'],
    ['half a page', '{"connections":[{"resourceName":"peo'],
    ['no object', '[]'],
    ['a number', '7'],
    ['null', 'null'],
    ['a list that is none', '{"connections":{"resourceName":"people/1"},"nextSyncToken":"t"}'],
    ['a page token that is none', '{"connections":[],"nextPageToken":{"a":1}}'],
    ['neither a next page nor a sync token', '{"connections":[]}'],
    ['nothing', ''],
  ])('%s', async (_name, body) => {
    raw = await startRawGoogle((response) => response.end(body), { budget: { attempts: 2 } });
    expect(await rejection(list())).toMatchObject({
      code: 'ERR_GOOGLE_MALFORMED_ANSWER',
      operation: 'people.connections.list',
    });
  });

  test('a redirect is not followed: a token would go along', async () => {
    raw = await startRawGoogle((response) => response.writeHead(302, { location: '/elsewhere' }).end());
    expect(await rejection(list())).toMatchObject({ code: 'ERR_GOOGLE_REFUSED', status: 302 });
    expect(raw.requests).toHaveLength(1);
  });

  test('one without end is cut off', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    raw = await startRawGoogle(
      (response) => {
        const pour = () => {
          while (!response.destroyed && response.write(megabyte));
          if (!response.destroyed) response.once('drain', pour);
        };
        pour();
      },
      { budget: { attempts: 1, tryMs: 600_000, totalMs: 600_000 } },
    );
    expect(await rejection(list())).toMatchObject({ code: 'ERR_GOOGLE_UNAVAILABLE' });
  });

  test('a body that stops in the middle ends with the time limit', async () => {
    raw = await startRawGoogle((response) => void response.write('{"connections":['), {
      budget: { attempts: 2, tryMs: 100 },
    });
    expect(await rejection(list())).toMatchObject({
      code: 'ERR_GOOGLE_UNAVAILABLE',
      reason: 'ETIMEDOUT',
      attempts: 2,
    });
  });
});

describe('what must not happen twice', () => {
  test.each([
    ['a connection that breaks', (socket: { destroy(): void }) => socket.destroy()],
    ['a failure of the server', undefined],
  ])('is not repeated after %s', async (_name, breakOff) => {
    raw = await startRawGoogle((response, request) =>
      breakOff ? breakOff(request.socket) : sendJson(response, {}, 500),
    );
    expect(await rejection(watch())).toMatchObject({ code: 'ERR_GOOGLE_UNAVAILABLE', attempts: 1 });
    expect(raw.requests).toHaveLength(1);
  });

  test('is repeated where it surely did not happen', async () => {
    raw = await startRawGoogle((response, _request, number) =>
      number === 1
        ? sendJson(response, { error: { errors: [{ reason: 'rateLimitExceeded' }] } }, 403)
        : sendJson(response, { resourceId: 'r', expiration: '1795000000000' }),
    );
    expect(await watch()).toEqual({ resourceId: 'r', expiresAt: new Date(1795000000000) });
    expect(raw.requests).toHaveLength(2);
  });

  test.each([
    ['no end', { resourceId: 'r' }],
    ['an end that is none', { resourceId: 'r', expiration: null }],
    ['no resource id', { expiration: '1795000000000' }],
    ['nothing', null],
  ])('is malformed with %s, and not repeated', async (_name, channel) => {
    raw = await startRawGoogle((response) => sendJson(response, channel));
    expect(await rejection(watch())).toMatchObject({ code: 'ERR_GOOGLE_MALFORMED_ANSWER' });
    expect(raw.requests).toHaveLength(1);
  });

  test('goes over a connection of its own, the rest over one that stays open', async () => {
    raw = await startRawGoogle((response, request) =>
      sendJson(response, request.method === 'POST' ? { resourceId: 'r', expiration: '1' } : LAST_PAGE),
    );
    for (let n = 0; n < 3; n++) await list();
    expect(raw.connections()).toBe(1);
    await watch();
    expect(raw.connections()).toBe(2);
    await list();
    expect(raw.connections()).toBe(2);
  });
});

test('no more calls at once for one account than allowed; another account does not wait for them', async () => {
  const held: (() => void)[] = [];
  let under = 0;
  let most = 0;
  let arrived = (): void => undefined;
  raw = await startRawGoogle(
    (response, request) => {
      if (request.headers.authorization === 'Bearer ben') return sendJson(response, LAST_PAGE);
      most = Math.max(most, ++under);
      held.push(() => {
        under--;
        sendJson(response, LAST_PAGE);
      });
      arrived();
    },
    { concurrencyPerAccount: 2, tokens: { accessToken: async (account) => account } },
  );
  const { people } = raw.google;
  const lists = Array.from({ length: 6 }, () => list());
  await all(people.listPages('ben', { fields: ['names'] }));
  for (let answered = 0; answered < 6;) {
    if (held.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
    held.shift()?.();
    answered++;
  }
  await Promise.all(lists);
  expect(most).toBe(2);
});

test('a signal that outlives many calls keeps none of their listeners', async () => {
  raw = await startRawGoogle((response) => sendJson(response, LAST_PAGE));
  const { signal } = new AbortController();
  for (let n = 0; n < 20; n++) await list(signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('who waits for a turn can leave at once', async () => {
  let arrived = (): void => undefined;
  const first = new Promise<void>((resolve) => (arrived = resolve));
  raw = await startRawGoogle(() => arrived(), { concurrencyPerAccount: 1 });
  const stop = new AbortController();
  const held = rejection(list(stop.signal));
  await first;
  const leaving = new AbortController();
  const waiting = rejection(list(leaving.signal));
  leaving.abort(new Error('no time'));
  expect((await waiting).message).toBe('no time');
  stop.abort(new Error('stop'));
  expect((await held).message).toBe('stop');
  expect(raw.requests).toHaveLength(1);
});

test('who gives up does not take the new token from the others', async () => {
  let deliver = (_token: string): void => undefined;
  let renewals = 0;
  let refusals = 0;
  let bothRefused = (): void => undefined;
  const areRefused = new Promise<void>((resolve) => (bothRefused = resolve));
  const listener = () => ++refusals === 2 && setImmediate(bothRefused);
  const stop = new AbortController();
  raw = await startRawGoogle(
    (response, request) =>
      request.headers.authorization === 'Bearer good'
        ? sendJson(response, LAST_PAGE)
        : sendJson(response, {}, 401),
    {
      tokens: {
        accessToken: (_account, { rejected, signal } = {}) => {
          if (rejected === undefined) return Promise.resolve('bad');
          renewals++;
          return new Promise((resolve, reject) => {
            deliver = resolve;
            signal?.addEventListener('abort', () => reject(new Error('the source was stopped')));
          });
        },
      },
    },
  );
  subscribe(GOOGLE_CALL_CHANNEL, listener);
  const leaving = rejection(list(stop.signal));
  const staying = list();
  await areRefused;
  unsubscribe(GOOGLE_CALL_CHANNEL, listener);
  stop.abort(new Error('no time'));
  expect((await leaving).message).toBe('no time');
  deliver('good');
  expect(await staying).toHaveLength(1);
  expect(renewals).toBe(1);
});
