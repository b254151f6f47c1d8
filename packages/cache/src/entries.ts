import { InvalidCacheOptionError } from './errors.js';
import type { StandardSchema } from './standard-schema.js';

/** How values of one name are cached. `T` is what they are; see {@link cacheEntry}. */
export interface CacheEntryOptions<T = unknown> {
  /** How long a value is fresh: whole seconds, 1 to 86 400. Default 3600. */
  readonly ttlSeconds?: number;
  /** How long an expired value may still be served while it is fetched anew: 0 to 86 400. Default 0, never. */
  readonly staleSeconds?: number;
  /**
   * With a stale value at hand, how long a caller waits for the new one: 0 to 60 000. Default 0: the stale one is
   * answered at once and the fetch goes on behind.
   */
  readonly softTimeoutMs?: number;
  /** How long a fetch may take before it counts as failed: 1 to 600 000. Default 30 000. */
  readonly fetchTimeoutMs?: number;
  /** Encrypted in Redis. Needs `encryptionKeys`. In this process's memory it is readable. Default false. */
  readonly isSensitive?: boolean;
  /** Tags that every value of this name carries. They are read with the value, in the same command. */
  readonly tags?: readonly string[];
  /**
   * What comes from Redis and does not fit is a miss, counted: values of an earlier release, say. It checks only: what it
   * would make of the value (defaults, transforms) is not used.
   */
  readonly schema?: StandardSchema<T>;
  /** The type of its values, for the compiler alone. */
  readonly '~value'?: T;
}

/** The named entries of an app, declared in one place. */
export type CacheEntries = Readonly<Record<string, CacheEntryOptions>>;

export type EntryName<E extends CacheEntries> = keyof E & string;

export type EntryValue<Entry> = Entry extends CacheEntryOptions<infer T> ? T : unknown;

/** An entry as it is used: with its defaults, in ms where code counts in ms. */
export interface EntryPolicy {
  readonly name: string;
  readonly ttlSeconds: number;
  readonly staleMs: number;
  readonly softTimeoutMs: number;
  readonly fetchTimeoutMs: number;
  readonly isSensitive: boolean;
  readonly tags: readonly string[];
  readonly schema: StandardSchema | undefined;
}

export const DEFAULT_TTL_SECONDS = 3600;
export const MAX_TTL_SECONDS = 86_400;
const NAME = /^[A-Za-z][\w.-]{0,63}$/;

/** Says of what type the values of an entry are: `CONTACTS_LIST: cacheEntry<Contact[]>({ ttlSeconds: 300 })`. */
export function cacheEntry<T>(options: CacheEntryOptions<T> = {}): CacheEntryOptions<T> {
  return options;
}

/** @throws InvalidCacheOptionError */
export function readPolicies(entries: CacheEntries): ReadonlyMap<string, EntryPolicy> {
  return new Map(
    Object.entries(entries).map(([name, entry]) => {
      if (!NAME.test(name))
        throw new InvalidCacheOptionError(
          'entries',
          name,
          'names of up to 64 of A-Z a-z 0-9 _ . -, a letter first',
        );
      const whole = (
        option: 'staleSeconds' | 'softTimeoutMs' | 'fetchTimeoutMs',
        byDefault: number,
        min: number,
        max: number,
      ) => wholeNumber(`entries.${name}.${option}`, entry[option] ?? byDefault, min, max);
      const policy: EntryPolicy = {
        name,
        ttlSeconds: ttlSecondsFrom(entry.ttlSeconds ?? DEFAULT_TTL_SECONDS, `entries.${name}.ttlSeconds`),
        staleMs: whole('staleSeconds', 0, 0, MAX_TTL_SECONDS) * 1000,
        softTimeoutMs: whole('softTimeoutMs', 0, 0, 60_000),
        fetchTimeoutMs: whole('fetchTimeoutMs', 30_000, 1, 600_000),
        isSensitive: entry.isSensitive ?? false,
        tags: entry.tags ?? [],
        schema: entry.schema,
      };
      return [name, policy];
    }),
  );
}

/** @throws InvalidCacheOptionError */
export function ttlSecondsFrom(value: number, option = 'ttlSeconds'): number {
  return wholeNumber(option, value, 1, MAX_TTL_SECONDS);
}

/** @throws InvalidCacheOptionError */
export function wholeNumber(option: string, value: number, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new InvalidCacheOptionError(option, value, `whole numbers from ${min} to ${max}`);
  return value;
}
