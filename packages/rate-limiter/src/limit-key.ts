import { createHash } from 'node:crypto';
import type { CompiledPolicy } from './compiled-policy.js';
import { check } from './option-check.js';

const PLAIN = /^[\x21-\x7e]{1,128}$/;

/**
 * Where a caller's key is counted in Redis: `<prefix>:<policy>:<kind>:=<key>`, or `…:#<SHA-256>` for what is long, is not
 * plain ASCII, or is to be hashed. The caller's key stands last and behind a mark of its own, so no key can be read as one of
 * another policy, and none as the hash of another.
 *
 * @throws InvalidRateLimitOptionError for a key that is empty or no text: everybody without a key would share one limit
 */
export function limitKey(prefix: string, policy: CompiledPolicy, key: string): string {
  const problem = `policy "${policy.name}" needs a text that is not empty`;
  const checkKey = (value: unknown) =>
    check('key', value, typeof value === 'string' && value !== '', problem);
  checkKey(key);
  const counted = policy.normalizeKey ? policy.normalizeKey(key) : key;
  checkKey(counted);
  const isPlain = !policy.isKeyHashed && PLAIN.test(counted);
  return `${prefix}:${policy.keySpace}:${isPlain ? `=${counted}` : `#${hashOf(counted)}`}`;
}

// Of the UTF-16 units: half a surrogate pair has no UTF-8, and would be read as the same sign as any other half.
function hashOf(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('base64url');
}
