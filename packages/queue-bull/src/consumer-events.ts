import type { ConsumerEvents } from '@switchyard/queue-contract';
import { asError } from './as-error.js';
import type { BullJob, BullQueue } from './bull-queue.js';
import { decodeJobId } from './job-ids.js';

type Listener<E extends keyof ConsumerEvents> = (payload: ConsumerEvents[E]) => void;

export interface ConsumerEmitter {
  on<E extends keyof ConsumerEvents>(event: E, listener: Listener<E>): () => void;
  emit<E extends keyof ConsumerEvents>(event: E, payload: ConsumerEvents[E]): void;
}

/** @param report hears what listeners throw: it must not fail the job that they hear of */
export function createConsumerEvents(report: (error: Error) => void): ConsumerEmitter {
  const listeners = new Map<keyof ConsumerEvents, Set<(payload: never) => void>>();
  return {
    on(event, listener) {
      // A function of its own for each call, so that the same listener may be added twice.
      const own = (payload: ConsumerEvents[typeof event]) => listener(payload);
      const those = listeners.get(event) ?? new Set();
      listeners.set(event, those);
      those.add(own);
      return () => void those.delete(own);
    },
    emit(event, payload) {
      for (const listener of [...(listeners.get(event) ?? [])]) {
        try {
          listener(payload as never);
        } catch (error) {
          report(asError(error));
        }
      }
    },
  };
}

/** Tells in the contract's words what one of Bull's queue objects tells. */
export function forwardEvents(
  bull: BullQueue,
  emit: ConsumerEmitter['emit'],
  report: (error: Error) => void,
): void {
  let drained = true;
  const of = (job: BullJob) => ({ jobId: decodeJobId(String(job.id)), name: job.name });
  const listen = bull.on.bind(bull) as (event: string, listener: (...args: never[]) => void) => unknown;

  listen('active', (job: BullJob) => {
    drained = false;
    emit('active', of(job));
  });
  listen('progress', (job: BullJob, progress: unknown) =>
    emit('progress', { jobId: of(job).jobId, progress: progress ?? null }),
  );
  listen('completed', (job: BullJob, result: unknown) =>
    emit('completed', { ...of(job), result: result ?? null }),
  );
  listen('failed', (job: BullJob | null, error: Error) => {
    // A job that stalled too often may be gone by now.
    if (!job) return;
    const final = job.finishedOn !== undefined && job.finishedOn !== null;
    emit('failed', { ...of(job), error, final });
  });
  listen('stalled', (job: BullJob) => emit('stalled', { jobId: of(job).jobId }));
  listen('drained', () => {
    // Each of Bull's slots finds the queue empty for itself.
    if (drained) return;
    drained = true;
    emit('drained', {});
  });
  listen('error', (error?: Error) =>
    report(error ?? new Error('Bull reported an error without saying which')),
  );
  listen('lock-extension-failed', (_job: BullJob, error: Error) => report(error));
}
