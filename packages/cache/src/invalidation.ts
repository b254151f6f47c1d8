import { setTimeout as pause } from 'node:timers/promises';
import { RedisTimeoutError, RedisUnavailableError, type HttpRedis } from '@switchyard/http-redis';
import type { CacheKeys } from './cache-keys.js';
import { GENERATION_TTL_SECONDS, type Generations } from './generations.js';
import { globOf, matcherOf, type KeyPattern } from './key-pattern.js';
import type { MemoryTier } from './memory-tier.js';
import type { PendingLoads } from './pending-loads.js';
import type { StatisticsRecorder } from './statistics.js';
import type { WriteOrder } from './write-order.js';

export interface PatternDeletion {
  readonly removed: number;
  /** False where Redis stopped answering: then more may be there. */
  readonly isComplete: boolean;
}

/**
 * Takes entries out of both tiers, so that nothing that began before brings them back. They never reject: what did not
 * reach Redis is answered false, and counted.
 */
export interface Invalidation {
  /** What is read or fetched at present is not kept, since something else is about to be written. */
  supersede(key: string): void;
  /** One command. */
  delete(key: string): Promise<boolean>;
  /** SCAN over the whole keyspace, 500 keys a command, and one UNLINK for each batch that has some. */
  deletePattern(namespace: string, pattern: KeyPattern): Promise<PatternDeletion>;
  /** One command. */
  clearUser(userId: string): Promise<boolean>;
  /** One command a tag, in one request. */
  deleteByTag(tags: readonly string[]): Promise<boolean>;
}

export interface InvalidationParts {
  /** With the retries of an invalidation. */
  readonly redis: HttpRedis;
  readonly keys: CacheKeys;
  readonly memory: MemoryTier;
  readonly generations: Generations;
  readonly loads: PendingLoads;
  readonly writes: WriteOrder;
  readonly statistics: StatisticsRecorder;
  readonly monotonicMs: () => number;
  /** A text that never comes again. */
  readonly createId: () => string;
}

/** Between tries of which one that is given up may still arrive. */
const PAUSES_MS = [1000, 2000, 4000, null];

export function createInvalidation(parts: InvalidationParts): Invalidation {
  const { redis, keys, memory, generations, loads, writes, statistics, monotonicMs, createId } = parts;

  const hasTaken = async (work: Promise<unknown>) => {
    try {
      await work;
      return true;
    } catch (error) {
      statistics.redisError(error);
      return false;
    }
  };

  const forgetKeys = (covers: (key: string) => boolean) => {
    memory.deleteWhere(covers);
    loads.outdate(({ key }) => covers(key));
  };
  const forgetKey = (key: string) => {
    memory.delete(key);
    loads.outdate((load) => load.key === key);
  };
  const forgetTags = (tags: ReadonlySet<string>) => {
    memory.deleteWhere((_key, value) => value.tags.some((tag) => tags.has(tag)));
    loads.outdate((load) => load.tags === undefined || load.tags.some((tag) => tags.has(tag)));
  };

  /**
   * A new generation, which makes all others of the scope outdated. Each try has one of its own, and nobody writes under it
   * before Redis is known to have it: should a try arrive that was given up, nothing stands under what it brings.
   */
  const renewScope = async (scope: string) => {
    generations.drop(scope);
    for (const pauseMs of PAUSES_MS) {
      const value = createId();
      try {
        await redis.command(['SET', scope, value, 'EX', GENERATION_TTL_SECONDS], { isSafeToRepeat: false });
        generations.drop(scope);
        generations.observe(scope, value, monotonicMs());
        return;
      } catch (error) {
        if (!mayComeLate(error) || pauseMs === null) throw error;
        await pause(pauseMs);
      }
    }
  };

  const renew = (scopes: readonly string[]) => hasTaken(Promise.all(scopes.map(renewScope)));

  return {
    supersede(key) {
      loads.outdate((load) => load.key === key);
    },

    async delete(key) {
      forgetKey(key);
      await writes.settled((other) => other === key);
      const isTaken = await hasTaken(redis.command(['UNLINK', key]));
      // Reads that began meanwhile may have found what is gone now.
      forgetKey(key);
      return isTaken;
    },

    async deletePattern(namespace, pattern) {
      const glob = namespace + globOf(pattern);
      const covers = matcherOf(glob);
      forgetKeys(covers);
      await writes.settled(covers);
      let removed = 0;
      const isComplete = await hasTaken(redis.deletePattern(glob).then((count) => (removed = count)));
      forgetKeys(covers);
      return { removed, isComplete };
    },

    async clearUser(userId) {
      const namespace = keys.userNamespace(userId);
      const covers = (key: string) => key.startsWith(namespace);
      forgetKeys(covers);
      const isTaken = await renew([keys.userScope(userId)]);
      forgetKeys(covers);
      return isTaken;
    },

    async deleteByTag(tags) {
      const wanted = new Set(tags);
      forgetTags(wanted);
      const isTaken = await renew([...wanted].map(keys.tagScope));
      forgetTags(wanted);
      return isTaken;
    },
  };
}

function mayComeLate(error: unknown): boolean {
  const isUnanswered = error instanceof RedisTimeoutError || error instanceof RedisUnavailableError;
  return isUnanswered && error.mayHaveBeenApplied;
}
