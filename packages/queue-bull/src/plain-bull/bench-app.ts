// Plain Bull as the benchmarks measure it: each queue makes its own connections from an URL. Nobody imports this by a
// name that a compiler reads: it goes with this folder, and the benchmarks then do without it.
import Bull from 'bull';

interface Ticket {
  readonly number: number;
}

interface WorkerOptions {
  readonly concurrency: number;
  readonly handle: (ticket: Ticket, dueAtMs: number) => Promise<void>;
  readonly onCompleted: (ticket: Ticket) => void;
}

export async function openBullApp(url: string, queueNames: readonly string[]) {
  const queues = queueNames.map((name) => new Bull<Ticket>(name, url));
  for (const queue of queues) queue.on('error', rethrow);
  await Promise.all(queues.map((queue) => queue.isReady()));
  const queueAt = (index: number) => {
    const queue = queues[index];
    if (!queue) throw new RangeError(`no queue ${index}`);
    return queue;
  };

  return {
    async add(queue: number, ticket: Ticket, delayMs?: number) {
      await queueAt(queue).add(ticket, delayMs === undefined ? undefined : { delay: delayMs });
    },
    async addMany(queue: number, tickets: readonly Ticket[]) {
      await queueAt(queue).addBulk(tickets.map((data) => ({ data })));
    },
    async makeWorkers({ concurrency, handle, onCompleted }: WorkerOptions) {
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
