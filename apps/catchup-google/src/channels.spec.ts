import { HOLIDAYS_CALENDAR_ID } from '@switchyard/google-stand-in';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readPushMessage } from './index.js';
import { rejection, startLab, type Lab } from './spec-support/lab.js';

const WATCH = 'calendar.events.watch';
let lab: Lab;

beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.stop());

const watch = (
  more: { address?: string; ttlSeconds?: number; channelId?: string } = {},
  calendarId = 'primary',
) =>
  lab.google.calendar.watchEvents(lab.accountId, calendarId, {
    channelId: 'channel-1',
    token: 'a secret of ours',
    address: 'http://127.0.0.1:9/push',
    ...more,
  });

test('a calendar that cannot be watched is said to be one', async () => {
  expect(await rejection(watch({}, HOLIDAYS_CALENDAR_ID))).toMatchObject({
    code: 'ERR_GOOGLE_PUSH_NOT_SUPPORTED',
    attempts: 1,
  });
});

test('a channel that may have been opened is not opened again', async () => {
  lab.standIn.setFaults([{ kind: 'drop-after', operation: WATCH }]);
  expect(await rejection(watch())).toMatchObject({ code: 'ERR_GOOGLE_UNAVAILABLE', attempts: 1 });
  expect(lab.standIn.channels()).toHaveLength(1);
  lab.standIn.setFaults([]);
  expect(await rejection(watch())).toMatchObject({
    code: 'ERR_GOOGLE_REFUSED',
    reason: 'channelIdNotUnique',
  });
});

test('a channel that was surely not opened is opened with the next try, or with a fresh token', async () => {
  lab.standIn.setFaults([{ kind: 'user-rate-limit-exceeded', operation: WATCH, times: 1 }]);
  await watch();
  lab.standIn.killAccessTokens(lab.accountId);
  await watch({ channelId: 'channel-2' });
  expect(lab.statuses(WATCH)).toEqual([403, 200, 401, 200]);
  expect(lab.standIn.channels()).toHaveLength(2);
});

test('a channel that is gone is closed enough', async () => {
  const { resourceId } = await watch();
  const channel = { channelId: 'channel-1', resourceId };
  expect(await lab.google.calendar.stopChannel(lab.accountId, channel)).toBe(true);
  expect(await lab.google.calendar.stopChannel(lab.accountId, channel)).toBe(false);
  expect(lab.standIn.channels()).toEqual([]);
});

test('closing is tried again after a connection that broke', async () => {
  const { resourceId } = await watch();
  lab.standIn.setFaults([{ kind: 'drop-before', operation: 'calendar.channels.stop', times: 1 }]);
  expect(await lab.google.calendar.stopChannel(lab.accountId, { channelId: 'channel-1', resourceId })).toBe(
    true,
  );
});

test('messages of a channel are read as they come over HTTP', async () => {
  const received: IncomingHttpHeaders[] = [];
  const receiver = createServer((request, response) => {
    received.push(request.headers);
    request.resume();
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  const before = Date.now();
  const granted = await watch({ address: `http://127.0.0.1:${port}/push`, ttlSeconds: 3600 });
  expect(granted.expiresAt.getTime()).toBeGreaterThanOrEqual(before + 3_599_000);
  const start = { dateTime: '2026-12-01T12:00:00Z' };
  const end = { dateTime: '2026-12-01T13:00:00Z' };
  lab.standIn.addEvent(lab.accountId, { summary: 'Lunch', start, end });
  await lab.standIn.pushesSettled();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  expect(received.map(readPushMessage)).toMatchObject(
    (['sync', 'exists'] as const).map((resourceState) => ({
      channelId: 'channel-1',
      token: 'a secret of ours',
      resourceId: granted.resourceId,
      resourceState,
    })),
  );
  expect(received.map((headers) => readPushMessage(headers).messageNumber)[0]).toBe(1);
});
