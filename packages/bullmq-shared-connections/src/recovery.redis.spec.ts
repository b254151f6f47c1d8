import { eventually, signal } from '../spec-support/eventually.js';
import { startKillableProcess } from '../spec-support/killable-process.js';
import { RedisLab } from '../spec-support/redis-lab.js';

describe('the recovery', () => {
  let lab: RedisLab;
  beforeAll(async () => {
    lab = await RedisLab.start();
  });
  afterEach(() => lab.clear());
  afterAll(() => lab.stop());

  const isBlocked = async () => ((await lab.admin.client('LIST')) as string).includes('cmd=bzpopmin');

  it('runs a job whose marker a process popped before it died', async () => {
    const queue = lab.stockQueue('a');
    // Blocked first, so it is served first; then it dies with the marker in its hands.
    const dying = lab.client();
    const popped = dying.bzpopmin('bull:a:marker', 0);
    await eventually('it waits', isBlocked);
    const shared = lab.share({ recoveryIntervalMs: 500 });
    const done = signal<string>();
    lab.closeLater(new shared.Worker('a', async (job) => done.resolve(job.name)));
    await eventually('ours waits too', async () => {
      return ((await lab.admin.client('LIST')) as string).split('cmd=bzpopmin').length === 3;
    });
    await queue.add('orphan', {});
    expect(await popped).toEqual(['bull:a:marker', '0', '0']);
    dying.disconnect();
    expect(await done.promise).toBe('orphan');
  });

  it('runs a delayed job whose time a process kept until it died', async () => {
    const queue = lab.stockQueue('a');
    const other = startKillableProcess(
      lab.server.url,
      `new shared.Worker('a', async () => say('ran')); redis.once('ready', () => say('up'));`,
    );
    await other.says('up');
    await eventually('it waits', isBlocked);
    const shared = lab.share({ recoveryIntervalMs: 1_000 });
    const done = signal<number>();
    lab.closeLater(new shared.Worker('b', async () => undefined));
    const { timestamp } = await queue.add('later', {}, { delay: 3_000 });
    await eventually(
      'its time is known there alone',
      async () => (await lab.admin.exists('bull:a:marker')) === 0,
    );
    lab.closeLater(new shared.Worker('a', async () => done.resolve(Date.now())));
    await other.kill();
    const lateMs = (await done.promise) - (timestamp + 3_000);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(10_000);
  });

  it('runs a delayed job of another process when it is due there but all there are dead, without asking often', async () => {
    const queue = lab.stockQueue('a');
    const shared = lab.share({ recoveryIntervalMs: 400 });
    let ranAtMs = 0;
    lab.closeLater(new shared.Worker('a', async () => void (ranAtMs = Date.now())));
    await eventually('it waits', isBlocked);
    // As if another process had popped the marker: it is taken away before the wait can read it.
    await lab.admin.client('PAUSE', 60, 'ALL').catch(() => undefined);
    const { timestamp } = await queue.add('later', {}, { delay: 2_500 });
    await lab.admin.del('bull:a:marker');
    await eventually('it ran', () => ranAtMs > 0, 15_000);
    expect(ranAtMs - timestamp).toBeGreaterThanOrEqual(2_500);
  });

  it('marks and moves the job of a process killed in the middle of it, and says "stalled"', async () => {
    const queue = lab.stockQueue('a');
    const other = startKillableProcess(
      lab.server.url,
      `new shared.Worker('a', async () => { say('busy'); await new Promise(() => setTimeout(() => {}, 1e6)); },
         { lockDuration: 1000, stalledInterval: 500 });`,
    );
    const { id } = await queue.add('job', {});
    await other.says('busy');
    await other.kill();
    const shared = lab.share();
    const done = signal<string | undefined>();
    const worker = lab.closeLater(
      new shared.Worker('a', async (job) => done.resolve(job.id), {
        lockDuration: 1_000,
        stalledInterval: 500,
      }),
    );
    const stalled = new Promise<string>((resolve) => worker.once('stalled', resolve));
    expect(await stalled).toBe(id);
    expect(await done.promise).toBe(id);
  });

  it('runs no stalled check where no job is active', async () => {
    const shared = lab.share({ recoveryIntervalMs: 60_000 });
    for (const name of ['a', 'b', 'c']) {
      lab.closeLater(new shared.Worker(name, async () => undefined, { stalledInterval: 100 }));
    }
    await eventually('they wait', isBlocked);
    // One that comes late has the command sent anew.
    await eventually('all of them do', async () => {
      const { byName } = await lab.billedWithin(100);
      return !byName.has('bzpopmin');
    });
    const { byName } = await lab.billedWithin(1_000);
    expect([...byName.keys()].filter((name) => name !== 'info')).toEqual(['exists']);
    // Three workers, one question each 100 ms; a busy machine takes longer for the second.
    expect(byName.get('exists')).toBeLessThanOrEqual(20);
    expect(byName.get('exists')).toBeGreaterThanOrEqual(4);
  });

  it('leaves a stalled check that is called by hand to its caller, at once', async () => {
    const shared = lab.share();
    const release = signal();
    const started = signal();
    const worker = new shared.Worker(
      'a',
      async () => {
        started.resolve();
        await release.promise;
      },
      { skipStalledCheck: true, skipLockRenewal: true },
    );
    await lab.stockQueue('a').add('job', {});
    await started.promise;
    const check = async () => {
      await lab.admin.del('bull:a:stalled-check', 'bull:a:1:lock');
      return worker.getBackend().moveStalledJobsToWait();
    };
    expect(await check()).toEqual([]);
    expect(await check()).toEqual(['1']);
    await worker.close(true);
    release.resolve();
  });

  it('costs no more than one look and one renewal each interval, whatever the number of queues', async () => {
    // A minute in a second: 11 queues, a look each half, a renewal each whole.
    const shared = lab.share({ recoveryIntervalMs: 500, blockSeconds: 1 });
    for (let index = 0; index < 11; index += 1) {
      lab.closeLater(new shared.Worker(`queue-${index}`, async () => undefined));
    }
    await eventually('they wait', isBlocked);
    const startMs = performance.now();
    const { total, byName } = await lab.billedWithin(6_000);
    const seconds = (performance.now() - startMs) / 1_000;
    expect(new Set([...byName.keys()])).toEqual(new Set(['exists', 'bzpopmin', 'info']));
    // One of each may fall on the edge of the window.
    expect(total).toBeLessThanOrEqual(3 * seconds + 2);
    expect(byName.get('exists')).toBeGreaterThanOrEqual(6);
  });

  it('asks one more command a look for a queue with delayed jobs, and stops when there are none', async () => {
    const shared = lab.share({ recoveryIntervalMs: 100 });
    const queue = lab.stockQueue('a');
    lab.closeLater(new shared.Worker('a', async () => undefined));
    lab.closeLater(new shared.Worker('b', async () => undefined));
    await eventually('they wait', isBlocked);
    const job = await queue.add('later', {}, { delay: 3_600_000 });
    // What the add has set off is over when nothing but looks is left.
    const looksAlone = async () => {
      const { byName } = await lab.billedWithin(300);
      return (
        byName.has('zrange') &&
        [...byName.keys()].every((name) => ['exists', 'zrange', 'info'].includes(name))
      );
    };
    await eventually('it is asked for', looksAlone);
    const during = await lab.billedWithin(1_000);
    expect(new Set(during.byName.keys())).toEqual(new Set(['exists', 'zrange', 'info']));
    expect(during.byName.get('zrange')).toBeLessThanOrEqual((during.byName.get('exists') ?? 0) + 1);
    await job.remove();
    await eventually('it is asked for no more', async () => {
      const { byName } = await lab.billedWithin(300);
      return !byName.has('zrange');
    });
  });

  it('looks again soon when the lent client had no connection', async () => {
    const errors: Error[] = [];
    const lent = lab.client({ enableOfflineQueue: false, retryStrategy: () => 200 });
    await eventually('it is connected', () => lent.status === 'ready');
    const shared = lab.share({ recoveryIntervalMs: 100, onError: (error) => errors.push(error) }, lent);
    const done = signal();
    const worker = new shared.Worker('a', async () => done.resolve());
    lab.closeLater(worker).on('error', () => undefined);
    await eventually('it waits', isBlocked);
    const id = await lent.client('ID');
    await lab.admin.client('KILL', 'ID', id);
    await lab.admin.lpush('bull:a:wait', '1');
    await lab.admin.hset('bull:a:1', {
      name: 'job',
      data: '{}',
      opts: '{}',
      timestamp: 1,
      delay: 0,
      priority: 0,
    });
    await done.promise;
  });
});
