/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? (at(sorted, middle - 1) + at(sorted, middle)) / 2
    : at(sorted, middle - 0.5);
}

/**
 * The smallest value that at least this share of all values does not exceed (nearest rank).
 *
 * @param share above 0, at most 1: 0.95 for p95.
 */
export function percentile(values: readonly number[], share: number): number {
  if (!(share > 0 && share <= 1)) throw new RangeError(`share must be above 0 and at most 1, not ${share}`);
  return at(ascending(values), Math.ceil(share * values.length) - 1);
}

/** A measurement at some point, of time or otherwise. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * How much y grows by x: the median of the slopes between all pairs of points (Theil and Sen), which a few odd ones
 * do not move. 0 when no two points differ in x.
 */
export function slope(points: readonly Point[]): number {
  const slopes = points.flatMap((left, index) =>
    points
      .slice(index + 1)
      .filter((right) => right.x !== left.x)
      .map((right) => (right.y - left.y) / (right.x - left.x)),
  );
  return slopes.length > 0 ? median(slopes) : 0;
}

function ascending(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError('there are no values');
  return [...values].sort((a, b) => a - b);
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value ${index} among ${values.length}`);
  return value;
}
