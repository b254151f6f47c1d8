import { refreshBackoffMs } from './refresh-backoff.js';

describe('the back-off after a failed refresh', () => {
  it('grows to an hour and no further', () => {
    const longest = [1, 2, 3, 7, 8, 9, 2000].map((failures) => refreshBackoffMs(failures, () => 1));
    expect(longest).toEqual([30_000, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000, 3_600_000]);
  });

  it('is spread over the second half of it', () => {
    expect(refreshBackoffMs(1, () => 0)).toBe(15_000);
    expect(refreshBackoffMs(3, () => 0.5)).toBe(90_000);
  });

  it('is at least what the provider asked for', () => {
    expect(refreshBackoffMs(1, () => 0, 7_200_000)).toBe(7_200_000);
    expect(refreshBackoffMs(1, () => 0, 5)).toBe(15_000);
  });
});
