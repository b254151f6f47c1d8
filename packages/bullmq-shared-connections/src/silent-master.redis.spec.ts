import { parseClientList, startRedisCluster, type RedisCluster } from '@switchyard/local-redis';
import { Cluster, Redis } from 'ioredis';
import { eventually } from '../spec-support/eventually.js';
import { shareConnections, type SharedConnections } from './index.js';
import { slotOf } from './slots.js';

const prefix = '{app}';

describe('a master of a Redis Cluster that goes silent', () => {
  let cluster: RedisCluster;
  let lent: Cluster;
  let shared: SharedConnections;
  const toClose: { close(): Promise<unknown> }[] = [];

  beforeEach(async () => {
    cluster = await startRedisCluster({ replicasPerMaster: 1 });
  }, 60_000);
  afterEach(async () => {
    for (const each of toClose.splice(0).reverse()) await each.close().catch(() => undefined);
    await shared.close();
    expect(lent.listenerCount('-node')).toBe(0);
    lent.disconnect();
    await cluster.stop();
  }, 30_000);

  it('is left as soon as its replica has taken over and a look found it silent', async () => {
    lent = new Cluster([...cluster.addresses], { redisOptions: { maxRetriesPerRequest: null } });
    lent.on('error', () => undefined);
    shared = shareConnections(lent, { recoveryIntervalMs: 200 });
    const ran: string[] = [];
    const heard: string[] = [];
    const worker = new shared.Worker('mail', async (job) => void ran.push(String(job.id)), { prefix });
    const events = new shared.QueueEvents('mail', { prefix });
    const queue = new shared.Queue('mail', { prefix });
    events.on('completed', ({ jobId }) => heard.push(jobId));
    worker.on('error', () => undefined);
    events.on('error', () => undefined);
    queue.on('error', () => undefined);
    toClose.push(worker, events, queue);
    await Promise.all([worker, events, queue].map((each) => each.waitUntilReady()));
    await queue.add('job', {}, { jobId: 'before' });
    await eventually('it runs', () => heard.includes('before'));

    const master = await cluster.ownerOf(slotOf(prefix));
    const [replica] = await cluster.replicasOf(master);
    if (!replica) throw new Error('it has no replica');
    process.kill(master.pid, 'SIGSTOP');
    try {
      await queue.add('job', {}, { jobId: 'meanwhile' });
      await eventually('it runs', () => ran.includes('meanwhile'), 30_000);
      await eventually('it is heard', () => heard.includes('meanwhile'), 10_000);
      const observer = new Redis(replica.port);
      const clients = parseClientList((await observer.client('LIST')) as string).map(({ name }) => name);
      observer.disconnect();
      expect(clients).toEqual(expect.arrayContaining([expect.stringContaining('bullmq-shared-wait')]));
      await queue.add('job', {}, { jobId: 'after' });
      await eventually('it is heard at once', () => heard.includes('after'), 3_000);
      expect(ran).toEqual(['before', 'meanwhile', 'after']);
    } finally {
      process.kill(master.pid, 'SIGCONT');
    }
  }, 60_000);
});
