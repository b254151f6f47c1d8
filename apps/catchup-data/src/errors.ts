/** Every error of this package: `code` is stable and is what callers match on; messages may change. */
export abstract class DataError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** A value that PostgreSQL cannot keep as it is, found before anything was sent. */
export class UnstorableValueError extends DataError {
  readonly code = 'ERR_DATA_UNSTORABLE';
  constructor(
    /** What it was to be. */
    readonly kind: string,
    value: unknown,
    readonly allowed: string,
  ) {
    super(`${show(value)} is not ${kind} that can be stored, allowed: ${allowed}`);
  }
}

/** The first 100 characters of it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (typeof value === 'function') return 'a function';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
