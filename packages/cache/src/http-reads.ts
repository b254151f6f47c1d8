import type { CachedValue } from './cached-value.js';
import type { EntryPolicy } from './entries.js';
import type { EntryTexts } from './entry-texts.js';
import type { HttpRedisDriver } from './http-redis-driver.js';
import type { MemoryTier } from './memory-tier.js';
import type { Load, PendingLoads } from './pending-loads.js';
import type { Scopes } from './scopes.js';
import type { StatisticsRecorder } from './statistics.js';
import type { StoredEntry } from './stored-entry.js';
import type { WriteOrder } from './write-order.js';

/**
 * Reads of the tier in HTTP Redis, which fill the memory. They never reject: where Redis does not answer, what memory
 * remembers is served as stale where its entry allows that, and else it is a miss.
 *
 * An entry is read together with the generations of its user and of the tags that are known beforehand, in one MGET.
 */
export interface HttpReads {
  /** One command; one more for an entry with tags that nobody expected. Callers of one key at a time share it. */
  read(key: string): Promise<CachedValue | undefined>;
  /** As `read`, for all keys together: one command, and one more where tags were not expected. */
  readMany(keys: readonly string[]): Promise<(CachedValue | undefined)[]>;
}

export interface HttpReadsParts {
  readonly driver: HttpRedisDriver;
  readonly scopes: Scopes;
  readonly texts: EntryTexts;
  readonly policyOf: (key: string) => EntryPolicy;
  readonly memory: MemoryTier;
  readonly loads: PendingLoads;
  readonly writes: WriteOrder;
  readonly statistics: StatisticsRecorder;
  readonly monotonicMs: () => number;
}

export function createHttpReads(parts: HttpReadsParts): HttpReads {
  const { driver, scopes, texts, policyOf, memory, loads, writes, statistics, monotonicMs } = parts;
  const shared = new Map<string, { readonly load: Load; readonly value: Promise<CachedValue | undefined> }>();

  const ask = async (keys: readonly string[]) => {
    try {
      return await driver.readMany(keys);
    } catch (error) {
      statistics.redisError(error);
      return undefined;
    }
  };

  const remembered = (key: string): CachedValue | undefined => {
    const value = memory.remembered(key);
    if (!value || value.staleUntilMs <= value.expiresAtMs) return undefined;
    return { ...value, expiresAtMs: Math.min(value.expiresAtMs, Date.now()) };
  };

  /** Undefined where Redis does not answer. */
  const valuesOf = async (keys: readonly string[]): Promise<(CachedValue | undefined)[] | undefined> => {
    const askedAtMs = monotonicMs();
    const expected = [...new Set(keys.flatMap((key) => scopes.expectedOf(key)))];
    const replies = await ask([...keys, ...expected]);
    if (!replies) return undefined;
    const current = scopes.note(expected, replies.slice(keys.length), askedAtMs);

    const entries = await Promise.all(
      keys.map((key, index) => {
        const text = replies[index];
        return typeof text === 'string' ? texts.read(key, text, policyOf(key)) : undefined;
      }),
    );
    const ofTags = entries.flatMap((entry) => Object.keys(entry?.tags ?? {}).map(scopes.tagScope));
    const unexpected = [...new Set(ofTags)].filter((scope) => !current.has(scope));
    const others = await scopes.ask(unexpected, askedAtMs);
    if (!others) return undefined;
    for (const [scope, generation] of others) current.set(scope, generation);

    return entries.map((entry, index) => {
      if (!entry || Date.now() >= entry.staleUntilMs) return undefined;
      if (scopes.isCurrent(keys[index] as string, entry, current)) return valueOf(entry, askedAtMs);
      statistics.count('outdatedEntries');
      return undefined;
    });
  };

  /** What Redis does not have any more must not be served once it does not answer. */
  const update = (key: string, value: CachedValue | undefined) => {
    if (value) memory.put(key, value);
    else if (!memory.get(key)) memory.delete(key);
  };

  /** Brings the memory to what no invalidation and no write has overtaken meanwhile. */
  const readFilling = async (keys: readonly string[], theirLoads: readonly Load[]) => {
    try {
      const values = await valuesOf(keys);
      if (!values) return keys.map(remembered);
      for (const [index, key] of keys.entries())
        if (!theirLoads[index]?.isOutdated && !writes.isPending(key)) update(key, values[index]);
      return values;
    } finally {
      for (const load of theirLoads) loads.end(load);
    }
  };

  return {
    read(key) {
      const underWay = shared.get(key);
      if (underWay && !underWay.load.isOutdated) return underWay.value;
      const load = loads.begin(key, 'read');
      const value = readFilling([key], [load]).then(([first]) => first);
      shared.set(key, { load, value });
      const forget = () => {
        if (shared.get(key)?.load === load) shared.delete(key);
      };
      void value.then(forget, forget);
      return value;
    },
    readMany: (keys) =>
      readFilling(
        keys,
        keys.map((key) => loads.begin(key, 'read')),
      ),
  };
}

function valueOf({ text, expiresAtMs, staleUntilMs, tags }: StoredEntry, asOfMs: number): CachedValue {
  return {
    text,
    origin: 'http',
    expiresAtMs,
    staleUntilMs,
    stamps: undefined,
    tags: Object.keys(tags),
    asOfMs,
    load: undefined,
  };
}
