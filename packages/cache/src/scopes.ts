import type { CacheKeys } from './cache-keys.js';
import type { Stamp } from './cached-value.js';
import type { EntryPolicy } from './entries.js';
import type { Generations } from './generations.js';
import type { HttpRedisDriver } from './http-redis-driver.js';
import type { StatisticsRecorder } from './statistics.js';
import type { StoredEntry } from './stored-entry.js';

/** Generations by scope, null where Redis has none. */
export type CurrentGenerations = Map<string, string | null>;

/** The scopes that vouch for entries, and what Redis says of their generations. */
export interface Scopes {
  /** Redis keys of the generations to read along with an entry. */
  expectedOf(key: string): readonly string[];
  /** Tags beyond the entry's own that a value read next is likely to carry. Call what it returns when done. */
  expectTags(key: string, tags: readonly string[]): () => void;
  tagScope(tag: string): string;
  /** Takes note of what was answered; replies as long as scopes. */
  note(scopes: readonly string[], replies: readonly (string | null)[], askedAtMs: number): CurrentGenerations;
  /** One command; undefined where Redis does not answer. Rejects never. */
  ask(scopes: readonly string[], askedAtMs: number): Promise<CurrentGenerations | undefined>;
  isCurrent(key: string, entry: StoredEntry, current: CurrentGenerations): boolean;
  /** What a value of this key would be written under, as far as this process knows without asking. */
  knownStamps(key: string, tags: readonly string[]): Stamp[] | undefined;
  /** The same, asking Redis with one command where this process does not know, or not recently. */
  freshStamps(key: string, tags: readonly string[]): Promise<Stamp[] | undefined>;
}

export interface ScopesParts {
  readonly driver: HttpRedisDriver;
  readonly keys: CacheKeys;
  readonly policyOf: (key: string) => EntryPolicy;
  readonly generations: Generations;
  readonly statistics: StatisticsRecorder;
  /** How long what is known of a generation counts as recent. */
  readonly trustMs: number;
  readonly monotonicMs: () => number;
}

export function createScopes(parts: ScopesParts): Scopes {
  const { driver, keys, policyOf, generations, statistics, trustMs, monotonicMs } = parts;
  const expectedTags = new Map<string, readonly string[]>();
  /** What is being asked for a write, and whether Redis answered. */
  const asked = new Map<string, Promise<boolean>>();

  const scopesOf = (key: string, tags: readonly string[]) => {
    const userScope = keys.userScopeOf(key);
    const ofTags = tags.map((tag) => ({ scope: keys.tagScope(tag), tag }));
    return userScope === undefined ? ofTags : [{ scope: userScope, tag: null }, ...ofTags];
  };

  const note: Scopes['note'] = (scopes, replies, askedAtMs) => {
    const current: CurrentGenerations = new Map();
    for (const [index, scope] of scopes.entries()) {
      const reply = replies[index] ?? null;
      generations.observe(scope, reply, askedAtMs);
      current.set(scope, reply);
    }
    return current;
  };

  const ask: Scopes['ask'] = async (scopes, askedAtMs) => {
    if (scopes.length === 0) return new Map();
    try {
      return note(scopes, await driver.readMany(scopes), askedAtMs);
    } catch (error) {
      statistics.redisError(error);
      return undefined;
    }
  };

  const knownStamps: Scopes['knownStamps'] = (key, tags) => {
    const stamps: Stamp[] = [];
    for (const { scope, tag } of scopesOf(key, tags)) {
      const generation = generations.known(scope);
      if (!generation) return undefined;
      stamps.push({ scope, tag, generation });
    }
    return stamps;
  };

  const isRecent = (scope: string, nowMs: number) => {
    const generation = generations.known(scope);
    return generation !== undefined && nowMs - generation.askedAtMs < trustMs;
  };

  /** Asks for those that nobody asks for at present. */
  const askOnce = (scopes: readonly string[], nowMs: number): Promise<boolean> => {
    const mine = scopes.filter((scope) => !asked.has(scope));
    const answered = ask(mine, nowMs).then((current) => {
      for (const scope of mine) asked.delete(scope);
      return current !== undefined;
    });
    for (const scope of mine) asked.set(scope, answered);
    return answered;
  };

  return {
    expectedOf: (key) =>
      scopesOf(key, [...policyOf(key).tags, ...(expectedTags.get(key) ?? [])]).map(({ scope }) => scope),
    expectTags(key, tags) {
      if (tags.length > 0) expectedTags.set(key, tags);
      return () => {
        if (expectedTags.get(key) === tags) expectedTags.delete(key);
      };
    },
    tagScope: keys.tagScope,
    note,
    ask,
    isCurrent(key, entry, current) {
      const userScope = keys.userScopeOf(key);
      return (
        (userScope === undefined || current.get(userScope) === entry.generation) &&
        Object.entries(entry.tags).every(
          ([tag, generation]) => current.get(keys.tagScope(tag)) === generation,
        )
      );
    },
    knownStamps,
    async freshStamps(key, tags) {
      const nowMs = monotonicMs();
      const unsure = scopesOf(key, tags)
        .map(({ scope }) => scope)
        .filter((scope) => !isRecent(scope, nowMs));
      const areAsked = await Promise.all([
        askOnce(unsure, nowMs),
        ...unsure.map((scope) => asked.get(scope)),
      ]);
      return areAsked.includes(false) ? undefined : knownStamps(key, tags);
    },
  };
}
