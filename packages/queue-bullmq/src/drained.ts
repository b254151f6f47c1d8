import type { Worker } from 'bullmq';
import type { BullMqQueue } from './bullmq-queue.js';
import { createScript } from './script.js';
import { tellDrainedLua } from './tell-drained.lua.js';

const tellDrained = createScript(tellDrainedLua);

/**
 * Says when a worker that had jobs finds none any more, and sees to it that the whole queue is told when that was the
 * last one, delayed jobs or not. Costs one command each time.
 *
 * @param isIdle whether none of the worker's jobs runs
 * @param onDrained of this worker; its first look at an empty queue is no end of anything
 */
export function watchDrained(
  { key, context }: BullMqQueue,
  worker: Worker,
  { isIdle, onDrained }: { readonly isIdle: () => boolean; readonly onDrained: () => void },
  onError: (error: unknown) => void,
): void {
  let isDrained = true;
  const tellIfLast = () => {
    if (!isDrained || !isIdle()) return;
    const keys = ['wait', 'active', 'prioritized', 'delayed', 'events'].map(key);
    tellDrained(context.connection, keys, []).catch(onError);
  };
  worker.on('active', () => (isDrained = false));
  worker.on('drained', () => {
    if (isDrained) return;
    isDrained = true;
    onDrained();
    tellIfLast();
  });
  // BullMQ says so once, though other jobs of the same worker may still run then.
  worker.on('completed', tellIfLast);
  worker.on('failed', tellIfLast);
}
