import { encodePart } from './cache-keys.js';
import { InvalidCacheKeyError } from './errors.js';

/** Stands for anything in a {@link KeyPattern}. */
export const ANY: unique symbol = Symbol('any');

/**
 * Keys by their shape: `'CONTACT_PROFILE:*'`, or `['CONTACT_PAGE', contactId, ANY]`, where parts are taken as they are.
 * In a text, `:` parts and `*` stands for any characters, `:` included; everything else means itself.
 */
export type KeyPattern = string | readonly [string, ...(string | number | typeof ANY)[]];

const MOST_WILDCARDS = 8;

/**
 * The pattern as Redis takes it, without its namespace.
 *
 * @throws InvalidCacheKeyError for a pattern that begins with a wildcard, or has more than 8
 */
export function globOf(pattern: KeyPattern): string {
  const glob =
    typeof pattern === 'string'
      ? pattern.replace(/[^*:]+/g, (text) => encodePart('pattern', text))
      : pattern.map((part) => (part === ANY ? '*' : encodePart('pattern', String(part)))).join(':');
  if (glob === '' || glob.startsWith('*'))
    throw new InvalidCacheKeyError('pattern', 'has to begin with the name of an entry, or the start of one');
  if (glob.split('*').length - 1 > MOST_WILDCARDS)
    throw new InvalidCacheKeyError('pattern', `has more than ${MOST_WILDCARDS} wildcards`);
  return glob;
}

/** Whether a key fits a glob whose only wildcard is `*`. */
export function matcherOf(glob: string): (key: string) => boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return (key) => key === glob;
  return (key) => {
    if (!key.startsWith(first)) return false;
    let from = first.length;
    for (const text of rest) {
      const found = key.indexOf(text, from);
      if (found < 0) return false;
      from = found + text.length;
    }
    return key.length - last.length >= from && key.endsWith(last);
  };
}
