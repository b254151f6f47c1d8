import {
  FlowProducer,
  getDefaultBackendFactory,
  Queue,
  QueueEvents,
  setDefaultBackendFactory,
  UnrecoverableError,
  Worker,
} from 'bullmq';
import { eventually, signal } from '../spec-support/eventually.js';
import { RedisLab } from '../spec-support/redis-lab.js';

describe('BullMQ classes on shared connections', () => {
  let lab: RedisLab;
  beforeAll(async () => {
    lab = await RedisLab.start();
  });
  afterEach(() => lab.clear());
  afterAll(() => lab.stop());

  const isBlocked = async () => ((await lab.admin.client('LIST')) as string).includes('cmd=bzpopmin');

  it('are instances of the stock ones, with their statics', () => {
    const shared = lab.share();
    const queue = lab.closeLater(new shared.Queue<{ n: number }, string, 'double'>('a'));
    const worker = lab.closeLater(
      new shared.Worker<{ n: number }, number>('a', async ({ data }) => data.n * 2),
    );
    expect(queue).toBeInstanceOf(Queue);
    expect(worker).toBeInstanceOf(Worker);
    expect(shared.Worker.RateLimitError()).toBeInstanceOf(Error);
  });

  it('may be the stock ones with the factory as their last argument, whatever connection they name', async () => {
    const client = lab.client();
    const { backendFactory } = lab.share({}, client);
    const connection = { host: '127.0.0.1', port: 1 };
    const queue = lab.closeLater(new Queue('a', { connection }, backendFactory));
    const done = signal<string>();
    lab.closeLater(new Worker('a', async (job) => done.resolve(job.name), { connection }, backendFactory));
    await queue.add('job', {});
    expect(await done.promise).toBe('job');
    expect(await lab.connections()).toHaveLength(2);
  });

  it('may be the stock ones with the factory as default', async () => {
    const client = lab.client();
    const before = getDefaultBackendFactory();
    setDefaultBackendFactory(lab.share({}, client).backendFactory);
    try {
      const connection = client;
      const done = signal<string>();
      lab.closeLater(new Worker('a', async (job) => done.resolve(job.name), { connection }));
      const events = lab.closeLater(new QueueEvents('a', { connection }));
      const heard = new Promise((resolve) => events.once('completed', resolve));
      await events.waitUntilReady();
      await lab.closeLater(new Queue('a', { connection })).add('job', {});
      expect(await done.promise).toBe('job');
      await heard;
      expect(await lab.connections()).toHaveLength(3);
    } finally {
      setDefaultBackendFactory(before as never);
    }
  });

  it('run flows across queues', async () => {
    const shared = lab.share();
    const flows = lab.closeLater(new shared.FlowProducer());
    expect(flows).toBeInstanceOf(FlowProducer);
    const done = signal<unknown>();
    lab.closeLater(new shared.Worker('parent', async (job) => done.resolve(await job.getChildrenValues())));
    lab.closeLater(new shared.Worker('child', async ({ data }) => data.n * 2));
    await flows.add({
      name: 'sum',
      queueName: 'parent',
      children: [1, 2, 3].map((n) => ({ name: 'double', queueName: 'child', data: { n } })),
    });
    expect(Object.values((await done.promise) as object).sort()).toEqual([2, 4, 6]);
  });

  it('retry with backoff, fail for good, keep the rate limit and the priorities', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    const queue = lab.closeLater(new shared.Queue('a'));
    const ran: string[] = [];
    const worker = lab.closeLater(
      new shared.Worker(
        'a',
        async (job) => {
          ran.push(job.name);
          if (job.name === 'flaky' && job.attemptsMade < 2) throw new Error('again');
          if (job.name === 'hopeless') throw new UnrecoverableError('never');
        },
        { limiter: { max: 2, duration: 200 } },
      ),
    );
    await worker.pause();
    await queue.add('low', {}, { priority: 9 });
    await queue.add('high', {}, { priority: 1 });
    await queue.add('flaky', {}, { attempts: 3, backoff: { type: 'fixed', delay: 50 } });
    await queue.add('hopeless', {}, { attempts: 3 });
    const startMs = performance.now();
    worker.resume();
    await eventually(
      'all ended',
      async () => (await queue.getCompletedCount()) + (await queue.getFailedCount()) === 4,
    );
    expect(ran.filter((name) => name === 'flaky')).toHaveLength(3);
    expect(ran.filter((name) => name === 'hopeless')).toHaveLength(1);
    expect(ran.indexOf('high')).toBeLessThan(ran.indexOf('low'));
    // Six runs at two each 200 ms.
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(380);
  });

  it('fetch by hand: a worker without a processor is told when its drainDelay is over', async () => {
    const shared = lab.share();
    const worker = lab.closeLater(new shared.Worker('a', null, { drainDelay: 0.2 }));
    const queue = lab.closeLater(new shared.Queue('a'));
    expect(await worker.getNextJob('token')).toBeUndefined();
    const startMs = performance.now();
    expect(await worker.getNextJob('token')).toBeUndefined();
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(190);
    const fetching = worker.getNextJob('token');
    await eventually('it waits', isBlocked);
    await queue.add('job', {});
    const job = await fetching;
    expect(job?.name).toBe('job');
    await job?.moveToCompleted('done', 'token', false);
    expect(await queue.getCompletedCount()).toBe(1);
  });

  it('wait without a limit when they have a processor and are run later', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    let ran = 0;
    const worker = lab.closeLater(
      new shared.Worker('a', async () => void (ran += 1), { autorun: false, drainDelay: 0.1 }),
    );
    void worker.run();
    await eventually('it waits', isBlocked);
    const { byName } = await lab.billedWithin(500);
    expect(byName.get('evalsha')).toBeUndefined();
    await lab.closeLater(new shared.Queue('a')).add('job', {});
    await eventually('it ran', () => ran === 1);
  });

  it('refuse what stock BullMQ refuses', () => {
    const shared = lab.share();
    expect(() => new shared.Worker('a', async () => undefined, { drainDelay: 0 })).toThrow('drainDelay');
    expect(() => new shared.Queue('a:b')).toThrow(':');
    const prefixed = lab.share({}, lab.client({ keyPrefix: 'app:' }));
    expect(() => new prefixed.Queue('a')).toThrow('prefix');
  });
});
