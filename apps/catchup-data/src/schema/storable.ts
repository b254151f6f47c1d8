import { UnstorableValueError } from '../errors.js';

/** NUL and lone surrogates: what a JavaScript string can hold and a text of PostgreSQL cannot. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;
const ALL_UNSTORABLE = new RegExp(UNSTORABLE, 'gu');
/** The same characters as `JSON.stringify` writes them; any other escape is matched to step over it. */
const JSON_ESCAPE = /\\(u0000|ud[89a-f][\da-f]{2}|.)/g;
const UNSTORABLE_ESCAPE_LENGTH = 5;
const REPLACEMENT = '\uFFFD';
const MAX_KEY_BYTES = 800;

export function storableText(text: string): string {
  return text.replace(ALL_UNSTORABLE, REPLACEMENT);
}

/** @throws UnstorableValueError */
export function storableKey(key: string): string {
  if (!isStorableKey(key))
    throw new UnstorableValueError(
      'a key',
      key,
      `a text of at most ${MAX_KEY_BYTES} bytes in UTF-8, without NUL and lone surrogates`,
    );
  return key;
}

export function isStorableKey(key: string): boolean {
  return typeof key === 'string' && !UNSTORABLE.test(key) && Buffer.byteLength(key) <= MAX_KEY_BYTES;
}

/** @throws UnstorableValueError where JSON has no word for it */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new UnstorableValueError('a JSON value', value, 'what JSON has a word for');
  return json.replace(JSON_ESCAPE, (escape, what: string) =>
    what.length === UNSTORABLE_ESCAPE_LENGTH ? REPLACEMENT : escape,
  );
}
