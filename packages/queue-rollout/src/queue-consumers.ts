import { ClosedError, type JobConsumer } from '@switchyard/queue-contract';
import { createRateWindows } from './rate-window.js';
import type { Side } from './route.js';
import type { Sides } from './sides.js';
import {
  createSwitchedConsumer,
  type SwitchedConsumer,
  type SwitchedConsumerContext,
} from './switched-consumer.js';

/** Those who consume one queue in this process. */
export interface QueueConsumers extends JobConsumer {
  /** Those that are not closing. */
  active(): readonly SwitchedConsumer[];
  /** A side that is open is consumed by all of them or counts as not consumed, another by any. */
  consuming(): Record<Side, boolean>;
  /** Closes them all (see Consumer.close) and takes no more. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

export interface QueueConsumersContext extends Omit<SwitchedConsumerContext, 'onClosed' | 'windowOf'> {
  /** Sides that have to be consumed. */
  readonly openSides: () => readonly Side[];
  /** There is one more, which nobody has started yet. */
  readonly onConsume: () => void;
}

export function createQueueConsumers(
  sides: Sides,
  { openSides, onConsume, ...context }: QueueConsumersContext,
): QueueConsumers {
  const consumers = new Set<SwitchedConsumer>();
  const windowOf = createRateWindows();
  let isClosed = false;

  const active = (): readonly SwitchedConsumer[] => [...consumers].filter(({ isClosing }) => !isClosing);
  return {
    consume(handlers, options = {}) {
      if (isClosed) throw new ClosedError(`queue "${sides.target.definition.name}"`);
      const consumer = createSwitchedConsumer(sides, handlers, options, {
        ...context,
        onClosed: (closed) => consumers.delete(closed as SwitchedConsumer),
        windowOf,
      });
      if (!consumer.isClosing) consumers.add(consumer);
      onConsume();
      return consumer;
    },
    active,
    consuming() {
      const open = openSides();
      const isConsumed = (side: Side): boolean =>
        open.includes(side)
          ? active().every((consumer) => consumer.consumes(side))
          : active().some((consumer) => consumer.consumes(side));
      return { legacy: isConsumed('legacy'), target: isConsumed('target') };
    },
    async close(options) {
      isClosed = true;
      await Promise.all([...consumers].map((consumer) => consumer.close(options)));
    },
  };
}
