import type { QueueControl } from '@switchyard/queue-contract';
import type { BullMqQueue } from './bullmq-queue.js';
import { isPendingFiring, skipFiring } from './skip-firing.js';

/** BullMQ compares creation times with the caller's clock, which may be behind that of whoever added the job. */
const WHENEVER_ADDED_MS = -365 * 24 * 3600 * 1000;
const ALL = Number.POSITIVE_INFINITY;

export function createControl(bullMqQueue: BullMqQueue): QueueControl {
  return {
    pause: () => bullMqQueue.use((queue) => queue.pause(), { again: true }),
    resume: () => bullMqQueue.use((queue) => queue.resume(), { again: true }),
    isPaused: () => bullMqQueue.use((queue) => queue.isPaused(), { again: true }),
    removeWaiting: ({ delayed = false } = {}) =>
      bullMqQueue.use(
        async (queue) => {
          // Not `drain`, which trims the list by the number of jobs that it removed: where a schedule's firing waits
          // among them, it cuts off that firing and leaves a removed job's id behind.
          await queue.clean(WHENEVER_ADDED_MS, ALL, 'wait');
          await queue.clean(WHENEVER_ADDED_MS, ALL, 'prioritized');
          // What waits still is, but for newcomers, a schedule's, which needs the next firing before this one can go.
          for (const type of ['wait', 'prioritized'] as const) {
            const left = await queue.getRanges([type], 0, -1);
            for (const id of left) {
              if (!(await isPendingFiring(bullMqQueue, id))) continue;
              await skipFiring(bullMqQueue, queue, id);
              await queue.remove(id);
            }
          }
          if (delayed) await queue.clean(WHENEVER_ADDED_MS, ALL, 'delayed');
        },
        { again: true },
      ),
  };
}
