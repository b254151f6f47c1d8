import fc from 'fast-check';
import { HOUR_MS, MINUTE_MS } from '../../durations.js';
import { LONGEST_INTERVAL_MS, nextIntervalMs, SHORTEST_INTERVAL_MS } from './processor.js';

test('is half the median gap between changes, in whatever order they come', () => {
  const changes = [0, 60, 120, 180, 900].map((minute) => minute * MINUTE_MS);
  expect(nextIntervalMs(changes, HOUR_MS)).toBe(30 * MINUTE_MS);
  expect(nextIntervalMs(changes.reverse(), HOUR_MS)).toBe(30 * MINUTE_MS);
});

test('grows while nothing changes', () => {
  expect(nextIntervalMs([], HOUR_MS)).toBe(2 * HOUR_MS);
  expect(nextIntervalMs([0], 2 * HOUR_MS)).toBe(4 * HOUR_MS);
});

test('takes several syncs to get from one extreme to the other', () => {
  expect(nextIntervalMs([0, 1, 2], HOUR_MS)).toBe(30 * MINUTE_MS);
});

test('stays between the limits and within a factor of two, whatever the history', () => {
  const interval = fc.integer({ min: SHORTEST_INTERVAL_MS, max: LONGEST_INTERVAL_MS });
  fc.assert(
    fc.property(fc.array(fc.nat()), interval, (changes, intervalMs) => {
      const next = nextIntervalMs(changes, intervalMs);
      expect(next).toBeGreaterThanOrEqual(Math.max(SHORTEST_INTERVAL_MS, Math.floor(intervalMs / 2)));
      expect(next).toBeLessThanOrEqual(Math.min(LONGEST_INTERVAL_MS, intervalMs * 2));
    }),
  );
});
