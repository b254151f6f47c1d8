import { eventually } from '../spec-support/eventually.js';
import { RedisLab } from '../spec-support/redis-lab.js';
import { shareConnections } from './index.js';

const NAMES = Array.from({ length: 11 }, (_, index) => `queue-${index}`);

describe('connections', () => {
  let lab: RedisLab;
  beforeAll(async () => {
    lab = await RedisLab.start();
  });
  afterEach(() => lab.clear());
  afterAll(() => lab.stop());

  /** What the connections are, without the names of those who share them. */
  const kinds = async () => (await lab.connections()).map((name) => name.split(';')[0] ?? '').sort();
  const isWaiting = async () => ((await lab.admin.client('LIST')) as string).includes('cmd=bzpopmin');

  it('are 2 for 11 queues and 11 workers, 3 while there are QueueEvents', async () => {
    const shared = lab.share();
    const queues = NAMES.map((name) => lab.closeLater(new shared.Queue(name)));
    const workers = NAMES.map((name) => lab.closeLater(new shared.Worker(name, async () => 'done')));
    await Promise.all([...queues, ...workers].map((each) => each.waitUntilReady()));
    await eventually('the workers wait', isWaiting);
    expect(await kinds()).toEqual(['', 'bullmq-shared-wait']);

    const events = NAMES.map((name) => new shared.QueueEvents(name));
    await Promise.all(events.map((each) => each.waitUntilReady()));
    await eventually('the events are read', async () => (await kinds()).includes('bullmq-shared-events'));
    expect(await kinds()).toEqual(['', 'bullmq-shared-events', 'bullmq-shared-wait']);

    const last = events.pop();
    await Promise.all(events.map((each) => each.close()));
    expect(await lab.connections()).toHaveLength(3);
    await last?.close();
    await eventually('the third connection ends', async () => (await lab.connections()).length === 2);
  });

  it('are 1 as long as no worker waits, and again when the last one is closed', async () => {
    const shared = lab.share();
    await lab.closeLater(new shared.Queue('a')).waitUntilReady();
    expect(await lab.connections()).toEqual(['']);
    const workers = ['a', 'b'].map((name) => new shared.Worker(name, async () => undefined));
    await eventually('the workers wait', isWaiting);
    await workers[0]?.close();
    expect(await isWaiting()).toBe(true);
    await workers[1]?.close();
    await eventually('the connection ends', async () => (await lab.connections()).length === 1);
    // Nothing of the interrupted wait stays in Redis.
    expect(await lab.admin.keys('*shared*')).toEqual([]);
  });

  it('leave the lent client open, and nothing else, after close()', async () => {
    const client = lab.client();
    const shared = shareConnections(client);
    const worker = new shared.Worker('a', async () => undefined);
    const events = new shared.QueueEvents('a');
    const queue = new shared.Queue('a');
    await events.waitUntilReady();
    await eventually('all wait', async () => (await lab.connections()).length === 3);
    await Promise.all([worker.close(), events.close(), queue.close()]);
    await shared.close();
    await shared.close();
    expect(await client.ping()).toBe('PONG');
    await eventually('only the lent one is there', async () => (await lab.connections()).length === 1);
    expect(() => new shared.Queue('b')).toThrow(
      expect.objectContaining({ code: 'SHARED_CONNECTIONS_CLOSED' }),
    );
  });

  it('end with close() even when workers were forgotten, which then close at once', async () => {
    const shared = lab.share();
    const worker = new shared.Worker('a', async () => undefined);
    await eventually('it waits', isWaiting);
    await shared.close();
    expect(await lab.connections()).toEqual(['']);
    await worker.close();
  });

  it('show every worker and every QueueEvents to those who ask for them', async () => {
    const shared = lab.share();
    const queue = lab.closeLater(new shared.Queue('a'));
    const names = async () => (await queue.getWorkers()).map(({ rawname }) => rawname);
    const [first, second] = [undefined, 'second one'].map((name) => {
      return lab.closeLater(new shared.Worker('a', async () => undefined, { name }));
    });
    const elsewhere = lab.closeLater(new shared.Worker('b', async () => undefined));
    await Promise.all([first, second, elsewhere].map((worker) => worker?.waitUntilReady()));
    expect(await names()).toEqual(['bull:YQ==', 'bull:YQ==:w:second_one']);
    // Another process sees them, and one that comes later is seen.
    const { Queue } = lab.share();
    const third = lab.closeLater(new shared.Worker('a', async () => undefined));
    await third.waitUntilReady();
    expect(await lab.closeLater(new Queue('a')).getWorkersCount()).toBe(3);
    await second?.close();
    await third.close();
    await eventually('they are gone', async () => (await names()).length === 1);

    await lab.closeLater(new shared.QueueEvents('a')).waitUntilReady();
    await eventually('its reader is seen', async () => (await queue.getQueueEvents()).length === 1);
    // A new connection is named like the old.
    const line = ((await lab.admin.client('LIST')) as string)
      .split('\n')
      .find((each) => each.includes('shared-wait'));
    await lab.admin.client('KILL', 'ID', /id=(\d+)/.exec(line ?? '')?.[1] ?? '');
    await eventually('it is named again', async () => (await names()).length === 1);
  });

  it('disconnect() of a queue leaves the lent client to the others', async () => {
    const client = lab.client();
    const shared = lab.share({}, client);
    const queue = lab.closeLater(new shared.Queue('a'));
    await queue.waitUntilReady();
    await queue.disconnect();
    await queue.add('still', {});
    expect(client.status).toBe('ready');
  });

  it('do not take over a time limit of the lent client that would cut a wait', async () => {
    const errors: Error[] = [];
    const client = lab.client({ commandTimeout: 300, socketTimeout: 100_000, maxRetriesPerRequest: 3 });
    const shared = lab.share({ onError: (error) => errors.push(error) }, client);
    const worker = lab.closeLater(new shared.Worker('a', async () => undefined));
    await eventually('it waits', isWaiting);
    const { byName } = await lab.billedWithin(1_000);
    expect(byName.has('bzpopmin')).toBe(false);
    const done = new Promise((resolve) => worker.once('completed', resolve));
    await lab.closeLater(new shared.Queue('a')).add('job', {});
    await done;
    expect(errors).toEqual([]);
  });
});
