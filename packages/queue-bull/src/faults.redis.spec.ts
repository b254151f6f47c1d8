import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { defineQueue, EngineUnavailableError, type QueueEngine } from '@switchyard/queue-contract';
import { anything, eventually } from '@switchyard/queue-testing';
import { Redis, type RedisOptions } from 'ioredis';
import { createBullEngine, type BullEngineOptions } from './create-bull-engine.js';

let queueNumber = 0;
const declare = () =>
  defineQueue({ name: `faults-${++queueNumber}`, tier: 'medium', jobs: { work: anything } });

describe('faults of the store', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function start(settings?: Record<string, string>): Promise<RedisServer> {
    const server = await startRedis(settings ? { settings } : {});
    closers.push(() => server.stop());
    return server;
  }
  function connect(url: string, options: RedisOptions = {}): Redis {
    const connection = new Redis(url, { maxRetriesPerRequest: null, ...options });
    closers.push(() => connection.disconnect());
    return connection;
  }
  function engineOn(connection: Redis, options: Partial<BullEngineOptions> = {}): QueueEngine {
    const engine = createBullEngine({ connection, ...options });
    closers.push(() => engine.close({ timeoutMs: 500 }));
    return engine;
  }
  const problemOf = async (engine: QueueEngine): Promise<string> => {
    const error: unknown = await engine.ready().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineUnavailableError);
    expect(error).toMatchObject({ engine: 'bull', code: 'SWITCHYARD_ENGINE_UNAVAILABLE' });
    return (error as Error).message;
  };

  describe('ready', () => {
    test('resolves on a Redis that is fit', async () => {
      const { url } = await start();
      await engineOn(connect(url)).ready();
      await engineOn(connect(url, { lazyConnect: true })).ready();
    });

    test('names what does not answer', async () => {
      const server = await start();
      await server.kill();
      const connection = connect(server.url);
      expect(await problemOf(engineOn(connection))).toContain(
        `nothing answers for Redis at 127.0.0.1:${server.port}`,
      );
      expect(await problemOf(engineOn(connect('redis://no.such.host.invalid')))).toContain('host name');
    });

    test('names a wrong and a missing password, and shows neither', async () => {
      const { port } = await start({ requirepass: 'right' });
      const wrong = await problemOf(engineOn(connect(`redis://:verywrong@127.0.0.1:${port}`)));
      expect(wrong).toContain('refuses the user name or password');
      expect(wrong).not.toContain('verywrong');
      const missing = await problemOf(engineOn(connect(`redis://127.0.0.1:${port}`)));
      expect(missing).toContain('wants a password');
      await engineOn(connect(`redis://:right@127.0.0.1:${port}`)).ready();
    });

    test('names an evicting policy', async () => {
      const { url } = await start({ 'maxmemory-policy': 'allkeys-lru' });
      expect(await problemOf(engineOn(connect(url)))).toContain('allkeys-lru');
    });

    test('names a node of a cluster', async () => {
      const { url } = await start({ 'cluster-enabled': 'yes' });
      expect(await problemOf(engineOn(connect(url)))).toContain('Redis runs as a cluster');
    });

    test('names a read-only replica', async () => {
      const master = await start();
      const replica = await start({ replicaof: `127.0.0.1 ${master.port}` });
      const connection = connect(replica.url);
      const status = () => connection.info('replication');
      await eventually('it is in sync', status, (info) => info.includes('master_link_status:up'));
      expect(await problemOf(engineOn(connection))).toContain('read-only replica');
      const adding = engineOn(connection).queue(declare()).producer.add('work', 1);
      await expect(adding).rejects.toBeInstanceOf(EngineUnavailableError);
    });
  });

  test.each([
    ['with an offline queue', {}],
    ['[27] without one', { enableOfflineQueue: false }],
    ['that gives up on requests early', { maxRetriesPerRequest: 1 }],
  ])('an add while Redis is away waits for it, on a connection %s', async (_, options) => {
    const server = await start({ appendonly: 'yes' });
    const engine = engineOn(connect(server.url, options));
    const { producer, inspector } = engine.queue(declare());
    await engine.ready();
    await server.kill();
    const adding = [producer.add('work', 1, { id: 'one' }), producer.addMany([{ name: 'work', data: 2 }])];
    await sleep(300);
    await server.restart();
    await Promise.all(adding);
    expect((await inspector.counts()).waiting).toBe(2);
  });

  test('an add gives up after its limit, and is not made later', async () => {
    const server = await start({ appendonly: 'yes' });
    const connection = connect(server.url);
    const engine = engineOn(connection, { addTimeoutMs: 300 });
    const { producer, inspector } = engine.queue(declare());
    await engine.ready();
    await server.kill();
    await eventually(
      'it was noticed',
      () => connection.status,
      (status) => status !== 'ready',
    );
    const startMs = performance.now();
    await expect(producer.add('work', 1)).rejects.toBeInstanceOf(EngineUnavailableError);
    await expect(producer.addMany([{ name: 'work', data: 2 }])).rejects.toBeInstanceOf(
      EngineUnavailableError,
    );
    await expect(engine.withWork(['x'])).rejects.toBeInstanceOf(EngineUnavailableError);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(890);
    await server.restart();
    await engine.ready();
    expect((await inspector.counts()).waiting).toBe(0);
  });

  test('Redis absent at start: a consumer begins by itself when it comes', async () => {
    const server = await start();
    await server.kill();
    const reported: string[] = [];
    const engine = engineOn(connect(server.url), { reportError: (error) => reported.push(error.message) });
    const queue = engine.queue(declare());
    const ran: unknown[] = [];
    const consumer = queue.consumer.consume({ work: ({ data }) => void ran.push(data) });
    await eventually('it was reported', () => reported.length, Boolean);
    await server.restart();
    await consumer.ready();
    await queue.producer.add('work', 1);
    await eventually('it ran', () => ran.length, Boolean);
    expect(reported).toHaveLength(1);
  });

  test('an outage is reported once, however many connections and consumers it hits', async () => {
    const server = await start({ appendonly: 'yes' });
    const reported: Error[] = [];
    const engine = engineOn(connect(server.url), { reportError: (error) => reported.push(error) });
    const queues = Array.from({ length: 5 }, () => engine.queue(declare()));
    let ran = 0;
    const consumers = queues.map(({ consumer }) => consumer.consume({ work: () => void ran++ }));
    await Promise.all(consumers.map((consumer) => consumer.ready()));
    for (let outage = 1; outage <= 2; outage++) {
      await server.kill();
      await eventually(
        'it was reported',
        () => reported.length,
        (length) => length >= outage,
      );
      await sleep(500);
      await server.restart();
      await engine.ready();
      await Promise.all(queues.map(({ producer }) => producer.add('work', outage)));
      await eventually(
        'all ran',
        () => ran,
        (count) => count === outage * queues.length,
      );
      expect(reported.map(({ message }) => message)).toHaveLength(outage);
    }
  });

  test('Redis restarted while 1000 jobs run: nothing is lost', async () => {
    const server = await start({ appendonly: 'yes', appendfsync: 'always' });
    const engine = engineOn(connect(server.url), { lockMs: 2000 });
    const queue = engine.queue(declare());
    const references = await queue.producer.addMany(
      Array.from({ length: 1000 }, (_, n) => ({ name: 'work' as const, data: n })),
    );
    const runs = new Map<unknown, number>();
    const consumer = queue.consumer.consume(
      {
        work: async ({ data }) => {
          await sleep(5);
          runs.set(data, (runs.get(data) ?? 0) + 1);
        },
      },
      { concurrency: 20 },
    );
    await eventually(
      'some ran',
      () => runs.size,
      (size) => size > 100,
    );
    await server.restart({ kill: true });
    await eventually(
      'some more ran',
      () => runs.size,
      (size) => size > 500,
    );
    await server.restart();
    const counts = await eventually(
      'all ended',
      () => queue.inspector.counts().catch(() => null),
      (found) => found?.completed === 1000,
    );
    await consumer.close();
    expect(counts).toEqual({ waiting: 0, delayed: 0, active: 0, failed: 0, completed: 1000 });
    expect(runs.size).toBe(references.length);
    // A job that was running when its connection broke may run again: at least once is the contract.
    const reruns = [...runs.values()].filter((count) => count > 1).length;
    expect(reruns).toBeLessThanOrEqual(2 * 20);
  });

  test('10 000 jobs in one addMany while the connection is cut: each is there once', async () => {
    const server = await start();
    const engine = engineOn(connect(server.url));
    const observer = connect(server.url);
    const queue = engine.queue(declare());
    await engine.ready();
    const [, id] = /id=(\d+)/.exec(await connectionOf(observer)) ?? [];
    const adding = queue.producer.addMany(
      Array.from({ length: 10_000 }, (_, n) => ({
        name: 'work' as const,
        data: n,
        options: { id: `job ${n}` },
      })),
    );
    await eventually(
      'some are there',
      () => queue.inspector.counts(),
      ({ waiting }) => waiting > 1000,
    );
    await observer.client('KILL', 'ID', id as string);
    const references = await adding;
    expect(references.map((reference) => reference.id)).toEqual(
      Array.from({ length: 10_000 }, (_, n) => `job ${n}`),
    );
    const listed = await queue.inspector.jobs(['waiting'], { limit: 20_000 });
    expect(new Set(listed.map(({ data }) => data)).size).toBe(10_000);
    expect(listed).toHaveLength(10_000);
  });

  /** The line of the oldest connection, which is the engine's. */
  async function connectionOf(observer: Redis): Promise<string> {
    return ((await observer.client('LIST')) as string).split('\n')[0] ?? '';
  }

  test('addMany after SCRIPT FLUSH loses nothing and keeps the order', async () => {
    const { url } = await start();
    const connection = connect(url);
    const queue = engineOn(connection).queue(declare());
    await queue.producer.addMany([{ name: 'work', data: 0 }]);
    await connection.script('FLUSH');
    const jobs = Array.from({ length: 700 }, (_, n) => ({ name: 'work' as const, data: n + 1 }));
    expect(await queue.producer.addMany(jobs)).toHaveLength(700);
    const listed = await queue.inspector.jobs(['waiting'], { limit: 1000 });
    expect(listed.map(({ data }) => data)).toEqual(Array.from({ length: 701 }, (_, n) => n));
  });

  test('closing within a limit ends although Redis has fallen silent; what ran runs again when it is back', async () => {
    const server = await start();
    const engine = engineOn(connect(server.url), { addTimeoutMs: 60_000, lockMs: 1000 });
    const definition = declare();
    const queue = engine.queue(definition);
    const consumer = queue.consumer.consume({ work: () => new Promise(() => {}) });
    await queue.producer.add('work', 1);
    await eventually('it runs', () => consumer.running, Boolean);
    process.kill(server.pid, 'SIGSTOP');
    const startMs = performance.now();
    await engine.close({ timeoutMs: 100 });
    expect(performance.now() - startMs).toBeLessThan(20_000);
    process.kill(server.pid, 'SIGCONT');
    const next = engineOn(connect(server.url), { lockMs: 1000 }).queue(definition);
    next.consumer.consume({ work: () => 'again' });
    await eventually(
      'it ran again',
      () => next.inspector.counts(),
      ({ completed }) => completed === 1,
    );
  });

  test('closing while Redis is away does not hang and leaves no timer or socket', async () => {
    const server = await start();
    const engine = engineOn(connect(server.url));
    const queue = engine.queue(declare());
    await queue.events.on('completed', () => {});
    const consumer = queue.consumer.consume({ work: () => null });
    await consumer.ready();
    await server.kill();
    await sleep(100);
    const startMs = performance.now();
    await consumer.close();
    await engine.close();
    expect(performance.now() - startMs).toBeLessThan(5000);
  });

  test('a consumer that began while Redis was away closes, and one that begins after it works', async () => {
    const server = await start();
    const engine = engineOn(connect(server.url));
    const definition = declare();
    const queue = engine.queue(definition);
    await engine.ready();
    await server.kill();
    const startMs = performance.now();
    await queue.consumer.consume({ work: () => null }).close();
    await queue.consumer.consume({ work: () => null }).close({ timeoutMs: 100 });
    expect(performance.now() - startMs).toBeLessThan(20_000);
    await server.restart();
    queue.consumer.consume({ work: () => 'done' });
    const { id } = await queue.producer.add('work', 1);
    expect(await queue.events.waitForEnd(id, { timeoutMs: 20_000 })).toBe('done');
  });
});
