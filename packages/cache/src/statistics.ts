import type { EnvelopeFault } from './envelope/envelopes.js';
import type { MemoryUsage } from './memory-tier.js';

/** Why an entry that was in Redis did not count. `malformed`: in its envelope, but no entry. `unfit`: against its schema. */
export type EntryFault = EnvelopeFault | 'malformed' | 'unfit';

/** How a read ended. `joined`: it waited for the fetch of another caller. `failed`: its fetch failed. */
export type ReadOutcome = 'hit-memory' | 'hit-http' | 'stale' | 'joined' | 'miss' | 'failed';

export interface CacheStatistics {
  /** Keys read, by how that ended. */
  readonly reads: Readonly<Record<ReadOutcome, number>>;
  /** The share of reads that needed no fetch of their own, 0 to 1; null before the first one. */
  readonly hitRate: number | null;
  readonly entryFaults: Readonly<Partial<Record<EntryFault, number>>>;
  /** Entries that were in Redis but older than an invalidation of their user or tags. */
  readonly outdatedEntries: number;
  /** Calls that HTTP Redis did not answer or refused, by the error's `code`. */
  readonly redisErrors: Readonly<Record<string, number>>;
  /** Writes that did not reach Redis, or were not tried since Redis did not answer before. */
  readonly droppedWrites: number;
  /** Values too large for Redis; they were answered, and kept in memory where they fit. */
  readonly oversizedValues: number;
  /** Fetched values that were not kept since their key was invalidated meanwhile. */
  readonly discardedRefreshes: number;
  readonly failedFetches: number;
  readonly memory: MemoryUsage;
}

export interface StatisticsRecorder {
  read(outcome: ReadOutcome): void;
  entryFault(fault: EntryFault): void;
  redisError(error: unknown): void;
  count(
    what: 'outdatedEntries' | 'droppedWrites' | 'oversizedValues' | 'discardedRefreshes' | 'failedFetches',
  ): void;
  report(memory: MemoryUsage): CacheStatistics;
}

export function createStatistics(): StatisticsRecorder {
  const reads: Record<ReadOutcome, number> = {
    'hit-memory': 0,
    'hit-http': 0,
    stale: 0,
    joined: 0,
    miss: 0,
    failed: 0,
  };
  const entryFaults: Partial<Record<EntryFault, number>> = {};
  const redisErrors: Record<string, number> = {};
  const counts = {
    outdatedEntries: 0,
    droppedWrites: 0,
    oversizedValues: 0,
    discardedRefreshes: 0,
    failedFetches: 0,
  };
  return {
    read: (outcome) => void reads[outcome]++,
    entryFault: (fault) => void (entryFaults[fault] = (entryFaults[fault] ?? 0) + 1),
    redisError(error) {
      const code = codeOf(error);
      redisErrors[code] = (redisErrors[code] ?? 0) + 1;
    },
    count: (what) => void counts[what]++,
    report(memory) {
      const all = Object.values(reads).reduce((sum, each) => sum + each, 0);
      return {
        reads: { ...reads },
        hitRate: all === 0 ? null : (all - reads.miss - reads.failed) / all,
        entryFaults: { ...entryFaults },
        redisErrors: { ...redisErrors },
        ...counts,
        memory,
      };
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
