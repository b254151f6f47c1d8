import type { Worker } from 'bullmq';
import type { BullMqQueue } from './bullmq-queue.js';

/** As many as BullMQ keeps of a queue's events. */
const EVENTS_KEPT = 10_000;

/**
 * Says when a worker that had jobs finds none that waits, and sees to it that the whole queue is told, delayed jobs or
 * not: BullMQ leaves that out as long as a job is delayed. Costs one command then, and none otherwise.
 *
 * @param onDrained of this worker; its first look at an empty queue is no end of anything
 */
export function watchDrained(
  { key, context }: BullMqQueue,
  worker: Worker,
  onDrained: () => void,
  onError: (error: unknown) => void,
): void {
  let isDrained = true;
  worker.on('active', () => (isDrained = false));
  worker.on('drained', () => {
    if (isDrained) return;
    isDrained = true;
    onDrained();
    if (!knowsDelayedJob(worker)) return;
    context.connection
      .xadd(key('events'), 'MAXLEN', '~', EVENTS_KEPT, '*', 'event', 'drained')
      .catch(onError);
  });
}

/** The worker keeps to itself until when it has to wait for the next delayed job; the answer that ran dry told it. */
function knowsDelayedJob(worker: Worker): boolean {
  return (worker as unknown as { readonly blockUntil: number }).blockUntil > 0;
}
