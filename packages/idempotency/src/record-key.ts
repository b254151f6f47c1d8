import { createHash } from 'node:crypto';
import { InvalidIdempotencyOptionError } from './errors.js';

/** What is to be done once: a name, or its parts, such as a queue's name and a job's id. */
export type IdempotencyKey = string | readonly string[];

/** A key in Redis is at most this long, whatever the parts are. */
export const MAX_KEY_LENGTH = 256;

/**
 * The Redis key of what is to be done once: `idempotency:<namespace>:<part>:<part>`. Two keys of different parts are
 * never the same: a colon, a percent sign and what UTF-8 cannot carry are escaped within a part, and a key that would be
 * longer than 256 characters has the SHA-256 of its parts in their place, behind a mark that no part begins with.
 *
 * @throws InvalidIdempotencyOptionError for a part that is no string or empty: an id that is missing is nobody's key
 */
export function recordKey(namespace: string, key: IdempotencyKey): string {
  const parts: readonly unknown[] = typeof key === 'string' ? [key] : key;
  if (!Array.isArray(parts) || parts.length === 0 || !parts.every(isPart)) {
    throw new InvalidIdempotencyOptionError('key', key, 'a string that is not empty, or several');
  }
  const prefix = `idempotency:${encodePart(namespace)}:`;
  const path = parts.map(encodePart).join(':');
  if (prefix.length + path.length <= MAX_KEY_LENGTH) return prefix + path;
  return `${prefix}#${createHash('sha256').update(path).digest('base64url')}`;
}

/** A key as errors show it. */
export function shownKey(key: IdempotencyKey): string {
  const text = typeof key === 'string' ? key : key.join(':');
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}

const isPart = (part: unknown): part is string => typeof part === 'string' && part !== '';

function encodePart(part: string): string {
  return part.replace(
    /[%:#\s]|\p{Surrogate}/gu,
    (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
