import { crc32 } from 'node:zlib';

/** What was done to a value, in this order. */
export type Wrapping = 'plain' | 'deflated' | 'encrypted' | 'deflated-encrypted';

/** An envelope that arrived as it was written. */
export interface EnvelopeText {
  readonly wrapping: Wrapping;
  /** Of the encrypted. */
  readonly keyId: string;
  /** Of the value, before it was deflated; 0 where it was not. */
  readonly valueBytes: number;
  /** What the tag of an encrypted payload vouches for besides the payload. */
  readonly additionalData: string;
  /** The value, or base64. */
  readonly payload: string;
}

/** `foreign`: not from here. `unknown-version`: of another release. `corrupt`: not as it was written, or under another key. */
export type TextFault = 'foreign' | 'unknown-version' | 'corrupt';

const VERSION = 'sy1';
const LETTERS: Readonly<Record<Wrapping, string>> = {
  plain: 'p',
  deflated: 'z',
  encrypted: 'e',
  'deflated-encrypted': 'x',
};
const WRAPPINGS = new Map(
  Object.entries(LETTERS).map(([wrapping, letter]) => [letter, wrapping as Wrapping]),
);

/**
 * Version and wrapping, check, then by wrapping the key's id and the value's bytes, and at last the payload:
 *
 *     sy1p:5e1f09d3:{"value":1}
 *     sy1z:0c8d4410:18433:7VvrbtpK…
 *     sy1e:b2a66d51:2026-11:VZ3w…
 *     sy1x:77f1c0aa:2026-11:18433:pA0q…
 */
const SHAPE = /^sy1([pzex]):([\da-f]{8}):/;
const FIELDS: Readonly<Record<Wrapping, RegExp>> = {
  plain: /^/,
  deflated: /^(?<valueBytes>[1-9]\d{0,9}):/,
  encrypted: /^(?<keyId>[\w-]{1,32}):/,
  'deflated-encrypted': /^(?<keyId>[\w-]{1,32}):(?<valueBytes>[1-9]\d{0,9}):/,
};
const LONGEST_FIELDS = 64;

/** What stands before the payload, without the check. */
export function envelopeHeader(wrapping: Wrapping, keyId: string, valueBytes: number): string {
  const fields = {
    plain: '',
    deflated: `${valueBytes}:`,
    encrypted: `${keyId}:`,
    'deflated-encrypted': `${keyId}:${valueBytes}:`,
  }[wrapping];
  return `${VERSION}${LETTERS[wrapping]}:${fields}`;
}

/**
 * The cache key is authenticated with the header, so that a payload copied under another key does not open.
 * A header has a fixed number of colons for its letter: where it ends and the key begins is never in doubt.
 */
export function additionalDataOf(header: string, key: string): string {
  return header + key;
}

export function writeEnvelope(header: string, payload: string, key: string): string {
  const start = VERSION.length + 2;
  return `${header.slice(0, start)}${check(header, payload, key)}:${header.slice(start)}${payload}`;
}

export function readEnvelope(text: string, key: string): EnvelopeText | { readonly fault: TextFault } {
  const shape = SHAPE.exec(text);
  const wrapping = shape && WRAPPINGS.get(shape[1] ?? '');
  if (!wrapping) return { fault: faultOfShape(text) };

  const rest = text.slice(shape[0].length);
  const fields = FIELDS[wrapping].exec(rest.slice(0, LONGEST_FIELDS));
  if (!fields) return { fault: 'corrupt' };
  const { keyId = '', valueBytes = '0' } = fields.groups ?? {};
  const header = `${VERSION}${LETTERS[wrapping]}:${fields[0]}`;
  const payload = rest.slice(fields[0].length);
  if (shape[2] !== check(header, payload, key)) return { fault: 'corrupt' };
  return {
    wrapping,
    keyId,
    valueBytes: Number(valueBytes),
    additionalData: additionalDataOf(header, key),
    payload,
  };
}

function faultOfShape(text: string): TextFault {
  if (/^sy(?!1[a-z])\d+[a-z]:/.test(text)) return 'unknown-version';
  return text.startsWith(VERSION) ? 'corrupt' : 'foreign';
}

/** CRC-32, which notices each damage that lies within 32 bits, and any other but one in 2^32. It keeps nobody out. */
function check(header: string, payload: string, key: string): string {
  const sum = crc32(payload, crc32(`${key.length}:${key}${header}`));
  return sum.toString(16).padStart(8, '0');
}
