import type { Queue, Worker } from 'bullmq';
import { eventually } from '../spec-support/eventually.js';
import { RedisLab } from '../spec-support/redis-lab.js';

const NAMES = Array.from({ length: 11 }, (_, index) => `queue-${index}`);

describe('billed commands', () => {
  let lab: RedisLab;
  beforeAll(async () => {
    lab = await RedisLab.start();
  });
  afterEach(() => lab.clear());
  afterAll(() => lab.stop());

  interface App {
    queues: Queue[];
    done: () => number;
  }

  const isBlocked = async () => ((await lab.admin.client('LIST')) as string).includes('cmd=bzpopmin');

  function count(workers: Worker[]): () => number {
    let done = 0;
    for (const worker of workers) worker.on('completed', () => void (done += 1));
    return () => done;
  }

  async function ours(handlerMs: number, concurrency = 1, workersPerQueue = 1): Promise<App> {
    const shared = lab.share();
    const queues = NAMES.map((name) => lab.closeLater(new shared.Queue(name)));
    const workerNames = Array.from({ length: workersPerQueue }, () => NAMES).flat();
    const workers = workerNames.map((name) =>
      lab.closeLater(new shared.Worker(name, () => handler(handlerMs), { concurrency })),
    );
    const done = count(workers);
    await Promise.all([...queues, ...workers].map((each) => each.waitUntilReady()));
    await eventually('they wait', isBlocked);
    return { queues, done };
  }

  async function stock(handlerMs: number): Promise<App> {
    const queues = NAMES.map((name) => lab.stockQueue(name));
    const workers = NAMES.map((name) => lab.stockWorker(name, () => handler(handlerMs)));
    const done = count(workers);
    await Promise.all([...queues, ...workers].map((each) => each.waitUntilReady()));
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { queues, done };
  }

  async function handler(handlerMs: number): Promise<void> {
    if (handlerMs > 0) await new Promise((resolve) => setTimeout(resolve, handlerMs));
  }

  /** One job at a time, each on another queue, with time for all to become idle between. */
  async function sparse({ queues, done }: App, jobs: number): Promise<number> {
    const start = done();
    const { total } = await lab.billed(async () => {
      for (let index = 0; index < jobs; index += 1) {
        await queues[index % queues.length]?.add('job', {});
        await eventually('it ran', () => done() === start + index + 1);
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    return total / jobs;
  }

  async function burst({ queues, done }: App, jobsPerQueue: number): Promise<number> {
    const start = done();
    const jobs = jobsPerQueue * queues.length;
    const { total } = await lab.billed(async () => {
      await Promise.all(
        queues.flatMap((queue) => Array.from({ length: jobsPerQueue }, () => queue.add('job', {}))),
      );
      await eventually('all ran', () => done() === start + jobs, 30_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    return total / jobs;
  }

  it('of a sparse job are at most 48 with an instant handler', async () => {
    expect(await sparse(await ours(0), 44)).toBeLessThanOrEqual(48);
  });

  it('of a sparse job are at most 52 with a handler of 50 ms', async () => {
    expect(await sparse(await ours(50), 22)).toBeLessThanOrEqual(52);
  });

  it('of a job in a burst are at most 33.5', async () => {
    expect(await burst(await ours(0), 100)).toBeLessThanOrEqual(33.5);
  });

  it('of a sparse job with a concurrency of 10 are at most 57, where stock is billed 60', async () => {
    expect(await sparse(await ours(0, 10), 22)).toBeLessThanOrEqual(57);
  });

  it('of a sparse job are no more when a second worker of its queue waits', async () => {
    expect(await sparse(await ours(0, 1, 2), 22)).toBeLessThanOrEqual(48);
  });

  it('of stock BullMQ are 53 for a sparse job: what all this is measured against', async () => {
    const billed = await sparse(await stock(0), 22);
    expect(billed).toBeGreaterThan(52);
    expect(billed).toBeLessThan(57);
  });
});
