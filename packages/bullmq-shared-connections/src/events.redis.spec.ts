import type { QueueEvents } from 'bullmq';
import { eventually } from '../spec-support/eventually.js';
import { RedisLab } from '../spec-support/redis-lab.js';

describe('the shared events', () => {
  let lab: RedisLab;
  beforeAll(async () => {
    lab = await RedisLab.start();
  });
  afterEach(() => lab.clear());
  afterAll(() => lab.stop());

  const xreads = async () => (await lab.stats()).get('xread') ?? 0;
  const isReading = async () => ((await lab.admin.client('LIST')) as string).includes('cmd=xread');

  /** Collects the ids of the jobs that a QueueEvents reports as waiting. */
  function collect(events: QueueEvents): string[] {
    const ids: string[] = [];
    events.on('waiting', ({ jobId }) => void ids.push(jobId));
    return ids;
  }

  it('bring every event of every queue, in order, while many are read at once', async () => {
    const shared = lab.share();
    const names = Array.from({ length: 11 }, (_, index) => `queue-${index}`);
    const heard = new Map<string, string[]>();
    for (const name of names) {
      const events = lab.closeLater(new shared.QueueEvents(name));
      heard.set(name, collect(events));
      await events.waitUntilReady();
    }
    const queues = names.map((name) => lab.closeLater(new shared.Queue(name)));
    for (let round = 0; round < 20; round += 1)
      await Promise.all(queues.map((queue) => queue.add('job', {})));
    const expected = Array.from({ length: 20 }, (_, index) => String(index + 1));
    await eventually('all are heard', () => [...heard.values()].every(({ length }) => length === 20));
    expect([...heard.values()].every((ids) => ids.join() === expected.join())).toBe(true);
    expect(await lab.connections()).toHaveLength(2);
  });

  it('miss nothing that happens after waitUntilReady, however often others join', async () => {
    const shared = lab.share();
    const queue = lab.closeLater(new shared.Queue('a'));
    for (let index = 0; index < 20; index += 1) await queue.add('before', {});
    const events = lab.closeLater(new shared.QueueEvents('a'));
    const ids = collect(events);
    await events.waitUntilReady();
    for (let index = 0; index < 20; index += 1) {
      await queue.add('job', {});
      lab.closeLater(new shared.QueueEvents(`other-${index}`));
    }
    await eventually('all are heard', () => ids.length === 20);
    expect(ids).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 21)));
  });

  it('let a queue join while the command is in flight, and leave no key behind', async () => {
    const shared = lab.share();
    await lab.closeLater(new shared.QueueEvents('first')).waitUntilReady();
    await eventually('it reads', isReading);
    const before = await xreads();
    const events = lab.closeLater(new shared.QueueEvents('second'));
    const ids = collect(events);
    await events.waitUntilReady();
    await eventually('the command was renewed', async () => (await xreads()) === before + 1);
    await lab.closeLater(new shared.Queue('second')).add('job', {});
    await eventually('it is heard', () => ids.length === 1, 2_000);
    for (const key of await lab.admin.keys('*shared*')) expect(await lab.admin.ttl(key)).toBeGreaterThan(0);
  });

  it('reach several listeners of one queue, each from its own place', async () => {
    const shared = lab.share();
    const queue = lab.closeLater(new shared.Queue('a'));
    await queue.add('one', {});
    await queue.add('two', {});
    const fromStart = collect(lab.closeLater(new shared.QueueEvents('a', { lastEventId: '0-0' })));
    await eventually('the past is heard', () => fromStart.length === 2);
    const late = lab.closeLater(new shared.QueueEvents('a'));
    const fromNow = collect(late);
    await late.waitUntilReady();
    await queue.add('three', {});
    await eventually('both hear it', () => fromStart.length === 3 && fromNow.length === 1);
    expect(fromNow).toEqual(['3']);
  });

  it('let one listener leave without disturbing another', async () => {
    const shared = lab.share();
    const queue = lab.closeLater(new shared.Queue('a'));
    const leaving = new shared.QueueEvents('a');
    const staying = lab.closeLater(new shared.QueueEvents('a'));
    const ids = collect(staying);
    await Promise.all([leaving.waitUntilReady(), staying.waitUntilReady()]);
    const startMs = performance.now();
    await leaving.close();
    expect(performance.now() - startMs).toBeLessThan(4_000);
    await queue.add('job', {});
    await eventually('the other hears it', () => ids.length === 1, 2_000);
  });

  it('lose nothing when their connection is cut', async () => {
    const shared = lab.share();
    const queue = lab.closeLater(new shared.Queue('a'));
    const events = lab.closeLater(new shared.QueueEvents('a'));
    const ids = collect(events);
    await events.waitUntilReady();
    for (let round = 1; round <= 5; round += 1) {
      await eventually('it reads', isReading, 5_000);
      const line = ((await lab.admin.client('LIST')) as string)
        .split('\n')
        .find((each) => each.includes('cmd=xread'));
      await lab.admin.client('KILL', 'ID', /id=(\d+)/.exec(line ?? '')?.[1] ?? '');
      await queue.add('job', {});
      await eventually('it is heard', () => ids.length === round, 5_000);
    }
    expect(ids).toEqual(['1', '2', '3', '4', '5']);
  });

  it('carry the result of a job to who waits for it', async () => {
    const shared = lab.share();
    const queue = lab.closeLater(new shared.Queue('a'));
    const events = lab.closeLater(new shared.QueueEvents('a'));
    lab.closeLater(new shared.Worker('a', async ({ data }) => ({ doubled: data.n * 2 })));
    const results = await Promise.all(
      [1, 2, 3].map(async (n) => (await queue.add('job', { n })).waitUntilFinished(events, 5_000)),
    );
    expect(results).toEqual([{ doubled: 2 }, { doubled: 4 }, { doubled: 6 }]);
  });

  it('cost one command for each renewal, however long a single listener would block', async () => {
    const shared = lab.share();
    for (let index = 0; index < 5; index += 1) {
      await lab
        .closeLater(new shared.QueueEvents(`queue-${index}`, { blockingTimeout: 50 }))
        .waitUntilReady();
    }
    await eventually('it reads', isReading);
    // The last to come had the command sent anew.
    await eventually('it reads for all', async () => {
      const { byName } = await lab.billedWithin(100);
      return !byName.has('xread');
    });
    const { byName } = await lab.billedWithin(500);
    expect([...byName.keys()].filter((name) => name !== 'info' && name !== 'client|list')).toEqual([]);
  });
});
