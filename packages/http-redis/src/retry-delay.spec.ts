import { readRetryAfter, retryDelayMs } from './retry-delay.js';

const waits = (policy: Parameters<typeof retryDelayMs>[0], retryAfterMs: number | null = null) =>
  [1, 2, 3, 4].map((failures) => retryDelayMs(policy, failures, retryAfterMs));

test('none, once-quickly, standard', () => {
  expect(waits('none')).toEqual([null, null, null, null]);
  expect(waits('once-quickly')).toEqual([10, null, null, null]);
  expect(waits('standard')).toEqual([1000, 2000, 4000, null]);
});

test('what the server asks for counts where it is longer, and ends the call where it is too long', () => {
  expect(waits('standard', 3000)).toEqual([3000, 3000, 4000, null]);
  expect(waits('standard', 10_000)).toEqual([10_000, 10_000, 10_000, null]);
  expect(waits('standard', 10_001)).toEqual([null, null, null, null]);
  expect(waits('once-quickly', 5)).toEqual([10, null, null, null]);
  expect(waits('once-quickly', 50)).toEqual([50, null, null, null]);
  expect(waits('once-quickly', 51)).toEqual([null, null, null, null]);
  expect(waits('none', 0)).toEqual([null, null, null, null]);
});

describe('Retry-After', () => {
  const nowMs = Date.parse('Wed, 21 Oct 2015 07:28:00 GMT');
  test.each([
    ['0', 0],
    [' 120 ', 120_000],
    ['Wed, 21 Oct 2015 07:28:05 GMT', 5000],
    ['Wednesday, 21-Oct-15 07:28:05 GMT', 5000],
    ['Wed, 21 Oct 2015 07:27:00 GMT', 0],
    ['', null],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['may 1', null],
    [undefined, null],
  ])('%j is %j', (value, expected) => {
    expect(readRetryAfter(value, undefined, nowMs)).toBe(expected);
  });

  test("a date is measured by the server's clock, else by ours", () => {
    const date = 'Wed, 21 Oct 2015 07:28:05 GMT';
    expect(readRetryAfter(date, 'Wed, 21 Oct 2015 07:28:03 GMT', nowMs)).toBe(2000);
    expect(readRetryAfter(date, 'yesterday', nowMs)).toBe(5000);
  });
});
