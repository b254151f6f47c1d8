import { Refusal } from './refusal.js';

/** Reads a flag the way Google does: `true`, `1` and an empty value are true. */
export function readFlag(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (['true', '1', ''].includes(value)) return true;
  if (['false', '0'].includes(value)) return false;
  throw invalidValue(name, value, 'a boolean');
}

/** A whole number of at least `min`; undefined where it is not given. */
export function readInteger(query: URLSearchParams, name: string, min: number): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || number < min)
    throw invalidValue(name, value, `an integer of at least ${min}`);
  return number;
}

export function invalidValue(name: string, value: string, allowed: string): Refusal {
  return new Refusal({
    status: 400,
    reason: 'invalidParameter',
    message: `Invalid value '${value}' for parameter '${name}': it has to be ${allowed}.`,
    locationType: 'parameter',
    location: name,
    fieldViolations: [{ field: name, description: `Invalid value: ${value}` }],
  });
}
