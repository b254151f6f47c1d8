import { HOUR_MS, MINUTE_MS } from '../../durations.js';
import { decideRefresh } from './processor.js';

const decide = (expiresInMs: number, lifetimeMs = HOUR_MS) =>
  decideRefresh({
    userId: 'u',
    account: 'u@example.org',
    nowMs: 10 * HOUR_MS,
    expiresAtMs: 10 * HOUR_MS + expiresInMs,
    lifetimeMs,
  });

test('keeps a token that is good for longer than the margin', () => {
  expect(decide(30 * MINUTE_MS)).toEqual({ action: 'keep', refreshAtMs: 10 * HOUR_MS + 20 * MINUTE_MS });
});

test('refreshes one that expires soon', () => {
  expect(decide(5 * MINUTE_MS)).toEqual({
    action: 'refresh',
    expiresAtMs: 11 * HOUR_MS,
    wasExpired: false,
  });
});

test('says when it came too late', () => {
  expect(decide(0)).toMatchObject({ action: 'refresh', wasExpired: true });
});

test('a short-lived token is refreshed at half its life, not all the time', () => {
  expect(decide(6 * MINUTE_MS, 10 * MINUTE_MS)).toMatchObject({ action: 'keep' });
  expect(decide(5 * MINUTE_MS, 10 * MINUTE_MS)).toMatchObject({ action: 'refresh' });
});
