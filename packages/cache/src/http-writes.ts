import type { PipelineReply, RedisCommand } from '@switchyard/http-redis';
import type { CachedValue, Stamp } from './cached-value.js';
import type { EntryPolicy } from './entries.js';
import type { EntryTexts } from './entry-texts.js';
import { UnsealableValueError } from './envelope/errors.js';
import { GENERATION_TTL_SECONDS, type Generations } from './generations.js';
import type { HttpRedisDriver } from './http-redis-driver.js';
import type { Load, PendingLoads } from './pending-loads.js';
import type { StatisticsRecorder } from './statistics.js';
import type { WriteOrder } from './write-order.js';

/** Writes to the tier in HTTP Redis. They never reject: what does not reach Redis is counted. */
export interface HttpWrites {
  /**
   * Ends the value's load, and notes in it whether Redis has the value. One command, and one more for each generation that
   * Redis did not have. A value whose load is outdated is not written; one that is too large for Redis takes away what
   * stands there.
   */
  write(key: string, value: CachedValue): Promise<void>;
}

export interface HttpWritesParts {
  readonly driver: HttpRedisDriver;
  readonly texts: EntryTexts;
  readonly policyOf: (key: string) => EntryPolicy;
  readonly generations: Generations;
  readonly loads: PendingLoads;
  readonly writes: WriteOrder;
  readonly statistics: StatisticsRecorder;
  /** Of the text as Redis gets it. */
  readonly maxEntryBytes: number;
}

export function createHttpWrites(parts: HttpWritesParts): HttpWrites {
  const { driver, texts, policyOf, generations, loads, writes, statistics, maxEntryBytes } = parts;

  const textOf = async (key: string, value: CachedValue, stamps: readonly Stamp[]) => {
    const { text, expiresAtMs, staleUntilMs } = value;
    const generation = stamps.find(({ tag }) => tag === null)?.generation.value ?? null;
    const tags: Record<string, string> = Object.fromEntries(
      stamps.flatMap((stamp) => (stamp.tag === null ? [] : [[stamp.tag, stamp.generation.value]])),
    );
    const entry = { text, expiresAtMs, staleUntilMs, generation, tags };
    try {
      const sealed = await texts.write(key, entry, policyOf(key));
      return Buffer.byteLength(sealed) <= maxEntryBytes ? sealed : undefined;
    } catch (error) {
      if (error instanceof UnsealableValueError) return undefined;
      throw error;
    }
  };

  const send = async (command: RedisCommand, stamps: readonly Stamp[]) => {
    const proposals = stamps.filter(({ generation }) => generation.isProposal);
    for (const { generation } of proposals) generation.isProposal = false;
    try {
      const replies = await driver.write([...proposals.map(proposalOf), command]);
      for (const [index, { scope, generation }] of proposals.entries())
        if (!isOk(replies[index])) generations.forget(scope, generation);
      const last = replies.at(-1);
      if (isOk(last)) return true;
      if (last && 'error' in last) statistics.redisError(last.error);
    } catch (error) {
      statistics.redisError(error);
      // They may not have arrived. What is written next asks.
      for (const { scope, generation } of proposals) generations.forget(scope, generation);
    }
    statistics.count('droppedWrites');
    return false;
  };

  /** What stands there is older than what Redis cannot take. */
  const remove = async (key: string) => {
    try {
      await driver.write([['UNLINK', key]]);
    } catch (error) {
      statistics.redisError(error);
    }
  };

  const write = async (key: string, value: CachedValue, load: Load) => {
    const { stamps, staleUntilMs } = value;
    if (!stamps) return statistics.count('droppedWrites');
    const text = await textOf(key, value, stamps);
    if (text === undefined) statistics.count('oversizedValues');
    // It may have been invalidated while it waited, or while the text was compressed.
    if (load.isOutdated) return statistics.count('discardedRefreshes');
    if (text === undefined) {
      await remove(key);
    } else {
      const ttlMs = Math.max(1, Math.round(staleUntilMs - Date.now()));
      load.isWritten = await send(['SET', key, text, 'PX', ttlMs], stamps);
    }
    // A read that began before this write landed may bring what was there before it.
    loads.outdateReads(key);
  };

  return {
    async write(key, value) {
      const { load } = value;
      if (!load) return;
      try {
        // What is discarded has no need to wait for its turn.
        if (load.isOutdated) statistics.count('discardedRefreshes');
        else await writes.run(key, () => write(key, value, load));
      } finally {
        loads.end(load);
      }
    },
  };
}

function proposalOf({ scope, generation }: Stamp): RedisCommand {
  return ['SET', scope, generation.value, 'EX', GENERATION_TTL_SECONDS, 'NX'];
}

function isOk(reply: PipelineReply | undefined): boolean {
  return reply !== undefined && 'reply' in reply && reply.reply === 'OK';
}
