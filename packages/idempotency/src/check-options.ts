import { InvalidIdempotencyOptionError } from './errors.js';

const DAY_SECONDS = 86_400;

/** @throws InvalidIdempotencyOptionError */
export function checkNumber(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new InvalidIdempotencyOptionError(option, value, `a number from ${min} to ${max}`);
}

export const checkedLeaseMs = (leaseSeconds: number): number =>
  Math.ceil(checkNumber('leaseSeconds', leaseSeconds, 0.1, DAY_SECONDS) * 1000);

export const checkedWindowMs = (windowSeconds: number): number =>
  Math.ceil(checkNumber('windowSeconds', windowSeconds, 1, 31 * DAY_SECONDS) * 1000);

/** @throws InvalidIdempotencyOptionError for an option that nobody would heed, such as one that is misspelt */
export function checkNames(options: object, allowed: readonly string[]): void {
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || allowed.includes(option)) continue;
    throw new InvalidIdempotencyOptionError(option, value, `none of this name, but ${allowed.join(', ')}`);
  }
}
