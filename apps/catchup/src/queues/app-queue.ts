import type {
  Consumer,
  EngineQueue,
  JobHandlers,
  JobSchemas,
  QueueDefinition,
} from '@switchyard/queue-contract';

/** Whoever can answer with a queue: the rollout, or an engine by itself. */
export interface QueueProvider {
  queue<S extends JobSchemas>(definition: QueueDefinition<S>): EngineQueue<S>;
}

/** One of the app's queues: its declaration together with the work it does. */
export interface AppQueue {
  readonly definition: QueueDefinition;
  consume(queues: QueueProvider): Consumer;
}

export function appQueue<S extends JobSchemas>(
  definition: QueueDefinition<S>,
  handlers: JobHandlers<S>,
): AppQueue {
  return { definition, consume: (queues) => queues.queue(definition).consumer.consume(handlers) };
}
