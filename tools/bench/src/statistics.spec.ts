import fc from 'fast-check';
import { median, percentile, slope } from './statistics.js';

describe('median', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(median([30, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 100])).toBe(3.5);
    expect(median([7])).toBe(7);
  });

  it('has no answer for nothing', () => {
    expect(() => median([])).toThrow(RangeError);
  });

  it('leaves its input alone', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is the nearest rank', () => {
    expect(percentile(hundred, 0.95)).toBe(95);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([5, 9], 0.95)).toBe(9);
    expect(percentile([5], 0.01)).toBe(5);
  });

  it('is not exceeded by at least its share of all values, and no smaller value does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 100 }),
        (values, percent) => {
          const share = percent / 100;
          const shareUpTo = (limit: number) =>
            values.filter((value) => value <= limit).length / values.length;
          const result = percentile(values, share);
          const smaller = values.filter((value) => value < result);
          expect(values).toContain(result);
          expect(shareUpTo(result)).toBeGreaterThanOrEqual(share - 1e-9);
          if (smaller.length > 0) expect(shareUpTo(Math.max(...smaller))).toBeLessThan(share + 1e-9);
        },
      ),
    );
  });

  it.each([0, -1, 1.01, Number.NaN])('refuses a share of %d', (share) => {
    expect(() => percentile([1], share)).toThrow(RangeError);
  });
});

describe('slope', () => {
  it('is that of a line, which a few odd points do not move', () => {
    const line = Array.from({ length: 20 }, (_, x) => ({ x, y: 3 * x + 7 }));
    expect(slope(line)).toBe(3);
    expect(slope(line.map((point) => (point.x % 7 === 3 ? { x: point.x, y: 9000 } : point)))).toBeCloseTo(
      3,
      0,
    );
  });

  it('is 0 where there is none', () => {
    expect(slope([])).toBe(0);
    expect(slope([{ x: 1, y: 5 }])).toBe(0);
    expect(
      slope([
        { x: 1, y: 5 },
        { x: 1, y: 50 },
      ]),
    ).toBe(0);
  });
});
