import { createHash } from 'node:crypto';
import { InvalidRateLimitOptionError } from './errors.js';
import type { CompiledPolicy } from './compiled-policy.js';

const PLAIN = /^[\x21-\x7e]{1,128}$/;

/**
 * Where a caller's key is counted in Redis: `<prefix>:<policy>:<kind>:=<key>`, or `…:#<SHA-256>` for what is long, is not
 * plain ASCII, or is to be hashed. The caller's key stands last and behind a mark of its own, so no key can be read as one of
 * another policy, and none as the hash of another.
 *
 * @throws InvalidRateLimitOptionError for a key that is empty or no text: everybody without a key would share one limit
 */
export function limitKey(prefix: string, policy: CompiledPolicy, key: string): string {
  if (typeof key !== 'string' || key === '') {
    throw new InvalidRateLimitOptionError(
      'key',
      key,
      `policy "${policy.name}" needs a text that is not empty`,
    );
  }
  const counted = policy.normalizeKey ? policy.normalizeKey(key) : key;
  const isPlain = !policy.isKeyHashed && PLAIN.test(counted);
  return `${prefix}:${policy.keySpace}:${isPlain ? `=${counted}` : `#${hashOf(counted)}`}`;
}

// Of the UTF-16 units: half a surrogate pair has no UTF-8, and would be read as the same sign as any other half.
function hashOf(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('base64url');
}
