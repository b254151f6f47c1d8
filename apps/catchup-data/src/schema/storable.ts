import { UnstorableValueError } from '../errors.js';

/** NUL and lone surrogates: what a JavaScript string can hold and a text of PostgreSQL cannot. */
// eslint-disable-next-line no-control-regex
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
  if (typeof key !== 'string') throw new UnstorableValueError('a key', key, 'a string');
  if (UNSTORABLE.test(key))
    throw new UnstorableValueError('a key', key, 'a text without NUL and lone surrogates');
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new UnstorableValueError('a key', key, `at most ${MAX_KEY_BYTES} bytes in UTF-8`);
  return key;
}

/** @throws UnstorableValueError where JSON has no word for it */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new UnstorableValueError('a JSON value', value, 'what JSON has a word for');
  return json.replace(JSON_ESCAPE, (escape, what: string) =>
    what.length === UNSTORABLE_ESCAPE_LENGTH ? REPLACEMENT : escape,
  );
}
