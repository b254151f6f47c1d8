import {
  backoffDelayMs,
  isRefusal,
  isUnrecoverable,
  JobNotFoundError,
  runJob,
  storableValue,
  type JobGate,
  type JobHandlers,
  type JobSchemas,
  type QueueDefinition,
} from '@switchyard/queue-contract';
import { asError } from './as-error.js';
import { fromBullBackoff } from './bull-options.js';
import type { BullJob, BullRetention } from './bull-queue.js';
import type { EngineContext } from './engine-context.js';
import { storableData, toJson } from './job-data.js';
import { decodeJobId } from './job-ids.js';
import { scheduleIdOf } from './schedule-keys.js';

/** The attempts that one consumer runs. */
export interface Attempts {
  /** Handlers that run at this moment. */
  readonly running: number;
  /** Before Bull takes the job on. */
  prepare(job: BullJob): void;
  /** What Bull calls for each attempt. */
  process(job: BullJob): Promise<unknown>;
  /** Lets go of the attempts that wait at the gate: each ends with a {@link GivenBackError}. */
  giveBackWaiting(reason: Error): void;
  /** Aborts all attempts and drops what becomes of them; answers the stored ids of their jobs. */
  abandon(reason: Error): readonly string[];
}

/** Ends an attempt that has not begun; its job is still to be handed back. */
export class GivenBackError extends Error {
  override readonly name = 'GivenBackError';
}

interface Attempt {
  readonly storedId: string;
  readonly abort: AbortController;
  readonly giveBack: (reason: GivenBackError) => void;
  hasBegun: boolean;
  abandoned: boolean;
}

const MAX_BACKOFF_MS = 100 * 365.25 * 24 * 3600 * 1000;
const NEVER = new Promise<never>(() => {});

export function createAttempts<S extends JobSchemas>(
  { engine, call, outages }: EngineContext,
  definition: QueueDefinition<S>,
  handlers: JobHandlers<S>,
  gate: JobGate | undefined,
): Attempts {
  const queue = definition.name;
  const live = new Set<Attempt>();
  const timeouts = new WeakMap<BullJob, number>();
  let running = 0;

  const gateOf = (attempt: Attempt): JobGate => ({
    async enter(signal) {
      const leave = await gate?.enter(signal);
      attempt.hasBegun = true;
      running++;
      return () => {
        running--;
        leave?.();
      };
    },
  });

  const unlessGone = <T>(job: BullJob, work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      const isGone = error instanceof Error && error.message.startsWith('Missing key for job ');
      throw isGone ? new JobNotFoundError(queue, decodeJobId(String(job.id))) : error;
    });

  const run = (job: BullJob, attempt: Attempt) =>
    runJob({
      definition,
      handlers,
      job: {
        id: decodeJobId(String(job.id)),
        name: job.name,
        queue,
        engine,
        data: job.data as unknown,
        attempt: job.attemptsMade + 1,
        attempts: job.opts.attempts ?? 1,
        createdAtMs: job.timestamp,
        scheduleId: job.opts.repeat ? scheduleIdOf(job.name, job.opts.repeat) : null,
        updateProgress: async (progress) =>
          call(() => unlessGone(job, job.progress(storableValue(progress)))),
        log: async (line) => void (await call(() => unlessGone(job, job.log(line)))),
        async updateData(data) {
          toJson(queue, job.name, data);
          await call(() => unlessGone(job, job.update(storableData(data))));
        },
      },
      timeoutMs: timeouts.get(job),
      signal: attempt.abort.signal,
      gate: gateOf(attempt),
    });

  /** Bull has another formula, and a function per name; it is given what the contract's comes to. */
  const decideBackoff = (job: BullJob, error: Error): BullJob['opts']['backoff'] => {
    const custom = definition.backoffDelayMs?.bind(definition);
    try {
      const delayMs = backoffDelayMs(fromBullBackoff(job.opts.backoff), job.attemptsMade + 1, error, custom);
      return delayMs > 0 ? { type: 'fixed', delay: Math.ceil(Math.min(delayMs, MAX_BACKOFF_MS)) } : undefined;
    } catch (thrown) {
      // A function that cannot say how long to wait must not cost the job its next attempt.
      outages.task(asError(thrown), queue);
      return undefined;
    }
  };

  return {
    get running() {
      return running;
    },

    prepare(job) {
      const { timeout, ...opts } = job.opts;
      if (timeout) timeouts.set(job, timeout);
      // Bull's own time-out would fail the attempt without telling its handler.
      job.opts = opts;
    },

    async process(job) {
      let giveBack: Attempt['giveBack'] = () => {};
      const givenBack = new Promise<never>((_, reject) => (giveBack = reject));
      const attempt: Attempt = {
        storedId: String(job.id),
        abort: new AbortController(),
        giveBack,
        hasBegun: false,
        abandoned: false,
      };
      live.add(attempt);
      try {
        // A gate need not heed the signal.
        // A result that is no JSON fails the attempt here, where it still counts as one.
        const result = storableValue(await Promise.race([run(job, attempt), givenBack]));
        if (attempt.abandoned) return NEVER;
        // From here on only the store can fail, and the work is done: Bull would count it as a failed attempt.
        job.moveToFailed = (error) => Promise.reject(error);
        return result;
      } catch (error) {
        if (attempt.abandoned) return NEVER;
        if (error instanceof GivenBackError) {
          // It did not fail, and Bull is not to write down that it did.
          job.moveToFailed = () => Promise.reject(error);
          throw error;
        }
        const isLast = isUnrecoverable(error) || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
        if (isLast) await job.discard();
        if (isRefusal(error) && removesAtOnce(job.opts.removeOnFail)) job.opts.removeOnFail = false;
        job.opts.backoff = isLast ? undefined : decideBackoff(job, error as Error);
        throw error;
      } finally {
        live.delete(attempt);
      }
    },

    giveBackWaiting(reason) {
      if (!gate) return; // nothing waits: what was taken begins
      for (const { hasBegun, giveBack, abort } of live) {
        if (hasBegun) continue;
        giveBack(new GivenBackError(reason.message, { cause: reason }));
        abort.abort(reason);
      }
    },

    abandon(reason) {
      const abandoned = [...live];
      for (const attempt of abandoned) attempt.abandoned = true;
      for (const { abort } of abandoned) abort.abort(reason);
      return abandoned.map(({ storedId }) => storedId);
    },
  };
}

function removesAtOnce(retention: BullRetention | undefined): boolean {
  const count = typeof retention === 'object' ? retention?.count : retention;
  return count === true || count === 0;
}
