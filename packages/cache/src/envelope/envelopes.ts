import { toUSVString } from 'node:util';
import { deflate, inflate } from './compression.js';
import { decrypt, encrypt } from './encryption.js';
import { createKeyRing, type EncryptionKey } from './encryption-keys.js';
import {
  additionalDataOf,
  envelopeHeader,
  readEnvelope,
  writeEnvelope,
  type EnvelopeText,
  type TextFault,
} from './envelope-text.js';
import { InvalidCacheOptionError } from '../errors.js';
import { SensitiveValueRefusedError, UnsealableValueError } from './errors.js';

export interface EnvelopesOptions {
  /**
   * Values of more bytes than this are compressed, where that saves an eighth at least. Default 1024, where JSON shrinks to
   * about half for some 30 µs of writing and reading together; `Infinity` compresses nothing.
   *
   * The length of a compressed value tells how well it compresses, also when it is encrypted. Whoever can have text of his
   * own stored in the same value as a secret, again and again, and sees the lengths in Redis, can guess the secret from
   * them. Keep the two in different values, or set `Infinity`.
   */
  readonly compressAboveBytes?: number;
  /**
   * A longer value is not sealed, and what claims to unfold to a longer one is not opened. In bytes of UTF-8, 1 to
   * 268 435 456. Default 33 554 432 (32 MiB).
   */
  readonly maxValueBytes?: number;
  /**
   * The first one writes, all of them read. To change keys without a flush: add the new one at the end everywhere, then
   * put it first everywhere, and drop the old one when the longest TTL, staleness included, has passed. Default none: sensitive values are
   * refused.
   */
  readonly encryptionKeys?: readonly EncryptionKey[];
}

export interface SealOptions {
  /** The whole Redis key, with its namespace. A text opens under the key that it was sealed for. */
  readonly key: string;
  /** Encrypts the value. Default false. */
  readonly isSensitive?: boolean;
}

export interface OpenOptions {
  /** The whole Redis key, with its namespace. */
  readonly key: string;
  /** Takes the value from an encrypted envelope only, since anybody who can write to Redis can write any other. Default false. */
  readonly isSensitive?: boolean;
}

/**
 * Why a text does not open, for a counter by kind; to the cache each of them is a miss.
 *
 * - `foreign`: something else than this cache wrote it
 * - `unknown-version`: another release of this cache wrote it
 * - `corrupt`: it is not as it was written, or was written for another key
 * - `too-large`: it claims to unfold to more than `maxValueBytes`
 * - `unencrypted`: a sensitive value was asked for
 * - `unknown-key`: encrypted with a key that is not, or no longer, among the keys
 * - `undecryptable`: encrypted with another key of that id, for another cache key, or forged
 */
export type EnvelopeFault = TextFault | 'too-large' | 'unencrypted' | 'unknown-key' | 'undecryptable';

export type Opened =
  | { readonly value: string; readonly fault?: undefined }
  | { readonly value?: undefined; readonly fault: EnvelopeFault };

/** Writes values as texts that say themselves how to read them, and reads them back. Stateless, safe to share. */
export interface Envelopes {
  /** Whether there is a key to encrypt with. */
  readonly canEncrypt: boolean;
  /**
   * A plain value grows by 14 bytes. An encrypted one grows by a third and some 60 bytes, after it was compressed.
   * Values from 64 KB on are compressed in zlib's thread pool: calls may end in another order than they began.
   *
   * @throws SensitiveValueRefusedError for a sensitive value without keys
   * @throws UnsealableValueError
   */
  seal(value: string, options: SealOptions): Promise<string>;
  /** Never rejects: a text that does not open is answered as its fault. */
  open(text: string, options: OpenOptions): Promise<Opened>;
}

const MAX_VALUE_BYTES = 268_435_456;
const WORTH_COMPRESSING = 7 / 8;
const BASE64_LENGTH_PER_BYTE = 4 / 3;

/** @throws InvalidCacheOptionError, InvalidEncryptionKeyError */
export function createEnvelopes(options: EnvelopesOptions = {}): Envelopes {
  const { compressAboveBytes = 1024, maxValueBytes = 33_554_432, encryptionKeys = [] } = options;
  if (compressAboveBytes !== Infinity && !isWholeNumber(compressAboveBytes, 0))
    throw new InvalidCacheOptionError(
      'compressAboveBytes',
      compressAboveBytes,
      'whole numbers from 0, Infinity',
    );
  if (!isWholeNumber(maxValueBytes, 1) || maxValueBytes > MAX_VALUE_BYTES)
    throw new InvalidCacheOptionError(
      'maxValueBytes',
      maxValueBytes,
      `whole numbers from 1 to ${MAX_VALUE_BYTES}`,
    );
  const keyRing = createKeyRing(encryptionKeys);
  const [writer] = keyRing;

  /** @returns undefined where compressing is not asked for or does not pay */
  const compressed = async (value: string, valueBytes: number, lengthPerByte: number) => {
    if (valueBytes <= compressAboveBytes) return undefined;
    const deflated = await deflate(Buffer.from(value));
    return deflated.length * lengthPerByte <= valueBytes * WORTH_COMPRESSING ? deflated : undefined;
  };

  const sealEncrypted = async (value: string, valueBytes: number, key: string) => {
    if (!writer) throw new SensitiveValueRefusedError();
    const [keyId, secret] = writer;
    const deflated = await compressed(value, valueBytes, 1);
    const header = envelopeHeader(deflated ? 'deflated-encrypted' : 'encrypted', keyId, valueBytes);
    const sealed = encrypt(secret, deflated ?? Buffer.from(value), additionalDataOf(header, key));
    return writeEnvelope(header, sealed.toString('base64'), key);
  };

  const sealReadable = async (value: string, valueBytes: number, key: string) => {
    const deflated = await compressed(value, valueBytes, BASE64_LENGTH_PER_BYTE);
    const header = envelopeHeader(deflated ? 'deflated' : 'plain', '', valueBytes);
    return writeEnvelope(header, deflated ? deflated.toString('base64') : value, key);
  };

  const openEncrypted = async (envelope: EnvelopeText): Promise<Opened> => {
    const secret = keyRing.get(envelope.keyId);
    if (!secret) return { fault: 'unknown-key' };
    const bytes = decrypt(secret, Buffer.from(envelope.payload, 'base64'), envelope.additionalData);
    if (!bytes) return { fault: 'undecryptable' };
    return envelope.wrapping === 'encrypted'
      ? { value: bytes.toString() }
      : unfold(bytes, envelope.valueBytes);
  };

  return {
    canEncrypt: writer !== undefined,

    async seal(value, { key, isSensitive = false }) {
      const valueBytes = Buffer.byteLength(value);
      if (valueBytes > maxValueBytes) throw new UnsealableValueError('too-large', valueBytes, maxValueBytes);
      if (toUSVString(value) !== value)
        throw new UnsealableValueError('ill-formed', valueBytes, maxValueBytes);
      return isSensitive ? sealEncrypted(value, valueBytes, key) : sealReadable(value, valueBytes, key);
    },

    async open(text, { key, isSensitive = false }) {
      const envelope = readEnvelope(text, key);
      if ('fault' in envelope) return envelope;
      const { wrapping, valueBytes, payload } = envelope;
      if (valueBytes > maxValueBytes) return { fault: 'too-large' };
      if (wrapping === 'encrypted' || wrapping === 'deflated-encrypted') return openEncrypted(envelope);
      if (isSensitive) return { fault: 'unencrypted' };
      return wrapping === 'plain' ? { value: payload } : unfold(Buffer.from(payload, 'base64'), valueBytes);
    },
  };
}

async function unfold(deflated: Buffer, valueBytes: number): Promise<Opened> {
  const bytes = await inflate(deflated, valueBytes);
  return bytes ? { value: bytes.toString() } : { fault: 'corrupt' };
}

function isWholeNumber(value: number, min: number): boolean {
  return Number.isSafeInteger(value) && value >= min;
}
