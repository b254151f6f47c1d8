import {
  backoffDelayMs,
  type Backoff,
  type JobSchemas,
  type QueueDefinition,
  type ResolvedJobOptions,
  type Retention,
} from '@switchyard/queue-contract';
import type { BackoffStrategy, JobsOptions, KeepJobs } from 'bullmq';
import { asError } from './as-error.js';
import { originalError } from './attempt-error.js';
import { storedId } from './stored-id.js';

/** Where BullMQ's own 0 would run before priority 1, a job without a priority gets BullMQ's last number. */
const NO_PRIORITY = 2_097_151;

/** A hundred years: BullMQ multiplies due times by 4096, and longer ones would lose their milliseconds. */
const MAX_BACKOFF_MS = 100 * 365.25 * 24 * 3600 * 1000;

/** BullMQ's options of a job and what it knows nothing of but keeps for us. */
export interface StoredOptions extends JobsOptions {
  timeoutMs?: number;
}

/** What the contract's options are to BullMQ. The id is the producer's business. */
export function storedOptions(options: ResolvedJobOptions, carriesPriorities: boolean): StoredOptions {
  const { delayMs, priority, attempts, backoff, timeoutMs, removeOnComplete, removeOnFail, deduplication } =
    options;
  return {
    attempts,
    removeOnComplete: keepJobs(removeOnComplete),
    removeOnFail: keepJobs(removeOnFail),
    // Rounded up, since a job may be late but not early.
    ...(delayMs > 0 && { delay: Math.ceil(delayMs) }),
    ...(carriesPriorities && { priority: priority ?? NO_PRIORITY }),
    ...(backoff && storedBackoff(backoff, attempts)),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(options.lifo && { lifo: true }),
    ...(deduplication && {
      deduplication: {
        id: storedId(deduplication.id),
        ...(deduplication.ttlMs !== undefined && { ttl: deduplication.ttlMs }),
      },
    }),
  };
}

/** The contract's priority for a stored one. */
export function callerPriority(stored: number | undefined): number | null {
  return stored === undefined || stored === 0 || stored === NO_PRIORITY ? null : stored;
}

/** BullMQ asks this for every backoff type that is not its own. */
export function backoffStrategy<S extends JobSchemas>(
  definition: QueueDefinition<S>,
  report: (error: Error) => void,
): BackoffStrategy {
  return (attemptsMade, type, error, job) => {
    const delayMs = Number((job?.opts.backoff as { delay?: number } | undefined)?.delay);
    const backoff: Backoff =
      type === 'capped' ? { type: 'exponential', delayMs } : { type: type === 'custom' ? type : 'custom' };
    try {
      const cause = originalError(error ?? new Error('unknown'));
      const waitMs = backoffDelayMs(
        backoff,
        attemptsMade,
        cause,
        definition.backoffDelayMs?.bind(definition),
      );
      return Math.min(Math.ceil(waitMs), MAX_BACKOFF_MS);
    } catch (thrown) {
      // BullMQ would leave the job active until its lock runs out.
      report(asError(thrown));
      return 0;
    }
  };
}

function storedBackoff(backoff: Backoff, attempts: number): { backoff?: JobsOptions['backoff'] } {
  if (backoff.type === 'custom') return { backoff: { type: 'custom' } };
  if (backoff.delayMs === 0) return {};
  // BullMQ's own formula has no ceiling and ends in an infinite due time.
  const overflows = backoff.type === 'exponential' && 2 ** (attempts - 2) * backoff.delayMs > MAX_BACKOFF_MS;
  return { backoff: { type: overflows ? 'capped' : backoff.type, delay: Math.ceil(backoff.delayMs) } };
}

function keepJobs(retention: Retention): boolean | KeepJobs {
  if (typeof retention === 'boolean') return retention;
  const { count, ageSeconds } = retention;
  if (ageSeconds === undefined) return { count: count ?? 0 };
  return count === undefined ? { age: ageSeconds } : { age: ageSeconds, count };
}
