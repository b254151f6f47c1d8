import { PoolOptionError } from './pool-errors.js';

export interface PoolOptions<Resource extends object> {
  readonly name: string;
  readonly create: () => Promise<Resource>;
  readonly destroy: (resource: Resource) => Promise<void> | void;
  /** Rejects where the resource is no good any more. Default: it always is. */
  readonly check?: (resource: Resource) => Promise<void>;
  /** How many are kept though nobody needs them. Default 0. */
  readonly min?: number;
  /** How many there are at most, from 1. Default 4. */
  readonly max?: number;
  /** How many may wait for one. Default 100. */
  readonly maxWaiting?: number;
  /** Default 5000. */
  readonly acquireTimeoutMs?: number;
  /** After which one that nobody needs is ended. Default 30 000. */
  readonly idleTimeoutMs?: number;
  /** One that was not looked at for so long is checked before it is lent. Default 60 000. */
  readonly checkAfterMs?: number;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
}

const NUMBERS = [
  ['min', 0, 1000],
  ['max', 1, 1000],
  ['maxWaiting', 0, 100_000],
  ['acquireTimeoutMs', 1, 600_000],
  ['idleTimeoutMs', 1, 86_400_000],
  ['checkAfterMs', 0, 86_400_000],
] as const;

/** Fills in the defaults. @throws PoolOptionError */
export function readPoolOptions<Resource extends object>(
  options: PoolOptions<Resource>,
): Required<PoolOptions<Resource>> {
  const read = {
    min: 0,
    max: 4,
    maxWaiting: 100,
    acquireTimeoutMs: 5000,
    idleTimeoutMs: 30_000,
    checkAfterMs: 60_000,
    now: () => performance.now(),
    ...options,
    check: options.check ?? (async () => undefined),
  };
  for (const [name, lowest, highest] of NUMBERS) {
    const value = read[name];
    if (!Number.isInteger(value) || value < lowest || value > highest)
      throw new PoolOptionError(read.name, name, value, `a whole number from ${lowest} to ${highest}`);
  }
  if (read.min > read.max) throw new PoolOptionError(read.name, 'min', read.min, `at most max, ${read.max}`);
  return read;
}
