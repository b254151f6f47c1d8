import { startFaultyProxy, type FaultyProxy } from '@switchyard/local-redis';
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { eventually, signal } from '../spec-support/eventually.js';
import { RedisLab } from '../spec-support/redis-lab.js';
import type { ErrorSource } from './index.js';
import { shareConnections } from './index.js';

describe('a wait whose connection breaks', () => {
  let lab: RedisLab;
  let proxy: FaultyProxy;
  beforeEach(async () => {
    // What Redis has answered survives that it is killed.
    lab = await RedisLab.start({ settings: { appendonly: 'yes', appendfsync: 'always' } });
    proxy = await startFaultyProxy({ targetPort: lab.server.port });
  });
  afterEach(async () => {
    await lab.stop();
    await proxy.stop();
  });

  /** Ids of the connections that wait for jobs. */
  const waiting = async () => {
    const lines = ((await lab.admin.client('LIST')) as string).split('\n');
    return lines.filter((line) => line.includes('cmd=bzpopmin')).map((line) => /^id=(\d+)/.exec(line)?.[1]);
  };
  const isBlocked = async () => (await waiting()).length > 0;

  const blocked = async () => {
    return ((await lab.admin.client('LIST')) as string).split('\n').filter((line) => / flags=b/.test(line));
  };

  function worker(options: { blockSeconds?: number; recoveryIntervalMs?: number }) {
    const errors: [ErrorSource, Error & { code?: string }][] = [];
    // The lent client stays sound: duplicates of it go through the proxy, where they can be broken alone.
    const lent = lab.client();
    const { duplicate } = lent;
    lent.duplicate = (override) => duplicate.call(lent, { ...override, port: proxy.port });
    const shared = lab.share({ ...options, onError: (error, source) => errors.push([source, error]) }, lent);
    const ran: string[] = [];
    const made = lab.closeLater(new shared.Worker('a', async (job: Job) => void ran.push(job.name)));
    return { shared, made, ran, errors };
  }

  it('notices a half-open socket by itself, and runs what was added meanwhile', async () => {
    // Blocks for a second; the answer is overdue ten seconds later.
    const { ran, errors } = worker({ blockSeconds: 1, recoveryIntervalMs: 60_000 });
    await eventually('it waits', isBlocked);
    proxy.stall();
    await lab.stockQueue('a').add('lost marker', {});
    await eventually('it runs', () => ran.length === 1, 20_000);
    expect(
      errors.some(([source, { code }]) => source === 'wait' && code === 'SHARED_CONNECTIONS_SILENT'),
    ).toBe(true);
    await lab.stockQueue('a').add('next', {});
    await eventually('the next runs at once', () => ran.length === 2, 2_000);
  });

  it('runs what is added within the recovery interval, and then replaces the deaf connection', async () => {
    const { ran, errors } = worker({ blockSeconds: 600, recoveryIntervalMs: 300 });
    await eventually('it waits', isBlocked);
    const [deaf] = await waiting();
    proxy.stall();
    await lab.stockQueue('a').add('lost marker', {});
    await eventually('it runs', () => ran.length === 1, 2_000);
    await eventually(
      'the connection is replaced',
      () => errors.some(([, { code }]) => code === 'SHARED_CONNECTIONS_SILENT'),
      8_000,
    );
    const another = async () => (await waiting()).some((id) => id !== deaf);
    await eventually('it waits again', another);
  });

  it('lets a worker join that comes while the socket is half-open', async () => {
    const { shared } = worker({ blockSeconds: 600, recoveryIntervalMs: 60_000 });
    await eventually('it waits', isBlocked);
    proxy.stall();
    const done = signal<string>();
    lab.closeLater(new shared.Worker('b', async (job) => done.resolve(job.name)));
    await lab.stockQueue('b').add('job', {});
    // Either its first look finds the job, or the interruption that has no effect is noticed after 5 seconds.
    expect(await done.promise).toBe('job');
    await lab.stockQueue('b').add('second', {});
    await eventually(
      'the queue is served',
      async () => (await lab.stockQueue('b').getCompletedCount()) === 2,
      12_000,
    );
  });

  it('is asked anew when cut, and what was added in the gap runs at once', async () => {
    const { ran } = worker({ blockSeconds: 600, recoveryIntervalMs: 60_000 });
    await eventually('it waits', isBlocked);
    for (let round = 1; round <= 5; round += 1) {
      proxy.cut();
      await lab.stockQueue('a').add('job', {});
      await eventually('it runs', () => ran.length === round, 5_000);
      await eventually('it waits again', isBlocked, 5_000);
    }
  });

  it('runs a job whose marker was lost with the socket as soon as there is a new one', async () => {
    const { ran } = worker({ blockSeconds: 600, recoveryIntervalMs: 60_000 });
    await eventually('it waits', isBlocked);
    proxy.stall();
    await lab.stockQueue('a').add('lost marker', {});
    await eventually(
      'it was popped into a dead socket',
      async () => (await lab.admin.exists('bull:a:marker')) === 0,
    );
    expect(ran).toEqual([]);
    proxy.cut();
    await eventually('it runs', () => ran.length === 1, 5_000);
  });

  it('pops no marker for nobody after a reconnect', async () => {
    const { ran, made } = worker({ blockSeconds: 600, recoveryIntervalMs: 60_000 });
    await eventually('it waits', isBlocked);
    const looks = async () => (await lab.stats()).get('exists') ?? 0;
    const before = await looks();
    proxy.cut();
    await eventually('the recovery has looked', async () => (await looks()) > before, 5_000);
    await eventually('it waits again', isBlocked, 5_000);
    // The command that was cut is not sent again: it would pop the marker and tell nobody.
    await lab.stockQueue('a').add('at once', {});
    await eventually('it runs', () => ran.length === 1, 2_000);
    await eventually('it waits for the next', async () => (await blocked()).length === 1);
    await made.close();
    await lab.stockQueue('a').add('job', {});
    // A window in which nobody may pop it.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await lab.admin.zscore('bull:a:marker', '0')).toBe('0');
    expect(ran).toEqual(['at once']);
  });

  it('connects again when its client has given up', async () => {
    const lent = lab.client();
    const { duplicate } = lent;
    const made: Redis[] = [];
    lent.duplicate = (override) => {
      const copy = duplicate.call(lent, override);
      made.push(copy);
      return copy;
    };
    const shared = lab.share({ recoveryIntervalMs: 60_000 }, lent);
    const ran: string[] = [];
    lab.closeLater(new shared.Worker('a', async (job: Job) => void ran.push(job.name)));
    await eventually('it waits', isBlocked);
    made[0]?.disconnect();
    await eventually('it has ended', () => made[0]?.status === 'end');
    await eventually('it waits again', isBlocked, 5_000);
    await lab.stockQueue('a').add('job', {});
    await eventually('it runs', () => ran.length === 1, 2_000);
    expect(made).toHaveLength(1);
  });

  it('does not wait for the time at which a server that is loading guesses to be done', async () => {
    const lent = lab.client({ maxLoadingRetryTime: 60_000 });
    const { duplicate } = lent;
    const made: Redis[] = [];
    lent.duplicate = (override) => {
      const copy = duplicate.call(lent, override);
      made.push(copy);
      return copy;
    };
    const shared = lab.share({}, lent);
    await lab.closeLater(new shared.Worker('a', async () => undefined)).waitUntilReady();
    await eventually('it waits', isBlocked);
    expect(made.map(({ options }) => options.maxLoadingRetryTime)).toEqual([200]);
  });

  it('goes on for the other queues while the lent client is slow to answer about one', async () => {
    const lent = lab.client({}, proxy.port);
    const { duplicate } = lent;
    lent.duplicate = (override) => duplicate.call(lent, { ...override, port: lab.server.port });
    const shared = lab.share({ recoveryIntervalMs: 60_000 }, lent);
    const workers = ['a', 'b'].map((name) => lab.closeLater(new shared.Worker(name, async () => undefined)));
    await Promise.all(workers.map((each) => each.waitUntilReady()));
    await eventually('both wait', async () =>
      (await blocked()).some((line) => line.includes('cmd=bzpopmin')),
    );
    proxy.stall();
    const queue = lab.stockQueue('a');
    await queue.add('job', {});
    await eventually('the marker was popped', async () => (await lab.admin.exists('bull:a:marker')) === 0);
    // Its worker fetches, in vain for now; the next marker is one to look about, in vain as well.
    await queue.add('another', {});
    await eventually('that one, too', async () => (await lab.admin.exists('bull:a:marker')) === 0);
    await eventually('it waits again', async () => (await blocked()).length === 1, 3_000);
    proxy.cut();
    await eventually('both run', async () => (await queue.getCompletedCount()) === 2, 20_000);
  });

  it('survives a server that is killed and comes back, with every job run once', async () => {
    const ran = new Map<string, number>();
    const lent = lab.client();
    const shared = lab.share({ recoveryIntervalMs: 1_000 }, lent);
    for (const name of ['a', 'b', 'c']) {
      lab
        .closeLater(
          new shared.Worker(
            name,
            async (job) => void ran.set(`${name}:${job.id}`, (ran.get(`${name}:${job.id}`) ?? 0) + 1),
          ),
        )
        .on('error', () => undefined);
    }
    await eventually('they wait', isBlocked);
    const queues = ['a', 'b', 'c'].map((name) => lab.stockQueue(name));
    await Promise.all(queues.map((queue) => queue.add('before', {})));
    await Promise.all(queues.map((queue) => queue.add('delayed', {}, { delay: 1_500 })));
    await eventually('the first are done', async () => {
      const done = await Promise.all(queues.map((queue) => queue.getCompletedCount()));
      return done.every((count) => count === 1);
    });
    await lab.server.restart({ kill: true });
    await eventually('the delayed ones run', () => ran.size === 6, 20_000);
    await Promise.all(queues.map((queue) => queue.add('after', {})));
    await eventually('new ones run', () => ran.size === 9, 10_000);
    expect([...ran.values()].every((runs) => runs === 1)).toBe(true);
  });

  it('ends within seconds by close(), and kills no process, while Redis is away', async () => {
    const lent = lab.client({ retryStrategy: () => 50 });
    const shared = shareConnections(lent);
    const made = new shared.Worker('a', async () => undefined);
    made.on('error', () => undefined);
    const events = new shared.QueueEvents('a');
    events.on('error', () => undefined);
    await eventually('it waits', isBlocked);
    await lab.server.kill();
    await eventually('it is noticed', () => lent.status !== 'ready');
    const startMs = performance.now();
    await made.close(true);
    await events.close();
    await shared.close();
    expect(performance.now() - startMs).toBeLessThan(6_000);
    await lab.server.restart();
  });

  it('waits as soon as Redis is there, when it was absent at the start', async () => {
    await lab.server.kill();
    const lent = lab.client({ retryStrategy: () => 50 });
    const shared = lab.share({}, lent);
    const done = signal();
    lab.closeLater(new shared.Worker('a', async () => done.resolve())).on('error', () => undefined);
    await eventually('it tries to connect', () => lent.status === 'reconnecting');
    await lab.server.restart();
    await lab.stockQueue('a').add('job', {});
    await done.promise;
  });

  it('gives an error its listener throws no chance to end the process or the wait', async () => {
    const lent = lab.client();
    const shared = lab.share({ recoveryIntervalMs: 60_000 }, lent);
    const ran: string[] = [];
    lab.closeLater(new shared.Worker('a', async (job) => void ran.push(job.name)));
    await eventually('it waits', isBlocked);
    // No `onError`, no listener: an error of the private connection is nobody's.
    const line = ((await lab.admin.client('LIST')) as string)
      .split('\n')
      .find((each) => each.includes('cmd=bzpopmin'));
    await lab.admin.client('KILL', 'ID', /id=(\d+)/.exec(line ?? '')?.[1] ?? '');
    await eventually('it waits again', isBlocked);
    await lab.stockQueue('a').add('job', {});
    await eventually('it runs', () => ran.length === 1);
  });
});
