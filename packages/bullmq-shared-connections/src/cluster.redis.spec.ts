import { jest } from '@jest/globals';
import { parseClientList, startRedisCluster, type RedisCluster } from '@switchyard/local-redis';
import type { Queue } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import { eventually, signal } from '../spec-support/eventually.js';
import { shareConnections, type SharedConnections, type SharedConnectionsError } from './index.js';
import { slotOf } from './slots.js';

const ELEVEN = Array.from({ length: 11 }, (_, index) => `queue-${index}`);
const PREFIX = '{app}';

describe('on Redis Cluster', () => {
  let cluster: RedisCluster;
  let lent: Cluster;
  let shared: SharedConnections;
  const errors: Error[] = [];
  const toClose: { close(): Promise<unknown> }[] = [];

  beforeAll(async () => {
    cluster = await startRedisCluster({ replicasPerMaster: 1, settings: { appendonly: 'yes' } });
  }, 60_000);
  afterAll(() => cluster.stop());

  beforeEach(() => {
    errors.length = 0;
    lent = new Cluster([...cluster.addresses], {
      redisOptions: { connectionName: 'lent', maxRetriesPerRequest: null },
    });
    lent.on('error', () => undefined);
    shared = shareConnections(lent, { onError: (error) => errors.push(error) });
  });
  afterEach(async () => {
    for (const each of toClose.splice(0).reverse()) await each.close().catch(() => undefined);
    await shared.close();
    lent.disconnect();
    await cluster.untilServing();
    await Promise.all(
      cluster.nodes.map((node) => onNode(node.port, (redis) => redis.flushall()).catch(() => 0)),
    );
  });

  const closeLater = <T extends { close(): Promise<unknown> }>(each: T): T => {
    toClose.push(each);
    return each;
  };

  async function onNode<T>(port: number, ask: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(port, '127.0.0.1', { connectionName: 'observer' });
    redis.on('error', () => undefined);
    try {
      return await ask(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** The clients of all nodes, by what they are, without those who look and what the nodes open themselves. */
  async function kinds(): Promise<Record<string, number>> {
    const count: Record<string, number> = {};
    for (const { port } of cluster.nodes) {
      for (const { name } of parseClientList(
        await onNode(port, (redis) => redis.client('LIST') as Promise<string>),
      )) {
        const [kind = ''] = name.split(';');
        if (kind === 'lent' || kind.startsWith('bullmq')) count[kind] = (count[kind] ?? 0) + 1;
      }
    }
    return count;
  }

  /** A worker and a listener of one queue: what ran, and what was heard of it. */
  async function follow(name: string, prefix = PREFIX) {
    const ran: string[] = [];
    const heard: string[] = [];
    const worker = closeLater(
      new shared.Worker(name, async (job) => void ran.push(String(job.id)), { prefix, concurrency: 3 }),
    );
    const events = closeLater(new shared.QueueEvents(name, { prefix }));
    worker.on('error', (error) => errors.push(error));
    events.on('error', (error) => errors.push(error));
    events.on('completed', ({ jobId }) => heard.push(jobId));
    const queue: Queue = closeLater(new shared.Queue(name, { prefix }));
    queue.on('error', (error) => errors.push(error));
    await Promise.all([worker, events, queue].map((each) => each.waitUntilReady()));
    const runs = async (id: string) => {
      await queue.add('job', {}, { jobId: id });
      await eventually(`${id} ran in ${name}`, () => ran.includes(id), 15_000);
      await eventually(`the end of ${id} was heard`, () => heard.includes(id), 15_000);
    };
    return { ran, heard, worker, queue, runs };
  }

  it('all queues with one hash-tagged prefix share one wait and one reading of events', async () => {
    const all = await Promise.all(ELEVEN.map((name) => follow(name)));
    await Promise.all(all.map(({ runs }) => runs('first')));
    const { lent: commands, ...own } = shared.connections();
    expect(own).toEqual({ wait: 1, events: 1 });
    // Queues ask one node; others may have been asked for the version of the server.
    expect(commands).toBeGreaterThanOrEqual(1);
    expect(commands).toBeLessThanOrEqual(cluster.nodes.length);
    await eventually('that many are there', async () => {
      const seen = await kinds();
      const expected = {
        lent: shared.connections().lent,
        'bullmq-shared-wait': 1,
        'bullmq-shared-events': 1,
      };
      return (
        Object.entries(expected).every(([kind, count]) => seen[kind] === count) &&
        Object.keys(seen).length === 3
      );
    });
    expect(await all[0]?.queue.getWorkers()).toHaveLength(1);

    for (const each of toClose.splice(0).reverse()) await each.close();
    await eventually('they are gone', () => {
      const { wait, events } = shared.connections();
      return wait === 0 && events === 0;
    });
  });

  it('queues in different slots have a wait for each slot, which is said once', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const prefixes = ['{a}', '{b}', '{c}', '{a}:more'];
    const all = await Promise.all(prefixes.map((prefix) => follow('queue', prefix)));
    const calls = warn.mock.calls.filter(([text]) => String(text).includes('Cluster'));
    warn.mockRestore();
    expect(new Set(prefixes.map(slotOf)).size).toBe(3);
    expect(shared.connections()).toMatchObject({ wait: 3, events: 3 });
    expect(calls).toEqual([
      [expect.anything(), expect.objectContaining({ code: 'SHARED_CONNECTIONS_CLUSTER' })],
    ]);
    await Promise.all(all.map(({ runs }) => runs('first')));
    await eventually('that many are there', async () => {
      const seen = await kinds();
      return seen['bullmq-shared-wait'] === 3 && seen['bullmq-shared-events'] === 3;
    });
    expect(errors).toEqual([]);
  });

  it('a queue whose keys would be in several slots is refused', () => {
    const refused = (make: () => unknown) => {
      try {
        make();
      } catch (error) {
        return (error as SharedConnectionsError).code;
      }
      return 'taken';
    };
    expect(refused(() => new shared.Queue('mail'))).toBe('SHARED_CONNECTIONS_SLOT');
    expect(refused(() => new shared.Worker('mail', async () => 1, { prefix: 'x{}' }))).toBe(
      'SHARED_CONNECTIONS_SLOT',
    );
    expect(refused(() => closeLater(new shared.Queue('{mail}')))).toBe('taken');
    expect(refused(() => closeLater(new shared.FlowProducer()))).toBe('taken');
  });

  it.each(['slave', 'all'] as const)('a client that reads from replicas (%s) is refused', (scaleReads) => {
    const stale = new Cluster([...cluster.addresses], { lazyConnect: true, scaleReads });
    expect(() => shareConnections(stale)).toThrow(
      expect.objectContaining({ code: 'SHARED_CONNECTIONS_CLIENT' }),
    );
    stale.disconnect();
  });

  it('a client that connects late is waited for', async () => {
    const late = new Cluster([...cluster.addresses], { lazyConnect: true });
    const own = shareConnections(late);
    const ran = signal();
    const worker = new own.Worker('mail', async () => ran.resolve(), { prefix: PREFIX });
    const queue = new own.Queue('mail', { prefix: PREFIX });
    await queue.add('job', {});
    await ran.promise;
    expect(own.connections()).toMatchObject({ wait: 1, events: 0 });
    await worker.close();
    await queue.close();
    await own.close();
    late.disconnect();
  });

  it('jobs go on after the node has restarted', async () => {
    const { runs } = await follow('mail');
    await runs('before');
    const owner = await cluster.ownerOf(slotOf(PREFIX));
    await owner.restart({ kill: true });
    await cluster.untilServing();
    await runs('after');
    expect(shared.connections()).toMatchObject({ wait: 1, events: 1 });
  }, 30_000);

  it('jobs go on under load while a replica takes over, and after its master has died', async () => {
    const { ran, queue, runs } = await follow('mail');
    const stop = signal();
    let stopped = false;
    void stop.promise.then(() => (stopped = true));
    const added: string[] = [];
    const load = (async () => {
      for (let n = 0; !stopped; n++) {
        const id = `load-${n}`;
        await queue.add('job', {}, { jobId: id }).then(
          () => added.push(id),
          () => undefined,
        );
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const first = await cluster.ownerOf(slotOf(PREFIX));
    const [replica] = await cluster.replicasOf(first);
    if (!replica) throw new Error('it has no replica');
    await cluster.promote(replica);
    const seen = ran.length;
    await eventually('jobs run at the new master', () => ran.length > seen + 20, 15_000);
    stop.resolve();
    await load;
    await eventually('all that was added has run', () => added.every((id) => ran.includes(id)), 20_000);
    expect(added.length).toBeGreaterThan(20);
    await runs('calm');

    await replica.kill();
    await eventually(
      'another one took over',
      async () => (await cluster.ownerOf(slotOf(PREFIX)).catch(() => replica)).port !== replica.port,
      20_000,
    );
    await cluster.untilServing();
    await runs('after');
    await replica.restart();
    expect(shared.connections()).toMatchObject({ wait: 1, events: 1 });
  }, 90_000);

  it('a job that ends while nobody serves its slot has run once, and not failed', async () => {
    const prefix = '{other}';
    const release = signal();
    const runs: string[] = [];
    const worker = closeLater(
      new shared.Worker(
        'mail',
        async (job) => {
          runs.push(String(job.id));
          await release.promise;
          if (job.name !== 'completes' && job.attemptsMade === 0) throw new Error('as meant');
        },
        { prefix, concurrency: 4 },
      ),
    );
    worker.on('error', (error) => errors.push(error));
    const ended: string[] = [];
    worker.on('completed', ({ name }) => ended.push(`${name} completed`));
    worker.on('failed', (job, { message }) => ended.push(`${job?.name} failed ${message}`));
    const queue = closeLater(new shared.Queue('mail', { prefix }));
    await queue.add('completes', {});
    await queue.add('fails', {});
    await queue.add('is retried later', {}, { attempts: 2, backoff: 1 });
    await queue.add('is retried', {}, { attempts: 2 });
    await eventually('they run', () => runs.length === 4);
    const owner = await cluster.ownerOf(slotOf(prefix));
    // Nothing of them is still on its way to the replica.
    await onNode(owner.port, async (redis) => {
      await redis.set(`${prefix}:copied`, 1);
      return redis.wait(1, 5_000);
    });
    await owner.kill();
    release.resolve();
    await eventually('all have ended', () => ended.length === 6, 20_000);
    await owner.restart();
    expect(ended.sort()).toEqual([
      'completes completed',
      'fails failed as meant',
      'is retried completed',
      'is retried failed as meant',
      'is retried later completed',
      'is retried later failed as meant',
    ]);
    expect(runs).toHaveLength(6);
    expect(await queue.getJobCounts('active', 'completed', 'failed')).toEqual({
      active: 0,
      completed: 3,
      failed: 1,
    });
  }, 60_000);

  it('jobs go on after their slot has moved', async () => {
    const { runs, queue } = await follow('mail');
    await runs('before');
    const slot = slotOf(PREFIX);
    const to = await cluster.ownerOf((slot + 8000) % 16_384);
    await queue.add('job', {}, { jobId: 'later', delay: 60_000 });
    await cluster.moveSlot(slot, to);
    await runs('after');
    expect(await queue.getDelayedCount()).toBe(1);
    expect(await onNode(to.port, (redis) => redis.client('LIST') as Promise<string>)).toContain(
      'bullmq-shared-wait',
    );
    expect(shared.connections()).toMatchObject({ wait: 1, events: 1 });
  }, 60_000);
});
