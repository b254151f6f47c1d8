import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { InvalidTokenKeyError } from './token-errors.js';

/** A key for AES-256, and the name that what it sealed carries. */
export interface TokenKey {
  /** 1 to 32 of `A-Z a-z 0-9 _ -`. It stands readable in the database. */
  readonly id: string;
  /** 32 random bytes: as such, in base64 or base64url, or in hexadecimal. */
  readonly secret: string | Uint8Array;
}

/** The first key seals, all of them open. It does not show its secrets where it is printed. */
export interface KeyRing {
  readonly currentId: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
}

export const TOKEN_KEYS_VARIABLE = 'TOKEN_ENCRYPTION_KEYS';
const ID = /^[\w-]{1,32}$/;
const SECRET_BYTES = 32;

/** @throws InvalidTokenKeyError */
export function createKeyRing(keys: readonly TokenKey[]): KeyRing {
  const ring = new Map<string, KeyObject>();
  for (const [index, { id, secret }] of keys.entries()) {
    const refuse = (problem: string) => new InvalidTokenKeyError(index + 1, problem);
    if (typeof id !== 'string' || !ID.test(id))
      throw refuse('has an id that is not 1 to 32 of A-Z a-z 0-9 _ -');
    if (ring.has(id)) throw refuse(`has the id "${id}", which another one has`);
    const bytes = bytesOf(secret);
    if (bytes?.length !== SECRET_BYTES)
      throw refuse(`("${id}") is not ${SECRET_BYTES} bytes, given as such, in base64 or in hexadecimal`);
    ring.set(id, createSecretKey(bytes));
  }
  const [first] = keys;
  if (!first) throw new InvalidTokenKeyError(1, 'is missing: tokens are kept encrypted');
  return { currentId: first.id, keys: ring };
}

/**
 * Reads keys from `TOKEN_ENCRYPTION_KEYS`, such as `2026-11:mGf…=,2026-05:Qx1…=`: the first one seals, all of them open.
 *
 * @returns none where the variable is missing or empty
 * @throws InvalidTokenKeyError
 */
export function tokenKeysFrom(env: Readonly<Record<string, string | undefined>>): TokenKey[] {
  const text = env[TOKEN_KEYS_VARIABLE]?.trim();
  if (!text) return [];
  const keys = text.split(',').map((pair, index) => {
    const [id, secret, ...rest] = pair.trim().split(':');
    if (id === undefined || secret === undefined || rest.length > 0)
      throw new InvalidTokenKeyError(index + 1, 'is not written as id:base64');
    return { id, secret };
  });
  createKeyRing(keys);
  return keys;
}

/** A key that everybody knows, for development: what it seals is readable by anybody, in any process. */
export const DEVELOPMENT_TOKEN_KEY: TokenKey = Object.freeze({
  id: 'development',
  secret: createHash('sha256').update('for development only').digest('hex'),
});

function bytesOf(secret: string | Uint8Array): Uint8Array | undefined {
  if (secret instanceof Uint8Array) return secret;
  if (typeof secret !== 'string') return undefined;
  if (/^[\da-f]{64}$/i.test(secret)) return Buffer.from(secret, 'hex');
  // Node reads whatever it can of a base64 text; half of a key is no key.
  return /^[\w+/-]{43}=?$/.test(secret) ? Buffer.from(secret, 'base64') : undefined;
}
