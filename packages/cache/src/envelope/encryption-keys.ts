import { createSecretKey, type KeyObject } from 'node:crypto';
import { InvalidEncryptionKeyError } from './errors.js';

/** A key for AES-256, and the name that entries written with it carry. */
export interface EncryptionKey {
  /** 1 to 32 of `A-Z a-z 0-9 _ -`. It stands readable in Redis. */
  readonly id: string;
  /** 32 random bytes: as such, in base64 or base64url (43 or 44 characters), or in hexadecimal (64). */
  readonly secret: string | Uint8Array;
}

/** Keys as they are used. They do not show in what is printed. */
export type KeyRing = ReadonlyMap<string, KeyObject>;

const ID = /^[\w-]{1,32}$/;
const SECRET_BYTES = 32;
const ENVIRONMENT_VARIABLE = 'CACHE_ENCRYPTION_KEYS';

/** @throws InvalidEncryptionKeyError */
export function createKeyRing(keys: readonly EncryptionKey[]): KeyRing {
  const ring = new Map<string, KeyObject>();
  for (const [index, { id, secret }] of keys.entries()) {
    const refuse = (problem: string) => new InvalidEncryptionKeyError(index + 1, problem);
    if (typeof id !== 'string' || !ID.test(id))
      throw refuse('has an id that is not 1 to 32 of A-Z a-z 0-9 _ -');
    if (ring.has(id)) throw refuse(`has the id "${id}", which another one has`);
    const bytes = secretBytes(secret);
    if (bytes?.length !== SECRET_BYTES)
      throw refuse(`("${id}") is not ${SECRET_BYTES} bytes, given as such, in base64 or in hexadecimal`);
    ring.set(id, createSecretKey(bytes));
  }
  return ring;
}

/**
 * Reads keys from `CACHE_ENCRYPTION_KEYS`, such as `2026-11:mGf…=,2026-05:Qx1…=`: the first one writes, all of them read.
 *
 * @returns none where the variable is missing or empty
 * @throws InvalidEncryptionKeyError
 */
export function encryptionKeysFrom(env: Readonly<Record<string, string | undefined>>): EncryptionKey[] {
  const text = env[ENVIRONMENT_VARIABLE]?.trim();
  if (!text) return [];
  const keys = text.split(',').map((pair, index) => {
    const [id, secret, ...rest] = pair.trim().split(':');
    if (id === undefined || secret === undefined || rest.length > 0)
      throw new InvalidEncryptionKeyError(
        index + 1,
        `of ${ENVIRONMENT_VARIABLE} is not written as id:base64`,
      );
    return { id, secret };
  });
  createKeyRing(keys);
  return keys;
}

function secretBytes(secret: string | Uint8Array): Uint8Array | undefined {
  if (secret instanceof Uint8Array) return secret;
  if (typeof secret !== 'string') return undefined;
  if (/^[\da-f]{64}$/i.test(secret)) return Buffer.from(secret, 'hex');
  // Node reads whatever it can of a base64 text; half of a key is no key.
  return /^[\w+/-]{43}=?$/.test(secret) ? Buffer.from(secret, 'base64') : undefined;
}
