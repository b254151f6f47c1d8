import type {
  ConnectionOptions,
  FlowProducerOptions,
  Job,
  Processor,
  QueueEventsOptions,
  QueueEventsProducerOptions,
  QueueOptions,
  WorkerOptions,
} from 'bullmq';
import { FlowProducer, Queue, QueueEvents, QueueEventsProducer, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { createSharedBackends, type SharedBackendFactory } from './backend-factory.js';
import type { ConnectionCount } from './connection-count.js';
import { checkedSettings, type ShareConnectionsOptions } from './options.js';

/** What BullMQ's own classes take when no type is given. */
type Untyped = Job['data'];

/** The options of a BullMQ class, all optional and without the connection, which is the lent one. */
export type WithoutConnection<Options> = Omit<Options, 'connection'>;

/** BullMQ's own classes, bound to one lent client, and the factory for those who construct them otherwise. */
export interface SharedConnections {
  Queue: new <D = Untyped, R = Untyped, N extends string = string>(
    name: string,
    options?: WithoutConnection<QueueOptions>,
  ) => Queue<D, R, N>;
  Worker: {
    new <D = Untyped, R = Untyped, N extends string = string>(
      name: string,
      processor?: string | URL | null | Processor<D, R, N>,
      options?: WithoutConnection<WorkerOptions>,
    ): Worker<D, R, N>;
    RateLimitError: typeof Worker.RateLimitError;
  };
  QueueEvents: new <R = Untyped>(
    name: string,
    options?: WithoutConnection<QueueEventsOptions>,
  ) => QueueEvents<R>;
  QueueEventsProducer: new (
    name: string,
    options?: WithoutConnection<QueueEventsProducerOptions>,
  ) => QueueEventsProducer;
  FlowProducer: new (options?: WithoutConnection<FlowProducerOptions>) => FlowProducer;
  /**
   * For BullMQ's stock classes: their last argument, or `setDefaultBackendFactory(backendFactory)`. It always
   * uses the lent client; the `connection` option is not read.
   */
  backendFactory: SharedBackendFactory;
  /** How many connections there are at this moment. Asks nobody. */
  connections(): ConnectionCount;
  /**
   * Ends the connections and timers opened here, never the lent client. Close the workers first: one that
   * still waits gets no more jobs. Safe to call twice; resolves within a few seconds even when Redis is away.
   */
  close(): Promise<void>;
}

/**
 * BullMQ's `Queue`, `Worker`, `QueueEvents` and `FlowProducer` on two connections, however many queues there
 * are: the lent one for commands and one more on which all workers wait together. A third exists while there
 * are `QueueEvents`. On Redis Cluster the queues of each slot share such a connection, and all of them do where a
 * hash-tagged prefix brings them into one slot.
 *
 * @param redis a lent ioredis client. It is never closed here.
 * @throws SharedConnectionsError when an option or the client cannot work.
 */
export function shareConnections(
  redis: Redis | Cluster,
  options: ShareConnectionsOptions = {},
): SharedConnections {
  const backends = createSharedBackends(redis, checkedSettings(options));
  const running = backends.factory(() => false);
  const byHand = backends.factory(() => true);
  const connected = <O extends object>(own: O | undefined): O & { connection: ConnectionOptions } =>
    Object.assign({}, own, { connection: redis });

  return {
    Queue: class<D, R, N extends string> extends Queue<D, R, N> {
      constructor(name: string, own?: WithoutConnection<QueueOptions>) {
        super(name, connected(own), running);
      }
    },
    Worker: class<D, R, N extends string> extends Worker<D, R, N> {
      constructor(
        name: string,
        processor?: string | URL | null | Processor<D, R, N>,
        own?: WithoutConnection<WorkerOptions>,
      ) {
        // Without a processor nothing runs the worker but its owner, who asks for one job at a time.
        super(name, processor, connected(own), processor ? running : byHand);
      }
    },
    QueueEvents: class<R> extends QueueEvents<R> {
      constructor(name: string, own?: WithoutConnection<QueueEventsOptions>) {
        super(name, connected(own), running);
      }
    },
    QueueEventsProducer: class extends QueueEventsProducer {
      constructor(name: string, own?: WithoutConnection<QueueEventsProducerOptions>) {
        super(name, connected(own), running);
      }
    },
    FlowProducer: class extends FlowProducer {
      constructor(own?: WithoutConnection<FlowProducerOptions>) {
        super(connected(own), running);
      }
    },
    // A stock worker does not show its factory whether it has a processor. One that does not run by itself
    // may be meant to fetch by hand, and keeps its time limits in case.
    backendFactory: backends.factory(({ autorun }) => autorun === false),
    connections: () => backends.connections(),
    close: () => backends.close(),
  };
}
