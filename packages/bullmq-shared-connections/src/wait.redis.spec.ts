import { jest } from '@jest/globals';
import type { Job } from 'bullmq';
import { eventually, signal } from '../spec-support/eventually.js';
import { RedisLab } from '../spec-support/redis-lab.js';

describe('the shared wait', () => {
  let lab: RedisLab;
  beforeAll(async () => {
    lab = await RedisLab.start();
  });
  afterEach(() => lab.clear());
  afterAll(() => lab.stop());

  const isBlocked = async () => ((await lab.admin.client('LIST')) as string).includes('cmd=bzpopmin');

  it('lets a worker join while it is in flight', async () => {
    const shared = lab.share();
    const ran: string[] = [];
    lab.closeLater(new shared.Worker('first', async () => void ran.push('first')));
    await eventually('the first waits', isBlocked);
    lab.closeLater(new shared.Worker('second', async () => void ran.push('second')));
    await eventually(
      'the wait was interrupted for it',
      async () => ((await lab.stats()).get('bzpopmin') ?? 0) >= 2,
    );
    await lab.stockQueue('second').add('job', {});
    await eventually('it runs', () => ran.includes('second'), 2_000);
    await lab.stockQueue('first').add('job', {});
    await eventually('the first still runs', () => ran.includes('first'), 2_000);
    expect(await lab.admin.keys('*shared*')).toEqual([]);
  });

  it('leaves nothing behind should the process die right after asking for an interruption', async () => {
    const shared = lab.share();
    lab.closeLater(new shared.Worker('first', async () => undefined));
    await eventually('the first waits', isBlocked);
    // The control key, as it is while nobody pops it: with a life of its own.
    const seen: number[] = [];
    const observer = lab.client();
    await observer.config('SET', 'notify-keyspace-events', 'KEA');
    await observer.subscribe('__keyevent@0__:expire');
    observer.on('message', () => seen.push(1));
    const blocker = lab.client();
    await blocker.client('PAUSE', 200, 'WRITE');
    lab.closeLater(new shared.Worker('second', async () => undefined));
    await eventually('the wait was interrupted', async () => ((await lab.stats()).get('expire') ?? 0) >= 1);
    expect((await lab.stats()).get('expire')).toBeGreaterThanOrEqual(1);
    await eventually('nothing is left', async () => (await lab.admin.keys('*shared*')).length === 0);
    await lab.admin.config('SET', 'notify-keyspace-events', '');
  });

  it('puts a marker back that was popped for a worker that is busy, for another process to run', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    const queue = lab.stockQueue('a');
    const release = signal();
    const ours = lab.closeLater(
      new shared.Worker('a', async (job) => {
        if (job.name === 'long') await release.promise;
      }),
    );
    lab.closeLater(new shared.Worker('other', async () => undefined));
    await eventually('they wait', isBlocked);
    await queue.add('long', {});
    await eventually('it runs', async () => (await queue.getActiveCount()) === 1);
    await eventually(
      'the marker of the fetch was swallowed',
      async () => (await lab.admin.exists('bull:a:marker')) === 0,
    );

    await queue.add('waiting', {});
    await eventually(
      'the marker is back',
      async () => (await lab.admin.zscore('bull:a:marker', '0')) === '0',
    );
    const done = signal<string>();
    const other = lab.stockWorker('a', async (job) => done.resolve(job.name));
    expect(await done.promise).toBe('waiting');
    await other.close();
    // When it is no longer busy, the wait that left its queue out is interrupted for it.
    release.resolve();
    await eventually('it is done', async () => (await queue.getCompletedCount()) === 2);
    const again = signal<string>();
    ours.once('completed', (job) => again.resolve(job.name));
    await queue.add('next', {});
    expect(await Promise.race([again.promise, new Promise((resolve) => setTimeout(resolve, 3_000))])).toBe(
      'next',
    );
  });

  it('puts a marker back that was popped for a worker that stopped just now', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    const queue = lab.stockQueue('a');
    const paused = lab.closeLater(new shared.Worker('a', async () => undefined));
    lab.closeLater(new shared.Worker('other', async () => undefined));
    await eventually('they wait', isBlocked);
    // Its key is still part of the command that blocks.
    await paused.pause();
    await queue.add('job', {});
    await eventually(
      'the marker is back',
      async () => (await lab.admin.zscore('bull:a:marker', '0')) === '0',
    );
    expect(await queue.getWaitingCount()).toBe(1);
    const done = signal<string>();
    paused.on('completed', (job) => done.resolve(job.name));
    paused.resume();
    expect(await done.promise).toBe('job');
  });

  it('swallows the marker of a fetch only when nothing waits', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    const queue = lab.stockQueue('a');
    const ran: string[] = [];
    const release = signal();
    for (let index = 0; index < 2; index += 1) {
      const worker = new shared.Worker('a', async (job) => {
        ran.push(job.name);
        if (job.name === 'long') await release.promise;
      });
      lab.closeLater(worker);
    }
    await eventually('they wait', isBlocked);
    // Both jobs behind one marker: the second worker runs by the marker that the first one's fetch has
    // written.
    await queue.addBulk([
      { name: 'long', data: {} },
      { name: 'short', data: {} },
    ]);
    await eventually('both ran', () => ran.length === 2, 2_000);
    release.resolve();
  });

  it('runs a job that is added between a marker and its being swallowed', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    const queue = lab.stockQueue('a');
    let ran = 0;
    lab.closeLater(new shared.Worker('a', async () => void (ran += 1)));
    await eventually('it waits', isBlocked);
    // Each add races with the worker going idle after the job before.
    for (let added = 1; added <= 300; added += 1) {
      await queue.add('job', {});
      if (added % 3 === 0) await eventually('it ran', () => ran === added, 2_000);
    }
    await eventually('all ran', () => ran === 300, 2_000);
  });

  it('gives every queue its turn when one always has work', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    const names = ['busy', 'quiet-1', 'quiet-2'];
    const ran = new Map<string, number>();
    const count = (job: Job) => void ran.set(job.queueName, (ran.get(job.queueName) ?? 0) + 1);
    for (const name of names) lab.closeLater(new shared.Worker(name, async (job) => count(job)));
    await eventually('they wait', isBlocked);
    // There is always one for the first key: what an order that never changes would live on.
    const fill = `for i = 1, 100000 do redis.call('ZADD', KEYS[1], 0, 'always-' .. i) end`;
    await lab.admin.eval(fill, 1, 'bull:busy:marker');
    for (let round = 1; round <= 10; round += 1) {
      for (const name of ['quiet-1', 'quiet-2']) {
        await lab.stockQueue(name).add('job', {});
        await eventually(`${name} gets its turn`, () => ran.get(name) === round, 2_000);
      }
    }
    expect(await lab.admin.exists('bull:busy:marker')).toBe(1);
  });

  it('gives two workers of one queue both their turn', async () => {
    const shared = lab.share();
    const queue = lab.stockQueue('a');
    const turns = [0, 0];
    [0, 1].forEach((index) => {
      lab.closeLater(new shared.Worker('a', async () => void (turns[index]! += 1)));
    });
    await eventually('they wait', isBlocked);
    for (let added = 1; added <= 20; added += 1) {
      await queue.add('job', {});
      await eventually('it ran', () => turns[0]! + turns[1]! === added);
    }
    expect(Math.min(...turns)).toBeGreaterThanOrEqual(5);
  });

  it('is not stalled by fake timers', async () => {
    const shared = lab.share();
    const queue = lab.closeLater(new shared.Queue('a'));
    let ran = 0;
    const worker = lab.closeLater(new shared.Worker('a', async () => void (ran += 1)));
    await eventually('it waits', isBlocked);
    const realImmediate = setImmediate;
    const realNowMs = performance.now.bind(performance);
    jest.useFakeTimers();
    try {
      for (let added = 1; added <= 5; added += 1) {
        await queue.add('job', {});
        const endMs = realNowMs() + 3_000;
        while (ran < added && realNowMs() < endMs) {
          await new Promise((resolve) => realImmediate(resolve));
        }
        expect(ran).toBe(added);
      }
      // One more joins, which interrupts the wait.
      let ranThere = 0;
      lab.closeLater(new shared.Worker('b', async () => void (ranThere += 1)));
      const other = lab.closeLater(new shared.Queue('b'));
      for (let added = 1; added <= 3; added += 1) {
        await other.add('job', {});
        const endMs = realNowMs() + 3_000;
        while (ranThere < added && realNowMs() < endMs)
          await new Promise((resolve) => realImmediate(resolve));
        expect(ranThere).toBe(added);
      }
    } finally {
      jest.useRealTimers();
    }
    await worker.close();
  });

  it('is left by one worker, paused or closed, without disturbing another', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    const ran: string[] = [];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => {
      const worker = new shared.Worker(name, async (job) => void ran.push(job.queueName));
      return lab.closeLater(worker);
    });
    await eventually('they wait', isBlocked);
    await a?.pause();
    await b?.close();
    await lab.stockQueue('c').add('job', {});
    await eventually('the third runs', () => ran.includes('c'), 2_000);
    await lab.stockQueue('a').add('job', {});
    await lab.stockQueue('b').add('job', {});
    a?.resume();
    await eventually('the first runs again', () => ran.includes('a'), 2_000);
    expect(ran).toEqual(['c', 'a']);
    expect(c?.isRunning()).toBe(true);
  });

  it('is left promptly, by force too, and then has nothing in flight', async () => {
    const shared = lab.share();
    const release = signal();
    const waiting = new shared.Worker('a', async () => undefined);
    const busy = new shared.Worker('b', () => release.promise);
    await eventually('they wait', isBlocked);
    await lab.stockQueue('b').add('job', {});
    await eventually('the second is busy', async () => (await lab.admin.llen('bull:b:active')) === 1);
    const startMs = performance.now();
    await waiting.close();
    await busy.close(true);
    expect(performance.now() - startMs).toBeLessThan(4_000);
    release.resolve();
    await eventually('the connection ends', async () =>
      (await lab.connections()).every((name) => name === ''),
    );
  });

  it('waits for what runs when a worker is closed', async () => {
    const shared = lab.share();
    const started = signal();
    const release = signal();
    const worker = new shared.Worker('a', async () => {
      started.resolve();
      await release.promise;
    });
    const queue = lab.stockQueue('a');
    await queue.add('job', {});
    await started.promise;
    let closed = false;
    const closing = worker.close().then(() => (closed = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toBe(false);
    release.resolve();
    await closing;
    expect(await queue.getCompletedCount()).toBe(1);
  });

  it('serves a queue together with a stock worker of another process, each job once', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    const queue = lab.stockQueue('a');
    const ran = new Map<string, string[]>();
    const note = (by: string) => async (job: Job) => {
      ran.set(job.id ?? '', [...(ran.get(job.id ?? '') ?? []), by]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    lab.closeLater(new shared.Worker('a', note('ours')));
    lab.stockWorker('a', note('stock'));
    await eventually('ours waits', isBlocked);
    for (let round = 0; round < 20; round += 1) {
      await queue.addBulk(Array.from({ length: 5 }, () => ({ name: 'job', data: {} })));
      if (round % 4 === 0) await eventually('all ran', () => ran.size === (round + 1) * 5, 4_000);
    }
    await eventually('all ran', () => ran.size === 100, 4_000);
    expect([...ran.values()].every((runs) => runs.length === 1)).toBe(true);
    const by = [...ran.values()].flat();
    expect(new Set(by)).toEqual(new Set(['ours', 'stock']));
  });

  it('wakes a worker whose queue is resumed', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    const queue = lab.stockQueue('a');
    let ran = 0;
    lab.closeLater(new shared.Worker('a', async () => void (ran += 1)));
    await eventually('it waits', isBlocked);
    await queue.pause();
    await queue.add('job', {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ran).toBe(0);
    await queue.resume();
    await eventually('it ran', () => ran === 1, 2_000);
  });

  it('wakes a worker that the global concurrency held back, when another process stops or the limit is raised', async () => {
    const here = lab.share({ recoveryIntervalMs: 60_000 });
    const there = lab.share({ recoveryIntervalMs: 60_000 });
    const queue = lab.closeLater(new here.Queue('a'));
    await queue.setGlobalConcurrency(1);
    const releases: (() => void)[] = [];
    const ran: string[] = [];
    const work = (by: string) => async (job: Job) => {
      ran.push(`${job.name} ${by}`);
      const release = signal();
      releases.push(release.resolve);
      await release.promise;
    };
    const stopping = new there.Worker('a', work('there'));
    await stopping.waitUntilReady();
    await queue.add('first', {});
    await eventually('it runs there', () => ran.length === 1);
    lab.closeLater(new here.Worker('a', work('here')));
    lab.closeLater(new here.Worker('a', work('here')));
    await queue.add('second', {});
    await queue.add('third', {});
    await eventually(
      'the marker was used up in vain',
      async () => (await lab.admin.exists('bull:a:marker')) === 0,
    );
    const closed = stopping.close();
    releases[0]?.();
    await closed;
    await eventually('the second runs here', () => ran.length === 2, 2_000);
    await queue.setGlobalConcurrency(2);
    await eventually('the third runs beside it', () => ran.length === 3, 2_000);
    for (const release of releases) release();
    expect(ran).toEqual(['first there', 'second here', 'third here']);
  });
});
