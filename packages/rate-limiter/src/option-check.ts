import { InvalidRateLimitOptionError } from './errors.js';

/** @throws InvalidRateLimitOptionError unless `isRight` */
export function check(option: string, value: unknown, isRight: boolean, problem: string): void {
  if (!isRight) throw new InvalidRateLimitOptionError(option, value, problem);
}

/** @throws InvalidRateLimitOptionError */
export function checkWhole(option: string, value: unknown, min: number, max: number): void {
  const isRight = Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
  check(option, value, isRight, `it must be a whole number from ${min} to ${max}`);
}

/**
 * A decimal fraction as a whole number of thousandths.
 *
 * @throws InvalidRateLimitOptionError
 */
export function thousandths(option: string, value: unknown, min: number, max: number): number {
  const scaled = Math.round((value as number) * 1000);
  const isExact =
    typeof value === 'number' && Math.abs(value * 1000 - scaled) < 1e-6 * Math.max(1, scaled / 1e6);
  const isRight = isExact && value >= min && value <= max;
  check(option, value, isRight, `it must be a number from ${min} to ${max} of no more than three decimals`);
  return scaled;
}

/** @throws InvalidRateLimitOptionError for a name that is none of `known` */
export function checkNames(option: string, value: unknown, known: readonly string[]): void {
  check(option, value, typeof value === 'object' && value !== null, 'it must be an object');
  const stranger = Object.keys(value as object).find((name) => !known.includes(name));
  check(option, stranger, stranger === undefined, `there is no such option; there are ${known.join(', ')}`);
}
