import type { CacheView, StoreOptions } from './cache.js';
import { operationStart, publishOperation, type CacheOperation } from './cache-channel.js';
import type { CacheKey, CacheKeys } from './cache-keys.js';
import type { CachedValue } from './cached-value.js';
import type { Engine } from './engine.js';
import { ttlSecondsFrom, type CacheEntries, type EntryPolicy } from './entries.js';
import { CacheClosedError, CacheWriteDroppedError, InvalidCacheOptionError } from './errors.js';
import { found, type Fetch, type Fetching } from './fetching.js';
import type { HttpReads } from './http-reads.js';
import type { Invalidation } from './invalidation.js';
import { jsonTextOf } from './json-text.js';
import type { MemoryTier } from './memory-tier.js';
import type { ReadOutcome, StatisticsRecorder } from './statistics.js';
import type { StoreRequest, Storing } from './storing.js';
import { warmAll } from './warming.js';

export interface CacheViewParts {
  readonly policies: ReadonlyMap<string, EntryPolicy>;
  readonly keys: CacheKeys;
  readonly engine: Engine;
  readonly memory: MemoryTier;
  readonly reads: HttpReads;
  readonly fetching: Fetching;
  readonly storing: Storing;
  readonly invalidation: Invalidation;
  readonly statistics: StatisticsRecorder;
  readonly isClosed: () => boolean;
}

/** Entries of one namespace. */
export function createCacheView<E extends CacheEntries>(
  parts: CacheViewParts,
  namespace: string,
): CacheView<E> {
  const { engine, memory, reads, fetching, storing, invalidation, statistics } = parts;

  const locate = (key: CacheKey) => {
    assertOpen(parts.isClosed());
    const name = typeof key === 'string' ? key : key[0];
    const policy = parts.policies.get(name);
    if (!policy) throw new InvalidCacheOptionError('key', name, [...parts.policies.keys()].join(', '));
    return { key: parts.keys.entry(namespace, key), policy };
  };

  const requestFor = (cacheKey: CacheKey, { ttlSeconds, tags = [] }: StoreOptions): StoreRequest => {
    const { key, policy } = locate(cacheKey);
    // A tag that cannot be one is refused before anything is done.
    tags.forEach(parts.keys.tagScope);
    return {
      key,
      policy,
      ttlSeconds: ttlSecondsFrom(ttlSeconds ?? policy.ttlSeconds),
      tags: tags.length === 0 ? policy.tags : [...new Set([...policy.tags, ...tags])],
    };
  };

  const tell = (startMs: number, operation: CacheOperation, name: string, outcome: ReadOutcome) => {
    statistics.read(outcome);
    publishOperation(startMs, operation, name, outcome);
  };

  const fetchOrFind = async (cacheKey: CacheKey, fetch: Fetch<unknown>, options: StoreOptions = {}) => {
    const startMs = operationStart();
    const request = requestFor(cacheKey, options);
    try {
      const result = await fetching.getOrSet({ ...request, fetch });
      tell(startMs, 'getOrSet', request.policy.name, result.outcome);
      return result;
    } catch (error) {
      tell(startMs, 'getOrSet', request.policy.name, 'failed');
      throw error;
    }
  };

  const view: CacheView<CacheEntries> = {
    async get(cacheKey) {
      const startMs = operationStart();
      const { key, policy } = locate(cacheKey);
      const value = await engine.get(key, policy);
      tell(startMs, 'get', policy.name, outcomeOf(value));
      return value && JSON.parse(value.text);
    },

    async getMany(cacheKeys) {
      const startMs = operationStart();
      const located = cacheKeys.map(locate);
      const inMemory = new Map(located.map(({ key }) => [key, memory.get(key)]));
      const missing = [...inMemory.keys()].filter((key) => !isFresh(inMemory.get(key)));
      const read = missing.length === 0 ? [] : await reads.readMany(missing);
      const inRedis = new Map(missing.map((key, index) => [key, read[index]]));
      return located.map(({ key, policy }) => {
        const value = inRedis.get(key) ?? inMemory.get(key);
        tell(startMs, 'getMany', policy.name, outcomeOf(value));
        return value && JSON.parse(value.text);
      });
    },

    async exists(cacheKey) {
      const startMs = operationStart();
      const { key, policy } = locate(cacheKey);
      const value = await engine.getFresh(key);
      tell(startMs, 'exists', policy.name, outcomeOf(value));
      return value !== undefined;
    },

    async getOrSet(cacheKey, fetch, options) {
      return JSON.parse((await fetchOrFind(cacheKey, fetch, options)).value.text);
    },

    async set(cacheKey, json, ttlSeconds, { tags } = {}) {
      const startMs = operationStart();
      const request = requestFor(cacheKey, { ttlSeconds, tags });
      const isStored = await storing.store(request, jsonTextOf(json));
      publishOperation(startMs, 'set', request.policy.name, isStored ? 'done' : 'dropped');
      return isStored;
    },

    async delete(cacheKey) {
      const startMs = operationStart();
      const { key, policy } = locate(cacheKey);
      const isTaken = await invalidation.delete(key);
      publishOperation(startMs, 'delete', policy.name, isTaken ? 'done' : 'dropped');
      return isTaken;
    },

    async deletePattern(pattern) {
      const startMs = operationStart();
      assertOpen(parts.isClosed());
      const deletion = await invalidation.deletePattern(namespace, pattern);
      publishOperation(startMs, 'deletePattern', null, deletion.isComplete ? 'done' : 'dropped');
      return deletion;
    },

    warm(tasks, options = {}) {
      const runs = tasks.map((task) => async () => {
        const { value, outcome } = await fetchOrFind(task.key, task.fetch, task);
        if (outcome !== 'miss') return 'skipped' as const;
        if (!value.load?.isWritten) throw new CacheWriteDroppedError();
        return 'warmed' as const;
      });
      return warmAll(runs, options);
    },
  };
  // Of what type the values of an entry are is known to the compiler alone.
  return view as unknown as CacheView<E>;
}

export function assertOpen(isClosed: boolean): void {
  if (isClosed) throw new CacheClosedError();
}

function isFresh(value: CachedValue | undefined): boolean {
  return value !== undefined && Date.now() < value.expiresAtMs;
}

function outcomeOf(value: CachedValue | undefined): ReadOutcome {
  return value ? found(value).outcome : 'miss';
}
