import { LRUCache } from 'lru-cache';
import type { Demand, LimitCounter, Verdict } from './limit-counter.js';
import type { BucketRule, WindowRule } from './rule.js';

interface Run {
  readonly atMs: number;
  readonly units: number;
}

interface WindowTally {
  /** Oldest first. */
  readonly runs: Run[];
}

/** Millionths of a token that were missing at that time, and how many come back in a ms. */
interface BucketTally {
  readonly missing: number;
  readonly atMs: number;
  readonly gainPerMs: number;
}

const MICRO = 1_000_000;

/**
 * Counts in this process alone, by the rules of the script. What it does not know of is admitted: what other processes took,
 * and what was counted for the least used of more than `maxKeys` keys.
 *
 * @param now ms of a clock that does not jump
 */
export function createProcessCounter(maxKeys: number, now: () => number): LimitCounter {
  const windows = new LRUCache<string, WindowTally>({ max: maxKeys });
  const buckets = new LRUCache<string, BucketTally>({ max: maxKeys });

  const lookAt = ({ key, rule, units }: Demand, nowMs: number): Verdict =>
    rule.kind === 'window'
      ? lookAtWindow(rule, windows.get(key)?.runs ?? [], units, nowMs)
      : lookAtBucket(rule, buckets.get(key), units, nowMs);

  const charge = ({ key, rule, units }: Demand, nowMs: number) => {
    if (rule.kind === 'window') {
      const { runs } = windows.get(key) ?? { runs: [] };
      windows.set(key, { runs: withRun(rule, runs, units, nowMs) });
    } else {
      const missing = missingAt(rule, buckets.get(key), nowMs) + units * MICRO;
      buckets.set(key, { missing, atMs: nowMs, gainPerMs: rule.gainPerMs });
    }
  };

  return {
    async take(demands) {
      const nowMs = Math.floor(now());
      const verdicts = demands.map((demand) => lookAt(demand, nowMs));
      if (!verdicts.every(({ fits }) => fits)) return verdicts;
      for (const demand of demands) charge(demand, nowMs);
      return demands.map((demand) => {
        const { retryAfterMs, ...next } = lookAt({ ...demand, units: 1 }, nowMs);
        return { ...next, fits: true, retryAfterMs: 0, nextAfterMs: retryAfterMs };
      });
    },
    async peek(demands) {
      return demands.map((demand) => lookAt(demand, Math.floor(now())));
    },
    async reset(keys) {
      for (const key of keys) {
        windows.delete(key);
        buckets.delete(key);
      }
    },
  };
}

function withRun(
  { windowMs, grainMs }: WindowRule,
  runs: readonly Run[],
  units: number,
  atMs: number,
): Run[] {
  const counting = runs.filter((run) => atMs - run.atMs <= windowMs);
  const newest = counting.at(-1);
  if (newest && Math.floor(newest.atMs / grainMs) === Math.floor(atMs / grainMs)) {
    return [...counting.slice(0, -1), { atMs, units: newest.units + units }];
  }
  return [...counting, { atMs, units }];
}

function lookAtWindow(
  { limit, windowMs }: WindowRule,
  runs: readonly Run[],
  units: number,
  nowMs: number,
): Verdict {
  const counting = runs.filter(({ atMs }) => nowMs - atMs <= windowMs);
  const endsInMs = ({ atMs }: Run) => atMs + windowMs + 1 - nowMs;
  const used = counting.reduce((sum, run) => sum + run.units, 0);
  let [stillUsed, retryAfterMs] = [used, 0];
  for (const run of counting) {
    if (stillUsed + units <= limit) break;
    stillUsed -= run.units;
    retryAfterMs = endsInMs(run);
  }
  const newest = counting.at(-1);
  return {
    fits: retryAfterMs === 0,
    remaining: Math.max(0, limit - used),
    resetAfterMs: newest ? endsInMs(newest) : 0,
    retryAfterMs,
    nextAfterMs: 0,
    leased: 0,
  };
}

/** By the faster of two tiers, as in Redis. */
function gainOf({ gainPerMs }: BucketRule, tally: BucketTally | undefined): number {
  return Math.max(gainPerMs, tally?.gainPerMs ?? 0);
}

function missingAt(rule: BucketRule, tally: BucketTally | undefined, nowMs: number): number {
  return tally ? Math.max(0, tally.missing - (nowMs - tally.atMs) * gainOf(rule, tally)) : 0;
}

function lookAtBucket(
  rule: BucketRule,
  tally: BucketTally | undefined,
  units: number,
  nowMs: number,
): Verdict {
  const missing = missingAt(rule, tally, nowMs);
  const gainPerMs = gainOf(rule, tally);
  const lacking = Math.max(0, missing + (units - rule.limit) * MICRO);
  return {
    fits: lacking === 0,
    remaining: Math.max(0, Math.floor((rule.limit * MICRO - missing) / MICRO)),
    resetAfterMs: Math.ceil(missing / gainPerMs),
    retryAfterMs: Math.ceil(lacking / gainPerMs),
    nextAfterMs: 0,
    leased: 0,
  };
}
