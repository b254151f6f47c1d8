import type { HttpRedisHealth } from '@switchyard/http-redis';
import type { CacheKey } from './cache-keys.js';
import type { CacheEntries, EntryName, EntryValue } from './entries.js';
import type { Fetch } from './fetching.js';
import type { PatternDeletion } from './invalidation.js';
import type { KeyPattern } from './key-pattern.js';
import type { CacheStatistics } from './statistics.js';
import type { WarmOptions, WarmReport } from './warming.js';

export interface StoreOptions {
  /** Whole seconds from 1 to 86 400. Default: the entry's. */
  readonly ttlSeconds?: number;
  /** Beside the entry's own. */
  readonly tags?: readonly string[];
}

export type WarmTask<E extends CacheEntries> = {
  [N in EntryName<E>]: StoreOptions & {
    readonly key: CacheKey<N>;
    readonly fetch: Fetch<EntryValue<E[N]>>;
  };
}[EntryName<E>];

/**
 * Entries of one user, or of nobody in particular.
 *
 * Values are JSON. Everybody gets a copy of his own, also who fetched it. `null` is a value, `undefined` is a miss.
 *
 * HTTP Redis that does not answer is a miss, or a dropped write, and counted. What is thrown is the error of a caller's
 * fetch, an {@link UncacheableValueError}, an {@link InvalidCacheKeyError}, an {@link InvalidCacheOptionError} (a name that
 * is not declared, a TTL out of range), or a {@link CacheClosedError}.
 */
export interface CacheView<E extends CacheEntries> {
  /** Answers an expired value as long as its entry may be stale. */
  get<N extends EntryName<E>>(key: CacheKey<N>): Promise<EntryValue<E[N]> | undefined>;
  /** As `get`, for all keys in one command; answers in their order. */
  getMany<N extends EntryName<E>>(keys: readonly CacheKey<N>[]): Promise<(EntryValue<E[N]> | undefined)[]>;
  /** Whether there is a value that has not expired. Costs what `get` costs. */
  exists(key: CacheKey<EntryName<E>>): Promise<boolean>;
  /**
   * The value, else what `fetch` gets. One fetch per key and process at a time: all who wait get its value, or its error,
   * which is not cached. Where the entry may be stale, a stale value is answered instead of a failed or slow fetch.
   */
  getOrSet<N extends EntryName<E>, T extends EntryValue<E[N]>>(
    key: CacheKey<N>,
    fetch: Fetch<T>,
    options?: StoreOptions,
  ): Promise<T>;
  /** @returns whether HTTP Redis has it */
  set<N extends EntryName<E>>(
    key: CacheKey<N>,
    value: EntryValue<E[N]>,
    ttlSeconds?: number,
    options?: Omit<StoreOptions, 'ttlSeconds'>,
  ): Promise<boolean>;
  /** @returns whether HTTP Redis took it; else the entry may stand there until it expires */
  delete(key: CacheKey<EntryName<E>>): Promise<boolean>;
  /**
   * Entries of this view by their shape, such as `'CONTACT_PROFILE:*'` or `['CONTACT_PAGE', contactId, ANY]`. Redis walks
   * over all of its keys: one command for each 500.
   *
   * @throws InvalidCacheKeyError for a pattern that begins with a wildcard
   */
  deletePattern(pattern: KeyPattern): Promise<PatternDeletion>;
  /** Fetches what is not there. What fails is in the report. */
  warm(tasks: readonly WarmTask<E>[], options?: WarmOptions): Promise<WarmReport>;
}

export interface CacheHealth {
  /** `degraded`: HTTP Redis does not answer; the cache lives on this process's memory and on fetches. */
  readonly state: 'ok' | 'degraded' | 'closed';
  readonly redis: HttpRedisHealth;
}

export interface Cache<E extends CacheEntries> extends CacheView<E> {
  /** The entries of one user. Any text but an empty one is a user id, and none reaches another user's entries. */
  forUser(userId: string): CacheView<E>;
  /**
   * All entries of a user, at a logout, say: one command. Holds for all processes, and for what was being fetched in any of
   * them; their memory follows within `memoryTtlSeconds`.
   *
   * @returns whether HTTP Redis took it; else the entries may be there until they expire
   */
  clearUser(userId: string): Promise<boolean>;
  /** All entries that carry the tag, or one of the tags, of whichever user: one command a tag. Holds as `clearUser` does. */
  deleteByTag(tags: string | readonly string[]): Promise<boolean>;
  stats(): CacheStatistics;
  health(): CacheHealth;
  /** Waits for writes under way and forgets what is in memory. HTTP Redis was lent and stays open. */
  close(): Promise<void>;
}
