import type {
  BackendFactory,
  ConnectionOptions,
  FlowProducerOptions,
  Job,
  Processor,
  QueueEventsOptions,
  QueueEventsProducerOptions,
  QueueOptions,
  RedisQueueBackend,
  WorkerOptions,
} from 'bullmq';
import { createRedisBackend, FlowProducer, Queue, QueueEvents, QueueEventsProducer, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
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
   * For BullMQ's stock classes: their last argument, or `setDefaultBackendFactory(backendFactory)`. It always uses the
   * lent client; the `connection` option is not read.
   */
  backendFactory: BackendFactory<RedisQueueBackend, ConnectionOptions>;
  /**
   * Ends the connections and timers opened here, never the lent client. Close the workers first: one that still waits
   * gets no more jobs. Safe to call twice; resolves within a few seconds even when Redis is away.
   */
  close(): Promise<void>;
}

/**
 * BullMQ's `Queue`, `Worker`, `QueueEvents` and `FlowProducer` on two connections, however many queues there are: the
 * lent one for commands and one more on which all workers wait together. A third exists while there are `QueueEvents`.
 *
 * @param redis a lent ioredis client. It is never closed here.
 * @throws SharedConnectionsError when an option or the client cannot work.
 */
export function shareConnections(
  redis: Redis | Cluster,
  options: ShareConnectionsOptions = {},
): SharedConnections {
  checkedSettings(options);
  const backendFactory: BackendFactory<RedisQueueBackend, ConnectionOptions> = (name, opts, roles) =>
    createRedisBackend(name, { ...opts, connection: redis }, roles);
  const connected = <O extends object>(own: O | undefined): O & { connection: ConnectionOptions } =>
    Object.assign({}, own, { connection: redis });

  return {
    Queue: class<D, R, N extends string> extends Queue<D, R, N> {
      constructor(name: string, own?: WithoutConnection<QueueOptions>) {
        super(name, connected(own), backendFactory);
      }
    },
    Worker: class<D, R, N extends string> extends Worker<D, R, N> {
      constructor(
        name: string,
        processor?: string | URL | null | Processor<D, R, N>,
        own?: WithoutConnection<WorkerOptions>,
      ) {
        super(name, processor, connected(own), backendFactory);
      }
    },
    QueueEvents: class<R> extends QueueEvents<R> {
      constructor(name: string, own?: WithoutConnection<QueueEventsOptions>) {
        super(name, connected(own), backendFactory);
      }
    },
    QueueEventsProducer: class extends QueueEventsProducer {
      constructor(name: string, own?: WithoutConnection<QueueEventsProducerOptions>) {
        super(name, connected(own), backendFactory);
      }
    },
    FlowProducer: class extends FlowProducer {
      constructor(own?: WithoutConnection<FlowProducerOptions>) {
        super(connected(own), backendFactory);
      }
    },
    backendFactory,
    close: async () => undefined,
  };
}
