import { shareConnections } from '@switchyard/bullmq-shared-connections';
import { Queue, QueueEvents, Worker } from 'bullmq';
import type {
  ConnectionOptions,
  Processor,
  Queue as QueueOf,
  QueueEvents as EventsOf,
  Worker as WorkerOf,
} from 'bullmq';
import { Redis } from 'ioredis';
import { queueNames, type ContenderApp, type Ticket } from './contender.js';

/** How one way of connecting constructs BullMQ's classes. Everything else is the same for all three. */
interface Constructors {
  queue(name: string): QueueOf<Ticket>;
  worker(
    name: string,
    processor: Processor<Ticket>,
    options: { concurrency: number; autorun: false },
  ): WorkerOf<Ticket>;
  events(name: string): EventsOf;
  close(): Promise<void>;
}

/** Stock BullMQ, each object with connections of its own. */
export function openBullmqApp(url: string): Promise<ContenderApp> {
  const { hostname: host, port, username, password } = new URL(url);
  return openApp({
    ...stock({ host, port: Number(port), ...(username ? { username, password } : {}) }),
    close: async () => undefined,
  });
}

/** Stock BullMQ with one ioredis client for everything that does not block. */
export async function openBullmqSharedApp(url: string): Promise<ContenderApp> {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  return openApp({ ...stock(redis), close: async () => redis.disconnect() });
}

/** BullMQ's classes from `@switchyard/bullmq-shared-connections`, default settings. */
export async function openOurApp(url: string): Promise<ContenderApp> {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const shared = shareConnections(redis, { onError: rethrow });
  return openApp({
    queue: (name) => new shared.Queue<Ticket>(name),
    worker: (name, processor, options) => new shared.Worker<Ticket>(name, processor, options),
    events: (name) => new shared.QueueEvents(name),
    async close() {
      await shared.close();
      redis.disconnect();
    },
  });
}

function stock(connection: ConnectionOptions): Omit<Constructors, 'close'> {
  return {
    queue: (name) => new Queue<Ticket>(name, { connection }),
    worker: (name, processor, options) => new Worker<Ticket>(name, processor, { ...options, connection }),
    events: (name) => new QueueEvents(name, { connection }),
  };
}

async function openApp(constructors: Constructors): Promise<ContenderApp> {
  const queues = queueNames.map((name) => constructors.queue(name));
  const workers: WorkerOf<Ticket>[] = [];
  const events: EventsOf[] = [];
  for (const queue of queues) queue.on('error', rethrow);
  await Promise.all(queues.map((queue) => queue.waitUntilReady()));
  const queueAt = (index: number) => {
    const queue = queues[index];
    if (!queue) throw new RangeError(`no queue ${index}`);
    return queue;
  };

  return {
    async add(queue, ticket, delayMs) {
      await queueAt(queue).add('job', ticket, delayMs === undefined ? undefined : { delay: delayMs });
    },
    async addMany(queue, tickets) {
      await queueAt(queue).addBulk(tickets.map((data) => ({ name: 'job', data })));
    },
    async makeWorkers({ concurrency, handle, onCompleted }) {
      for (const name of queueNames) {
        const worker = constructors.worker(
          name,
          (job) => handle(job.data, job.timestamp + (job.opts.delay ?? 0)),
          {
            concurrency,
            autorun: false,
          },
        );
        worker.on('error', rethrow);
        worker.on('completed', (job) => onCompleted(job.data));
        workers.push(worker);
      }
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
      return {
        start() {
          for (const worker of workers) worker.run().catch(rethrow);
        },
      };
    },
    async listenToEvents() {
      for (const name of queueNames) {
        const one = constructors.events(name);
        one.on('error', rethrow);
        one.on('completed', () => undefined);
        events.push(one);
      }
      await Promise.all(events.map((one) => one.waitUntilReady()));
    },
    async close() {
      await Promise.all([...workers, ...events].map((one) => one.close()));
      await Promise.all(queues.map((queue) => queue.close()));
      await constructors.close();
    },
  };
}

function rethrow(error: Error): never {
  throw error;
}
