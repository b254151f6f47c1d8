import { InvalidRedisOptionError } from './errors.js';

/** @throws InvalidRedisOptionError unless it is a whole number from `min` to `max` */
export function checkedWhole(option: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new InvalidRedisOptionError(option, shownValue(value), `a whole number from ${min} to ${max}`);
  }
  return value;
}

/** @throws InvalidRedisOptionError unless it is a number from `min` to `max` */
export function checkedAmount(option: string, value: number, min: number, max: number): number {
  if (!(typeof value === 'number' && value >= min && value <= max)) {
    throw new InvalidRedisOptionError(option, shownValue(value), `${min} to ${max}`);
  }
  return value;
}

/** For values that are not secret. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 64));
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
