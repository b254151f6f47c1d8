import type { Backoff, JobOptions, ResolvedJobOptions, Retention } from '@switchyard/queue-contract';
import type { BullBackoff, BullJobOptions, BullRetention } from './bull-queue.js';
import { encodeJobId } from './job-ids.js';

/** Options as Bull stores them. `id` must have been decided by then. */
export function toBullOptions(options: ResolvedJobOptions): BullJobOptions {
  const { id, delayMs, priority, attempts, backoff, timeoutMs, deduplication, lifo } = options;
  return {
    ...(id === undefined ? {} : { jobId: encodeJobId(id) }),
    ...(delayMs > 0 ? { delay: delayMs } : {}),
    ...(priority === undefined ? {} : { priority }),
    attempts,
    ...(backoff === undefined ? {} : { backoff: toBullBackoff(backoff) }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    ...(lifo ? { lifo } : {}),
    ...(deduplication === undefined
      ? {}
      : { debounce: { id: deduplication.id, ...(deduplication.ttlMs ? { ttl: deduplication.ttlMs } : {}) } }),
    removeOnComplete: toBullRetention(options.removeOnComplete),
    removeOnFail: toBullRetention(options.removeOnFail),
  };
}

/** What a legacy job's options say in the words of the port; what it left open stays open. */
export function fromBullOptions(stored: BullJobOptions, carriesPriorities: boolean): JobOptions {
  const { priority, attempts, timeout, lifo } = stored;
  const backoff = fromBullBackoff(stored.backoff);
  const removeOnComplete = fromBullRetention(stored.removeOnComplete);
  const removeOnFail = fromBullRetention(stored.removeOnFail);
  return {
    ...(priority && carriesPriorities ? { priority } : {}),
    ...(attempts ? { attempts } : {}),
    ...(backoff ? { backoff } : {}),
    ...(timeout ? { timeoutMs: timeout } : {}),
    ...(lifo && !carriesPriorities ? { lifo } : {}),
    ...(removeOnComplete === undefined ? {} : { removeOnComplete }),
    ...(removeOnFail === undefined ? {} : { removeOnFail }),
  };
}

/** A backoff that neither Bull nor the port knows is one of the app's own. */
export function fromBullBackoff(backoff: BullBackoff | number | undefined): Backoff | undefined {
  if (backoff === undefined || backoff === null) return undefined;
  // Bull before 3 stored a bare number.
  if (typeof backoff === 'number') return { type: 'fixed', delayMs: backoff };
  if (backoff.type === 'fixed' || backoff.type === 'exponential') {
    return { type: backoff.type, delayMs: backoff.delay ?? 0 };
  }
  return { type: 'custom' };
}

function toBullBackoff(backoff: Backoff): BullBackoff {
  return backoff.type === 'custom'
    ? { type: 'custom' }
    : { type: backoff.type, delay: Math.round(backoff.delayMs) };
}

function toBullRetention(retention: Retention): BullRetention {
  if (typeof retention === 'boolean') return retention;
  const { count, ageSeconds } = retention;
  return {
    ...(count === undefined ? {} : { count }),
    ...(ageSeconds === undefined ? {} : { age: ageSeconds }),
  };
}

function fromBullRetention(retention: BullRetention | undefined): Retention | undefined {
  if (retention === undefined || retention === null || typeof retention === 'boolean')
    return retention ?? undefined;
  if (typeof retention === 'number') return retention < 0 ? false : { count: retention };
  const { count, age } = retention;
  if (count === undefined && age === undefined) return undefined;
  return {
    ...(count === undefined ? {} : { count }),
    ...(age === undefined ? {} : { ageSeconds: age }),
  };
}
