import { InvalidCacheKeyError } from './errors.js';

/** The name of an entry, alone or with what tells its values apart: `'SESSION'`, `['CONTACT_PROFILE', contactId]`. */
export type CacheKey<Name extends string = string> = Name | readonly [Name, ...(string | number)[]];

/**
 * The Redis keys of a cache. Whatever an id holds, it is written with `A-Z a-z 0-9 _ . - %` only, so that no id reaches
 * beyond its own part, and none is read as a glob.
 *
 *     cache:<user>:<entry>:<part>…   an entry of a user
 *     cache::<entry>:<part>…         an entry of nobody in particular
 *     cache~user:<user>              the user's generation
 *     cache~tag:<tag>                the tag's generation
 */
export interface CacheKeys {
  /** `cache::`, of nobody in particular. */
  readonly sharedNamespace: string;
  /** `cache:<user>:`. */
  userNamespace(userId: string): string;
  entry(namespace: string, key: CacheKey): string;
  /** What vouches for all entries of a namespace; undefined for entries of nobody in particular. */
  userScopeOf(entryKey: string): string | undefined;
  userScope(userId: string): string;
  tagScope(tag: string): string;
  nameOf(entryKey: string): string;
}

const LONGEST_ID = 512;
const LONGEST_RESOURCE = 1024;
const PLAIN = /^[\w.-]*$/;

/** @param prefix 1 to 32 of `A-Z a-z 0-9 _ . -`, checked by the caller */
export function createCacheKeys(prefix: string): CacheKeys {
  const userStart = prefix.length + 1;
  return {
    sharedNamespace: `${prefix}::`,
    userNamespace: (userId) => `${prefix}:${encodeId('user id', userId)}:`,
    entry: (namespace, key) => namespace + resourceOf(key),
    userScopeOf(entryKey) {
      const userEnd = entryKey.indexOf(':', userStart);
      return userEnd === userStart ? undefined : `${prefix}~user:${entryKey.slice(userStart, userEnd)}`;
    },
    userScope: (userId) => `${prefix}~user:${encodeId('user id', userId)}`,
    tagScope: (tag) => `${prefix}~tag:${encodeId('tag', tag)}`,
    nameOf(entryKey) {
      const start = entryKey.indexOf(':', userStart) + 1;
      const end = entryKey.indexOf(':', start);
      return end < 0 ? entryKey.slice(start) : entryKey.slice(start, end);
    },
  };
}

function resourceOf(key: CacheKey): string {
  if (typeof key === 'string') return key;
  const resource = key.map(textOfPart).join(':');
  if (resource.length > LONGEST_RESOURCE)
    throw new InvalidCacheKeyError(
      'key',
      `takes ${resource.length} characters, allowed: up to ${LONGEST_RESOURCE}`,
    );
  return resource;
}

function textOfPart(part: string | number): string {
  // An id that is missing would be the same one for all who miss it.
  if (typeof part !== 'string' && !Number.isFinite(part))
    throw new InvalidCacheKeyError('key', `has a part that is ${String(part)}`);
  return encodePart('key', String(part));
}

function encodeId(part: 'user id' | 'tag', id: string): string {
  if (typeof id !== 'string' || id === '') throw new InvalidCacheKeyError(part, 'is empty');
  const encoded = encodePart(part, id);
  if (encoded.length > LONGEST_ID)
    throw new InvalidCacheKeyError(part, `takes ${encoded.length} characters, allowed: up to ${LONGEST_ID}`);
  return encoded;
}

/** Different texts stay different, and none holds a `:` or a character that a glob reads. */
export function encodePart(part: InvalidCacheKeyError['part'], text: string): string {
  if (PLAIN.test(text)) return text;
  try {
    return encodeURIComponent(text).replace(
      /[!'()*~]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  } catch {
    throw new InvalidCacheKeyError(part, 'holds half a surrogate pair, which UTF-8 cannot tell from another');
  }
}
