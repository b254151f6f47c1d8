import { resolveWait, type JobEvents, type JobSchemas, type QueueEvents } from '@switchyard/queue-contract';
import type { BullMqQueue } from './bullmq-queue.js';
import type { EventHub, RawEvents } from './event-hub.js';
import { callerId } from './stored-id.js';
import { createWaitForEnd } from './wait-for-end.js';

type Translations = { readonly [E in keyof QueueEvents]: (args: RawEvents[E]) => QueueEvents[E] };

const ofJob = ({ jobId }: { readonly jobId: string }) => ({ jobId: callerId(jobId) });

const TRANSLATIONS: Translations = {
  waiting: ofJob,
  active: ofJob,
  stalled: ofJob,
  progress: ({ jobId, data }) => ({ jobId: callerId(jobId), progress: data }),
  completed: ({ jobId, returnvalue }) => ({ jobId: callerId(jobId), result: returnvalue ?? null }),
  failed: ({ jobId, failedReason }) => ({ jobId: callerId(jobId), reason: failedReason }),
  drained: () => ({}),
};

export function createEvents<S extends JobSchemas>(bullMqQueue: BullMqQueue, hub: EventHub): JobEvents<S> {
  const waitForEnd = createWaitForEnd(bullMqQueue, hub);
  return {
    on(event, listener) {
      const translate = TRANSLATIONS[event];
      return hub.subscribe(event, (args) => listener(translate(args as never) as never));
    },
    async waitForEnd(job, options) {
      const { id, timeoutMs } = resolveWait(bullMqQueue.name, job, options);
      // The declaration vouches for the type of the result.
      return (await waitForEnd(id, timeoutMs)) as never;
    },
  };
}
