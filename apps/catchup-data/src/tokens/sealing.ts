import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { UnknownTokenKeyError, UnreadableTokenError } from './token-errors.js';
import type { KeyRing } from './token-keys.js';

/** Seals texts for one place each: an envelope that was moved to another row or field does not open. */
export interface Sealing {
  /** The id of the key that seals. */
  readonly currentKeyId: string;
  seal(text: string, place: SealedPlace): string;
  /** @throws UnknownTokenKeyError, UnreadableTokenError */
  open(envelope: string, place: SealedPlace): string;
}

export interface SealedPlace {
  readonly table: string;
  readonly id: string;
  readonly field: string;
}

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ENVELOPE = /^v1\.([\w-]{1,32})\.([\w-]+)$/;

/** Envelopes are `v1.<key id>.<base64url of IV, ciphertext and tag>` (AES-256-GCM, NIST SP 800-38D, random IVs). */
export function createSealing(ring: KeyRing): Sealing {
  const { currentId, keys } = ring;
  return {
    currentKeyId: currentId,
    seal(text, place) {
      const key = keys.get(currentId);
      if (!key) throw new UnknownTokenKeyError(currentId);
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundTo(place, currentId));
      const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${currentId}.${sealed.toString('base64url')}`;
    },
    open(envelope, place) {
      const [, keyId, body] = ENVELOPE.exec(envelope) ?? [];
      const unreadable = () => new UnreadableTokenError(`${place.table}/${place.id}/${place.field}`);
      if (keyId === undefined || body === undefined) throw unreadable();
      const key = keys.get(keyId);
      if (!key) throw new UnknownTokenKeyError(keyId);
      const bytes = Buffer.from(body, 'base64url');
      if (bytes.length < IV_BYTES + TAG_BYTES) throw unreadable();
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(boundTo(place, keyId));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return (
          decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
        );
      } catch {
        throw unreadable();
      }
    },
  };
}

const boundTo = ({ table, id, field }: SealedPlace, keyId: string) =>
  Buffer.from(JSON.stringify([VERSION, keyId, table, id, field]));
