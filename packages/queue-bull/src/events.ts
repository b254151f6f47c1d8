import {
  resolveWait,
  type JobEvents,
  type JobSchemas,
  type QueueDefinition,
  type QueueEvents,
} from '@switchyard/queue-contract';
import { asError } from './as-error.js';
import type { EngineContext } from './engine-context.js';
import { decodeJobId } from './job-ids.js';
import { readEnd } from './job-end-messages.js';
import type { QueueKeys } from './queue-keys.js';
import { literalPattern, type Topic } from './subscriber.js';
import { waitForEnd } from './wait-for-end.js';

/** Where Bull publishes each event, and what its message says. */
const SOURCES: {
  readonly [E in keyof QueueEvents]: {
    topic(keys: QueueKeys): Topic;
    /** `null` for a message that says nothing. */
    read(message: string): QueueEvents[E] | null;
  };
} = {
  waiting: { topic: ({ base }) => fromAnyone(`${base}waiting`), read: (id) => ({ jobId: decodeJobId(id) }) },
  active: { topic: ({ active }) => fromAnyone(active), read: (id) => ({ jobId: decodeJobId(id) }) },
  stalled: { topic: ({ stalled }) => fromAnyone(stalled), read: (id) => ({ jobId: decodeJobId(id) }) },
  progress: {
    topic: ({ base }) => ({ channel: `${base}progress` }),
    read(message) {
      const { jobId, progress } = JSON.parse(message) as { jobId: string; progress: unknown };
      return { jobId: decodeJobId(String(jobId)), progress: progress ?? null };
    },
  },
  completed: {
    topic: ({ completed }) => ({ channel: completed }),
    read(message) {
      const end = readEnd(message);
      if (!end) return null;
      const result: unknown = end.value === undefined ? null : JSON.parse(end.value);
      return { jobId: decodeJobId(end.storedId), result };
    },
  },
  failed: {
    topic: ({ failed }) => ({ channel: failed }),
    read(message) {
      const end = readEnd(message);
      return end && { jobId: decodeJobId(end.storedId), reason: end.value ?? '' };
    },
  },
  drained: { topic: ({ base }) => ({ channel: `${base}drained` }), read: () => ({}) },
};

export function createEvents<S extends JobSchemas>(
  context: EngineContext,
  definition: QueueDefinition<S>,
): JobEvents<S> {
  const { subscriber, call, outages } = context;
  const queue = definition.name;
  const keys = context.keys(queue);

  async function on<E extends keyof QueueEvents>(
    event: E,
    listener: (payload: QueueEvents[E]) => void,
  ): Promise<() => Promise<void>> {
    const { topic, read } = SOURCES[event];
    const listening = subscriber.listen(topic(keys), (message) => {
      try {
        const payload = read(message);
        if (payload) listener(payload);
      } catch (error) {
        outages.task(asError(error), queue);
      }
    });
    try {
      return await call(() => listening);
    } catch (error) {
      // Given up on: should it become live after all, nobody wants it any more.
      listening.then(
        (stop) => stop(),
        () => {},
      );
      throw error;
    }
  }

  return {
    on,
    async waitForEnd(job, options) {
      const { id, timeoutMs } = resolveWait(queue, job, options);
      // The declaration vouches for the type of the result.
      return (await waitForEnd(context, queue, id, timeoutMs)) as never;
    },
  };
}

/** Bull appends who it was to the channels of some events. */
function fromAnyone(key: string): Topic {
  return { pattern: `${literalPattern(key)}@*` };
}
