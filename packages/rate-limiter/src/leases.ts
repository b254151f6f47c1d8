import { LRUCache } from 'lru-cache';
import type { Clocks } from './clocks.js';
import type { Verdict } from './limit-counter.js';
import type { LeaseRule, Rule } from './rule.js';

interface Grant {
  units: number;
  readonly untilMs: number;
  readonly untilWallMs: number;
}

interface Pool {
  readonly grants: Grant[];
  /** As the newest reply had it, and when that came. */
  last: Verdict | null;
  lastAtMs: number;
  /** Units that requests under way may bring beyond those of whoever sent them, and units that callers wait for. */
  expectedUnits: number;
  awaitedUnits: number;
  readonly waiting: Set<{ readonly resolve: () => void; readonly reject: (reason: unknown) => void }>;
}

/** A request under way that may bring more units than its sender needs. */
export interface ExpectedLease {
  /** The verdict as its sender sees it: what is on lease here is left, too. */
  arrive(verdict: Verdict): Verdict;
  /** Those who waited for it fail with it. */
  fail(reason: unknown): void;
}

export interface Leases {
  /** Keys with units to use. */
  readonly size: number;
  /** Takes from what is on lease; undefined when that is too little. */
  take(key: string, rule: Rule, units: number): Verdict | undefined;
  /** Settles when a request under way has ended that may bring these units; undefined when none may. */
  wait(key: string, rule: Rule, units: number): Promise<void> | undefined;
  /** Called before a request goes out: its units may be used for the lease's time from here, not from the reply. */
  expect(key: string, rule: Rule, lease: LeaseRule, units: number): ExpectedLease;
  forget(key: string): void;
}

/**
 * Units that were taken from Redis and not asked for yet. Redis counts them until a window after the end of their lease, so
 * they may be used at any time within it; they are given up when either clock says that it may be over.
 */
export function createLeases(maxKeys: number, { now, wallNow }: Clocks): Leases {
  const pools = new LRUCache<string, Map<Rule, Pool>>({ max: maxKeys });

  const poolOf = (key: string, rule: Rule): Pool => {
    const ofKey = pools.get(key) ?? new Map<Rule, Pool>();
    const pool = ofKey.get(rule) ?? {
      grants: [],
      last: null,
      lastAtMs: 0,
      expectedUnits: 0,
      awaitedUnits: 0,
      waiting: new Set(),
    };
    pools.set(key, ofKey.set(rule, pool));
    return pool;
  };

  const usableUnits = (pool: Pool): number => {
    const [nowMs, wallMs] = [now(), wallNow()];
    const isUsable = ({ units, untilMs, untilWallMs }: Grant) =>
      units > 0 && nowMs < untilMs && wallMs < untilWallMs;
    pool.grants.splice(0, pool.grants.length, ...pool.grants.filter(isUsable));
    return pool.grants.reduce((sum, { units }) => sum + units, 0);
  };

  return {
    get size() {
      const all = [...pools.values()].flatMap((ofKey) => [...ofKey.values()]);
      return all.filter((pool) => usableUnits(pool) > 0).length;
    },

    take(key, rule, units) {
      const pool = pools.get(key)?.get(rule);
      if (!pool?.last) return undefined;
      const usable = usableUnits(pool);
      if (usable < units) return undefined;
      let missing = units;
      for (const grant of pool.grants) {
        const taken = Math.min(missing, grant.units);
        grant.units -= taken;
        missing -= taken;
      }
      const { last, lastAtMs } = pool;
      return {
        fits: true,
        remaining: last.remaining + usable - units,
        resetAfterMs: Math.max(0, Math.ceil(last.resetAfterMs - (now() - lastAtMs))),
        retryAfterMs: 0,
        nextAfterMs: 0,
        leased: 0,
      };
    },

    wait(key, rule, units) {
      const pool = pools.get(key)?.get(rule);
      if (!pool || pool.expectedUnits - pool.awaitedUnits < units) return undefined;
      pool.awaitedUnits += units;
      return new Promise<void>((resolve, reject) => pool.waiting.add({ resolve, reject })).finally(() => {
        pool.awaitedUnits -= units;
      });
    },

    expect(key, rule, lease, units) {
      const pool = poolOf(key, rule);
      const expected = Math.max(0, lease.units - units);
      pool.expectedUnits += expected;
      const untilMs = now() + usableMs(lease);
      const untilWallMs = wallNow() + usableMs(lease);
      const end = (settle: (waiter: { resolve: () => void; reject: (reason: unknown) => void }) => void) => {
        pool.expectedUnits -= expected;
        const waiting = [...pool.waiting];
        pool.waiting.clear();
        waiting.forEach(settle);
      };
      return {
        arrive(verdict) {
          if (verdict.leased > 0) pool.grants.push({ units: verdict.leased, untilMs, untilWallMs });
          [pool.last, pool.lastAtMs] = [verdict, now()];
          end(({ resolve }) => resolve());
          return verdict.fits ? { ...verdict, remaining: verdict.remaining + usableUnits(pool) } : verdict;
        },
        fail(reason) {
          end(({ reject }) => reject(reason));
        },
      };
    },

    forget(key) {
      pools.delete(key);
    },
  };
}

// Two clocks that count the same time differ by less than a thousandth.
function usableMs({ leaseMs }: LeaseRule): number {
  return leaseMs * 0.999 - 1;
}
