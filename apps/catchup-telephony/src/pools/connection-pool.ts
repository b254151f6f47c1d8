import { Pool as Tarn } from 'tarn';
import {
  NotBorrowedError,
  PoolDrainingError,
  PoolExhaustedError,
  PoolResourceError,
  PoolTimeoutError,
} from './pool-errors.js';
import { healthOf, type PoolHealth } from './pool-health.js';
import { readPoolOptions, type PoolOptions } from './pool-options.js';

export interface BorrowOptions {
  /** How long to wait for a free one. Default: the pool's `acquireTimeoutMs`. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface UseOptions extends BorrowOptions {
  /** Whether an error of the work makes one doubt the resource. Default: each does. */
  readonly isSuspect?: (error: unknown) => boolean;
}

export interface DrainReport {
  /** Still lent when the time was over. They were ended all the same. */
  readonly abandoned: number;
}

export interface PoolStats {
  readonly name: string;
  readonly health: PoolHealth;
  readonly min: number;
  readonly max: number;
  /** Made and not yet ended: lent and free. */
  readonly size: number;
  readonly borrowed: number;
  readonly available: number;
  readonly waiting: number;
  readonly draining: boolean;
  /** Since the pool was made. */
  readonly totals: {
    readonly created: number;
    readonly destroyed: number;
    readonly acquired: number;
    readonly timedOut: number;
    readonly refused: number;
    /** Resources that could not be made, or were found broken. */
    readonly failed: number;
  };
}

export interface ConnectionPool<Resource extends object> {
  /**
   * Lends one. Whoever has it gives it back.
   *
   * @throws PoolExhaustedError, PoolTimeoutError, PoolDrainingError, PoolResourceError, or the signal's reason
   */
  acquire(options?: BorrowOptions): Promise<Resource>;
  /**
   * @param broken it is not lent again
   * @throws NotBorrowedError
   */
  release(resource: Resource, broken?: boolean): void;
  /** Lends one for as long as `work` runs. One that is suspect is looked at before it is lent again. */
  use<Result>(work: (resource: Resource) => Promise<Result>, options?: UseOptions): Promise<Result>;
  /** Looks at those that are free and replaces the broken ones. */
  checkHealth(): Promise<PoolHealth>;
  /**
   * Lends nothing any more, waits for what is lent, then ends all. What is still lent when the time is over (default
   * 10 000 ms) is ended all the same; what is still being made or ended a second later is not waited for, but is ended,
   * too. A second call waits for the first.
   */
  drain(options?: { readonly timeoutMs?: number }): Promise<DrainReport>;
  stats(): PoolStats;
}

const NEVER_MS = 2 ** 31 - 1;
/** What ending may take, however long the rest took. */
const ENDING_MS = 1000;

/** @throws PoolOptionError */
export function createConnectionPool<Resource extends object>(
  options: PoolOptions<Resource>,
): ConnectionPool<Resource> {
  const {
    name,
    create,
    destroy,
    check,
    min,
    max,
    maxWaiting,
    acquireTimeoutMs,
    idleTimeoutMs,
    checkAfterMs,
    now,
  } = readPoolOptions(options);
  const lent = new Set<Resource>();
  const abandoned = new WeakSet<Resource>();
  const broken = new WeakSet<Resource>();
  const checkedAt = new WeakMap<Resource, number>();
  const waiters = new Set<() => void>();
  const totals = { created: 0, destroyed: 0, acquired: 0, timedOut: 0, refused: 0, failed: 0 };
  let failuresInARow = 0;
  /** Calls that were called off and still stand in tarn's row. */
  let leftWaiting = 0;
  let draining: Promise<DrainReport> | undefined;
  let wake: (() => void) | undefined;

  const failed = () => {
    totals.failed++;
    failuresInARow++;
  };
  const isFine = async (resource: Resource): Promise<boolean> => {
    if (broken.has(resource)) return false;
    if (now() - (checkedAt.get(resource) ?? -Infinity) < checkAfterMs) return true;
    try {
      await check(resource);
      checkedAt.set(resource, now());
      failuresInARow = 0;
      return true;
    } catch {
      failed();
      return false;
    }
  };
  const tarn = new Tarn<Resource>({
    min,
    max,
    propagateCreateError: true,
    createRetryIntervalMillis: 100,
    acquireTimeoutMillis: NEVER_MS,
    idleTimeoutMillis: idleTimeoutMs,
    reapIntervalMillis: Math.max(10, Math.min(1000, idleTimeoutMs)),
    async create() {
      try {
        const resource = await create();
        totals.created++;
        checkedAt.set(resource, now());
        return resource;
      } catch (error) {
        failed();
        throw error;
      }
    },
    async destroy(resource: Resource) {
      totals.destroyed++;
      try {
        await destroy(resource);
      } catch {
        // Nobody has it any more, so nobody is to be told.
      }
    },
    // It may answer late, other than its type says.
    validate: isFine as unknown as (resource: Resource) => boolean,
  });

  const waiting = () => Math.max(0, tarn.numPendingAcquires() - leftWaiting - tarn.numPendingCreates());
  const size = () => tarn.numUsed() + tarn.numFree();

  /**
   * Nobody waits for it any more: what comes goes back at once. Tarn's own way to call it off loses a resource that it is
   * just about to lend.
   */
  const leave = (pending: Promise<Resource>) => {
    leftWaiting++;
    const settled = () => void leftWaiting--;
    pending.then((late) => tarn.release(late)).then(settled, settled);
  };

  const acquire = async ({ timeoutMs = acquireTimeoutMs, signal }: BorrowOptions = {}): Promise<Resource> => {
    signal?.throwIfAborted();
    if (draining) throw new PoolDrainingError(name);
    const isFull = tarn.numFree() === 0 && tarn.numUsed() + tarn.numPendingCreates() >= max;
    if (isFull && waiting() >= maxWaiting) {
      totals.refused++;
      throw new PoolExhaustedError(name, max, maxWaiting);
    }
    const pending = tarn.acquire();
    let ended: 'aborted' | 'timed-out' | 'draining' | undefined;
    let giveUp: () => void = () => undefined;
    const givenUp = new Promise<undefined>((resolve) => (giveUp = () => resolve(undefined)));
    const end = (how: typeof ended) => {
      ended ??= how;
      giveUp();
    };
    const timer = setTimeout(() => end('timed-out'), timeoutMs);
    const onAbort = () => end('aborted');
    const onDrain = () => end('draining');
    signal?.addEventListener('abort', onAbort, { once: true });
    waiters.add(onDrain);
    try {
      const resource = await Promise.race([pending.promise, givenUp]);
      if (resource && !ended) {
        lent.add(resource);
        totals.acquired++;
        return resource;
      }
      leave(pending.promise);
    } catch (error) {
      if (!ended) throw new PoolResourceError(name, { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      waiters.delete(onDrain);
    }
    if (ended === 'aborted') throw signal?.reason;
    if (ended === 'draining') throw new PoolDrainingError(name);
    totals.timedOut++;
    throw new PoolTimeoutError(name, timeoutMs);
  };

  const release = (resource: Resource, isBroken = false): void => {
    // Its time was over; it was ended meanwhile.
    if (abandoned.delete(resource)) return;
    if (!lent.delete(resource)) throw new NotBorrowedError(name);
    if (isBroken) {
      failed();
      broken.add(resource);
    }
    tarn.release(resource);
    if (lent.size === 0) wake?.();
  };

  const drain = async (timeoutMs: number): Promise<DrainReport> => {
    for (const call of waiters) call();
    const returned = new Promise<void>((resolve) => (wake = resolve));
    const startedAt = performance.now();
    if (lent.size > 0) await atMost(timeoutMs, returned);
    const left = [...lent];
    for (const resource of left) {
      lent.delete(resource);
      abandoned.add(resource);
      tarn.release(resource);
    }
    const leftMs = timeoutMs - (performance.now() - startedAt);
    await atMost(Math.max(leftMs, ENDING_MS), tarn.destroy());
    return { abandoned: left.length };
  };

  const pool: ConnectionPool<Resource> = {
    acquire,
    release,
    async use(work, { isSuspect = () => true, ...borrow } = {}) {
      const resource = await acquire(borrow);
      try {
        const result = await work(resource);
        failuresInARow = 0;
        return result;
      } catch (error) {
        if (isSuspect(error)) checkedAt.delete(resource);
        throw error;
      } finally {
        release(resource);
      }
    },
    async checkHealth() {
      const borrowed: Resource[] = [];
      // Where none is free, a new one tells as much, if there is room for it.
      const looks = tarn.numFree() || (tarn.numUsed() + tarn.numPendingCreates() < max ? 1 : 0);
      for (let looked = 0; looked < looks; looked++) {
        try {
          borrowed.push(await acquire());
        } catch {
          break;
        }
      }
      for (const resource of borrowed) {
        checkedAt.delete(resource);
        if (!(await isFine(resource))) broken.add(resource);
        release(resource);
      }
      return healthOf(failuresInARow);
    },
    drain: ({ timeoutMs = 10_000 } = {}) => (draining ??= drain(timeoutMs)),
    stats: () => ({
      name,
      health: healthOf(failuresInARow),
      min,
      max,
      size: size(),
      borrowed: lent.size,
      available: tarn.numFree(),
      waiting: waiting(),
      draining: draining !== undefined,
      totals: { ...totals },
    }),
  };
  return pool;
}

async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([work, over]);
  clearTimeout(timer);
}
