import type { ConnectionPool, DrainReport, PoolStats } from './connection-pool.js';
import { PoolOptionError } from './pool-errors.js';
import { worstHealth, type PoolHealth } from './pool-health.js';

/** Of a pool, what does not depend on what it lends. */
type AnyPool = Pick<ConnectionPool<object>, 'stats' | 'checkHealth' | 'drain'>;
type Pools = Readonly<Record<string, AnyPool>>;

export interface AllPoolStats {
  /** The worst of all pools. */
  readonly health: PoolHealth;
  readonly pools: readonly PoolStats[];
  /** What the app talks to without a pool. */
  readonly withoutPool: readonly { readonly name: string; readonly because: string }[];
}

export interface PoolManager<All extends Pools> {
  /** @throws PoolOptionError for a pool nobody knows */
  pool<Name extends keyof All & string>(name: Name): All[Name];
  getAllStats(): AllPoolStats;
  checkHealth(): Promise<PoolHealth>;
  /** Drains all pools at once, within one limit. */
  drain(options?: { readonly timeoutMs?: number }): Promise<DrainReport>;
}

/** Redis had a pool here once. Over HTTP each command is a request of its own, and nothing is held between two. */
const WITHOUT_POOL = [{ name: 'redis', because: 'HTTP Redis needs no pool: it holds no connection' }];

/** All pools of the app under one roof. */
export function createPoolManager<All extends Pools>(pools: All): PoolManager<All> {
  const all = Object.values(pools);
  return {
    pool(name) {
      const pool = Object.hasOwn(pools, name) ? pools[name] : undefined;
      if (!pool) throw new PoolOptionError(name, 'name', name, `one of ${Object.keys(pools).join(', ')}`);
      return pool;
    },
    getAllStats() {
      const stats = all.map((pool) => pool.stats());
      return {
        health: worstHealth(stats.map(({ health }) => health)),
        pools: stats,
        withoutPool: WITHOUT_POOL,
      };
    },
    checkHealth: async () => worstHealth(await Promise.all(all.map((pool) => pool.checkHealth()))),
    async drain(options) {
      const reports = await Promise.all(all.map((pool) => pool.drain(options)));
      return { abandoned: reports.reduce((sum, { abandoned }) => sum + abandoned, 0) };
    },
  };
}
