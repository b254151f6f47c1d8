import Bull from 'bull';
import { queueNames, type ContenderApp, type Ticket } from './contender.js';

/** Plain Bull: each queue makes its own connections from an URL. */
export async function openBullApp(url: string): Promise<ContenderApp> {
  const queues = queueNames.map((name) => new Bull<Ticket>(name, url));
  for (const queue of queues) queue.on('error', rethrow);
  await Promise.all(queues.map((queue) => queue.isReady()));
  const queueAt = (index: number) => {
    const queue = queues[index];
    if (!queue) throw new RangeError(`no queue ${index}`);
    return queue;
  };

  return {
    async add(queue, ticket, delayMs) {
      await queueAt(queue).add(ticket, delayMs === undefined ? undefined : { delay: delayMs });
    },
    async addMany(queue, tickets) {
      await queueAt(queue).addBulk(tickets.map((data) => ({ data })));
    },
    async makeWorkers({ concurrency, handle, onCompleted }) {
      for (const queue of queues) queue.on('completed', (job) => onCompleted(job.data));
      return {
        start() {
          for (const queue of queues) {
            queue
              .process(concurrency, (job) => handle(job.data, job.timestamp + (job.opts.delay ?? 0)))
              .catch(rethrow);
          }
        },
      };
    },
    async listenToEvents() {
      for (const queue of queues) queue.on('global:completed', () => undefined);
      await Promise.all(queues.map((queue) => queue.isReady()));
    },
    async close() {
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}

function rethrow(error: Error): never {
  throw error;
}
