import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (AEAD_AES_256_GCM of RFC 5116) under a random nonce of 96 bits.
 *
 * Random nonces bound the life of a key: NIST SP 800-38D, section 8.3, allows 2^32 encryptions with one key, over all
 * processes, so that two nonces are equal with a probability of less than 2^-32. At 1000 writes a second that is 49 days.
 *
 * @returns nonce, ciphertext, tag
 */
export function encrypt(key: KeyObject, bytes: Buffer, additionalData: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(additionalData));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** @returns undefined unless every byte, the key and the additional data are those of `encrypt` */
export function decrypt(key: KeyObject, sealed: Buffer, additionalData: string): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(additionalData));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const bytes = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([bytes, decipher.final()]);
  } catch {
    return undefined;
  }
}
