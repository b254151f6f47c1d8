import { DAY_MS } from '../../durations.js';
import { planRenewal } from './processor.js';

const plan = (nowMs: number, channelId = 'cal-6') =>
  planRenewal({ userId: 'u', channelId, nowMs, expiresAtMs: 9 * DAY_MS, lifetimeMs: 6 * DAY_MS });

test('keeps a channel in the first two thirds of its lease', () => {
  expect(plan(5 * DAY_MS)).toEqual({ action: 'keep', checkAgainAtMs: 7 * DAY_MS });
});

test('renews it in the last third, under the next name', () => {
  expect(plan(8 * DAY_MS)).toEqual({ action: 'renew', channelId: 'cal-7', expiresAtMs: 14 * DAY_MS });
});

test('replaces an expired one and says since when changes were missed', () => {
  expect(plan(10 * DAY_MS)).toEqual({
    action: 'replace',
    channelId: 'cal-7',
    expiresAtMs: 16 * DAY_MS,
    syncSinceMs: 9 * DAY_MS,
  });
});

test('a first channel without a number gets one', () => {
  expect(plan(8 * DAY_MS, 'primary')).toMatchObject({ channelId: 'primary-2' });
});
