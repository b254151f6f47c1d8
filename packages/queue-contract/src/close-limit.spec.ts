import { closeLimitMs } from './close-limit.js';

test.each([
  [0, 0],
  [1.5, 1.5],
  [2 ** 31 - 1, 2 ** 31 - 1],
  [2 ** 31, 2 ** 31 - 1],
  [Infinity, 2 ** 31 - 1],
  [-1, 0],
  [-Infinity, 0],
  [NaN, 0],
])('a close that is given %d ms is given up after %d', (timeoutMs, limitMs) => {
  expect(closeLimitMs(timeoutMs)).toBe(limitMs);
});
