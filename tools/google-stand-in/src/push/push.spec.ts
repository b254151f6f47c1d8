import { usePushReceivers } from '../spec-support/push-receiver.js';
import { NOW, useStandIns } from '../spec-support/started-stand-in.js';
import { HOLIDAYS_CALENDAR_ID } from '../index.js';

const WATCH = '/calendar/v3/calendars/primary/events/watch';
const STOP = '/calendar/v3/channels/stop';
const ANNA = 'anna@example.com';

describe('push channels', () => {
  const start = useStandIns();
  const receive = usePushReceivers();
  const lunch = {
    summary: 'Lunch',
    start: { dateTime: '2026-03-20T12:00:00Z' },
    end: { dateTime: '2026-03-20T13:00:00Z' },
  };

  it.each([
    ['no id', { id: undefined }, 'required'],
    ['an id with other characters', { id: 'not allowed!' }, 'channelIdInvalid'],
    ['another type', { type: 'sms' }, 'channelUnknown'],
    ['a foreign address without https', { address: 'http://app.example/push' }, 'push.webhookUrlNotHttps'],
    ['an expiration in the past', { expiration: String(NOW.getTime() - 1) }, 'badRequest'],
    ['a token that is too long', { token: 'x'.repeat(257) }, 'badRequest'],
  ])('refuses a channel with %s', async (_, wrong, reason) => {
    const standIn = await start();
    const asked = { id: 'one', type: 'web_hook', address: 'http://127.0.0.1:9/push', ...wrong };
    const { status, body } = await standIn.post(WATCH, asked);
    expect(status).toBe(400);
    expect(body.error.errors![0]!.reason).toBe(reason);
    expect(standIn.channels()).toEqual([]);
  });

  it('refuses http altogether where set so, and calendars that Google publishes', async () => {
    const standIn = await start({ requireHttpsChannels: true });
    const asked = { id: 'one', type: 'web_hook', address: 'http://127.0.0.1:9/push' };
    expect((await standIn.post(WATCH, asked)).body.error.errors![0]!.reason).toBe('push.webhookUrlNotHttps');
    const holidays = `/calendar/v3/calendars/${encodeURIComponent(HOLIDAYS_CALENDAR_ID)}/events/watch`;
    const { body } = await standIn.post(holidays, { ...asked, address: 'https://app.example/push' });
    expect(body.error.errors![0]!.reason).toBe('pushNotSupportedForRequestedResource');
  });

  it('greets with a sync message and tells of changes with growing numbers', async () => {
    const [standIn, app] = [await start(), await receive()];
    const asked = { id: 'one', type: 'web_hook', address: app.url, token: 'mine=1' };
    const { body } = await standIn.post(WATCH, { ...asked, params: { ttl: '3600' } });
    const expirationMs = NOW.getTime() + 3_600_000;
    expect(body).toMatchObject({
      kind: 'api#channel',
      id: 'one',
      token: 'mine=1',
      expiration: String(expirationMs),
    });
    await standIn.pushesSettled();
    expect(app.messages).toHaveLength(1);
    expect(app.messages[0]).toMatchObject({
      'x-goog-channel-id': 'one',
      'x-goog-channel-token': 'mine=1',
      'x-goog-channel-expiration': new Date(expirationMs).toUTCString(),
      'x-goog-resource-state': 'sync',
      'x-goog-message-number': '1',
      'content-length': '0',
    });

    const id = standIn.addEvent(ANNA, lunch);
    await standIn.pushesSettled();
    standIn.deleteEvent(ANNA, id);
    await standIn.pushesSettled();
    const numbers = app.messages.map((headers) => Number(headers['x-goog-message-number']));
    expect(app.messages.map((headers) => headers['x-goog-resource-state'])).toEqual([
      'sync',
      'exists',
      'exists',
    ]);
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    expect(new Set(numbers).size).toBe(3);
  });

  it('takes an id once and for all, and stops a channel by both its ids', async () => {
    const [standIn, app] = [await start(), await receive()];
    const asked = { id: 'one', type: 'web_hook', address: app.url };
    const { body } = await standIn.post(WATCH, asked);
    const { resourceId } = body as unknown as { resourceId: string };
    expect((await standIn.post(WATCH, asked)).body.error.errors![0]!.reason).toBe('channelIdNotUnique');
    expect((await standIn.post(STOP, { id: 'one', resourceId: 'another' })).status).toBe(404);
    expect((await standIn.post(STOP, { id: 'one', resourceId }, 'ben@example.com')).status).toBe(404);
    expect((await standIn.post(STOP, { id: 'one', resourceId })).status).toBe(204);
    expect((await standIn.post(STOP, { id: 'one', resourceId })).status).toBe(404);
    expect((await standIn.post(WATCH, asked)).body.error.errors![0]!.reason).toBe('channelIdNotUnique');
  });

  it('drops channels at their end, which lies no further than the maximum', async () => {
    let now = NOW;
    const [standIn, app] = [await start({ now: () => now, maxChannelLifetimeSeconds: 60 }), await receive()];
    await standIn.post(WATCH, { id: 'one', type: 'web_hook', address: app.url, params: { ttl: '3600' } });
    await standIn.pushesSettled();
    now = new Date(NOW.getTime() + 59_000);
    standIn.addEvent(ANNA, lunch);
    await standIn.pushesSettled();
    now = new Date(NOW.getTime() + 60_000);
    standIn.addEvent(ANNA, lunch);
    await standIn.pushesSettled();
    expect(app.messages.map((headers) => headers['x-goog-resource-state'])).toEqual(['sync', 'exists']);
    expect(standIn.channels()).toEqual([]);
  });

  it('tries again after 500, 502, 503 and 504, and never after another status', async () => {
    const [standIn, app] = [await start({ pushRetryDelaysMs: [1, 1, 1, 1] }), await receive()];
    app.answers.push(500, 502, 503, 504, 200, 400);
    await standIn.post(WATCH, { id: 'one', type: 'web_hook', address: app.url });
    await standIn.pushesSettled();
    standIn.addEvent(ANNA, lunch);
    await standIn.pushesSettled();
    expect(standIn.pushes.map(({ statuses, outcome }) => [outcome, ...statuses])).toEqual([
      ['delivered', 500, 502, 503, 504, 200],
      ['refused', 400],
    ]);
  });

  it('goes silent, by hand and by a fault, while the channel looks alive', async () => {
    const [standIn, app] = [await start(), await receive()];
    await standIn.post(WATCH, { id: 'one', type: 'web_hook', address: app.url });
    await standIn.pushesSettled();
    standIn.setFaults([{ kind: 'silent-push', user: ANNA, times: 1 }]);
    standIn.addEvent(ANNA, lunch);
    standIn.addEvent(ANNA, lunch);
    standIn.silenceChannel('one');
    await standIn.pushesSettled();
    standIn.addEvent(ANNA, lunch);
    await standIn.pushesSettled();
    expect(standIn.pushes.map(({ outcome }) => outcome)).toEqual(['delivered', 'lost', 'delivered', 'lost']);
    expect(standIn.channels()).toHaveLength(1);
  });

  it('says the same twice by a fault', async () => {
    const [standIn, app] = [await start(), await receive()];
    await standIn.post(WATCH, { id: 'one', type: 'web_hook', address: app.url });
    await standIn.pushesSettled();
    standIn.setFaults([{ kind: 'repeated-push', times: 1 }]);
    standIn.addEvent(ANNA, lunch);
    await standIn.pushesSettled();
    expect(standIn.pushes.at(-1)).toMatchObject({ outcome: 'delivered', statuses: [200, 200] });
    const [, first, second] = app.messages.map((headers) => headers['x-goog-message-number']);
    expect(second).toBe(first);
    expect(app.messages).toHaveLength(3);
  });

  it('tells the channels of everybody who watches a shared calendar, and of its end', async () => {
    const [standIn, app] = [await start(), await receive()];
    const { items } = (await standIn.get('/calendar/v3/users/me/calendarList')).body;
    const team = items.find(({ summary }) => summary === 'Team')!.id!;
    const path = `/calendar/v3/calendars/${encodeURIComponent(team)}/events/watch`;
    await standIn.post(path, { id: 'anna', type: 'web_hook', address: app.url });
    await standIn.post(path, { id: 'ben', type: 'web_hook', address: app.url }, 'ben@example.com');
    await standIn.pushesSettled();
    standIn.addEvent(ANNA, lunch, team);
    await standIn.pushesSettled();
    standIn.deleteCalendar(team);
    await standIn.pushesSettled();
    const heard = app.messages.map((one) => `${one['x-goog-channel-id']} ${one['x-goog-resource-state']}`);
    expect(heard.sort()).toEqual(
      ['anna', 'ben'].flatMap((who) => ['exists', 'not_exists', 'sync'].map((state) => `${who} ${state}`)),
    );
  });
});
