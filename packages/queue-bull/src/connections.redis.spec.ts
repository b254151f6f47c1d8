import { setTimeout as sleep } from 'node:timers/promises';
import { parseClientList, startRedis, type RedisServer } from '@switchyard/local-redis';
import { defineQueue, type QueueEngine } from '@switchyard/queue-contract';
import { anything } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { createBullEngine } from './create-bull-engine.js';

const QUEUES = Array.from({ length: 11 }, (_, n) =>
  defineQueue({ name: `queue-${n}`, tier: 'medium', jobs: { work: anything } }),
);

describe('connections', () => {
  let server: RedisServer;
  let observer: Redis;
  let connection: Redis;
  let engine: QueueEngine;
  const warnings: string[] = [];
  const hearWarning = (warning: Error) => warnings.push(`${warning.name}: ${warning.message}`);

  beforeAll(async () => {
    process.on('warning', hearWarning);
    server = await startRedis();
    observer = new Redis(server.url);
  });
  beforeEach(() => {
    connection = new Redis(server.url, { maxRetriesPerRequest: null, connectionName: 'lent' });
    engine = createBullEngine({ connection });
  });
  afterEach(async () => {
    await engine.close();
    connection.disconnect();
  });
  afterAll(async () => {
    process.off('warning', hearWarning);
    observer?.disconnect();
    await server?.stop();
  });

  /** Names of all connections but the observer's own; a closed one may linger for a moment. */
  async function connections(): Promise<string[]> {
    const own = await observer.client('ID');
    const clients = parseClientList((await observer.client('LIST')) as string);
    return clients.filter(({ id }) => Number(id) !== own).map(({ name }) => name ?? '');
  }
  async function untilConnections(count: number): Promise<string[]> {
    for (let tries = 0; ; tries++) {
      const names = await connections();
      if (names.length === count || tries > 200) {
        expect(names).toHaveLength(count);
        return names;
      }
      await sleep(10);
    }
  }
  const listenerCounts = () =>
    Object.fromEntries(connection.eventNames().map((name) => [String(name), connection.listenerCount(name)]));
  const consume = (n: number, handle: () => unknown = () => null) => {
    const definition = QUEUES[n];
    if (!definition) throw new Error(`no queue ${n}`);
    return engine.queue(definition).consumer.consume({ work: handle });
  };

  test('producing, inspecting, controlling and scheduling need none but the one that was lent', async () => {
    await engine.ready();
    for (const definition of QUEUES) {
      const queue = engine.queue(definition);
      await queue.producer.add('work', 1);
      await queue.producer.addMany([{ name: 'work', data: 2 }]);
      await queue.schedules.upsert({ id: 's', rule: { everyMs: 3_600_000 }, name: 'work', data: 3 });
      await queue.inspector.jobs(['waiting', 'delayed']);
      await queue.inspector.counts();
      await queue.control.pause();
      await queue.control.resume();
      await queue.control.removeWaiting({ delayed: true });
      await queue.schedules.remove('s');
    }
    expect(await engine.withWork(QUEUES.map(({ name }) => name))).toEqual(new Set());
    expect(await connections()).toEqual(['lent']);
  });

  test('eleven consumers take one each and one for all, and leave none behind', async () => {
    const consumers = QUEUES.map((_, n) => consume(n));
    await Promise.all(consumers.map((consumer) => consumer.ready()));
    const names = await untilConnections(13);
    // As Bull names them, so that its own list of workers finds them.
    expect(names).toContain(`bull:${Buffer.from('queue-3').toString('base64')}`);
    await Promise.all(consumers.map((consumer) => consumer.close()));
    await untilConnections(1);
  });

  test('fifty starts and stops while jobs arrive: connections and listeners stay as they were, no job is left', async () => {
    const definition = QUEUES[0];
    if (!definition) throw new Error('no queue');
    const { producer, inspector } = engine.queue(definition);
    const warm = consume(0);
    await warm.ready();
    await warm.close();
    await untilConnections(1);
    const listeners = listenerCounts();

    const ran = new Map<string, number>();
    let added = 0;
    let adding = true;
    const addAll = (async () => {
      while (adding) {
        await producer.add('work', added++);
        await sleep(1);
      }
    })();
    for (let cycle = 0; cycle < 50; cycle++) {
      const consumer = engine
        .queue(definition)
        .consumer.consume(
          { work: ({ id }) => void ran.set(id, (ran.get(id) ?? 0) + 1) },
          { concurrency: 1 + (cycle % 3) },
        );
      await consumer.ready();
      await sleep(5);
      await consumer.close();
      expect((await inspector.counts()).active).toBe(0);
    }
    adding = false;
    await addAll;
    await untilConnections(1);
    expect(listenerCounts()).toEqual(listeners);
    const last = engine.queue(definition).consumer.consume({
      work: ({ id }) => void ran.set(id, (ran.get(id) ?? 0) + 1),
    });
    for (let tries = 0; ran.size < added && tries < 500; tries++) await sleep(10);
    await last.close();
    expect(ran.size).toBe(added);
    expect([...ran.values()].filter((runs) => runs !== 1)).toEqual([]);
  });

  test('a consumer that is closed before it has begun leaves nothing behind', async () => {
    for (let n = 0; n < 20; n++) {
      const consumer = consume(n % 11);
      if (n % 2) await sleep(n % 5);
      await consumer.close();
    }
    await untilConnections(1);
  });

  test('all listeners of queue-wide events share one connection, opened by the first and closed with the last', async () => {
    const stops = [];
    for (const definition of QUEUES) {
      const { events } = engine.queue(definition);
      for (const event of ['completed', 'failed', 'waiting', 'active', 'progress', 'drained'] as const) {
        stops.push(await events.on(event, () => {}));
      }
    }
    await untilConnections(2);
    for (const stop of stops.slice(1)) await stop();
    await untilConnections(2);
    const [channels, patterns] = await Promise.all([observer.pubsub('CHANNELS'), observer.pubsub('NUMPAT')]);
    expect([(channels as string[]).length, patterns]).toEqual([1, 0]);
    await stops[0]?.();
    await untilConnections(1);
  });

  test('close ends every consumer and subscription; what was lent stays open, named and without our listeners', async () => {
    await engine.ready();
    const before = Object.keys(connection);
    const queue = engine.queue(QUEUES[0] as (typeof QUEUES)[number]);
    await queue.events.on('completed', () => {});
    consume(0);
    consume(1);
    await engine.close();
    expect(await untilConnections(1)).toEqual(['lent']);
    expect(listenerCounts()).toEqual({});
    expect(await connection.ping()).toBe('PONG');
    // No command of Bull's or ours was defined on it.
    expect(Object.keys(connection).filter((key) => !before.includes(key))).toEqual([]);
    expect((connection as unknown as Record<string, unknown>)['addJob']).toBeUndefined();
  });

  test('asking eleven drained queues for work is one command', async () => {
    const commands: string[] = [];
    const monitor = await observer.monitor();
    monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
      if (source !== 'lua') commands.push(command.toLowerCase());
    });
    const names = QUEUES.map(({ name }) => `drained-${name}`);
    expect(await engine.withWork(names)).toEqual(new Set());
    await observer.echo('done');
    for (let tries = 0; !commands.includes('echo') && tries < 200; tries++) await sleep(5);
    monitor.disconnect();
    expect(commands.filter((command) => command === 'exists')).toHaveLength(1);
    expect(commands).toHaveLength(2);
  });

  test.each(['waiting', 'paused', 'delayed', 'active', 'scheduled'])(
    'a straggler that is %s is noticed',
    async (kind) => {
      const definition = defineQueue({ name: `straggler-${kind}`, tier: 'medium', jobs: { work: anything } });
      const { producer, control, schedules, consumer } = engine.queue(definition);
      if (kind === 'paused') await control.pause();
      if (kind === 'scheduled') {
        await schedules.upsert({ id: 's', rule: { cron: '0 0 1 1 *' }, name: 'work', data: 1 });
      } else {
        await producer.add('work', 1, { delayMs: kind === 'delayed' ? 60_000 : 0 });
      }
      let finish: () => void = () => {};
      if (kind === 'active') {
        const running = new Promise<void>((resolve) => {
          const consuming = consumer.consume({
            work: () =>
              new Promise<void>((done) => {
                finish = done;
                resolve();
              }),
          });
          void consuming.ready();
        });
        await running;
      }
      expect(await engine.withWork(['nothing', definition.name])).toEqual(new Set([definition.name]));
      finish();
    },
  );

  test('a schedule whose last firing is over is no work, although Bull keeps its entry', async () => {
    const definition = defineQueue({ name: 'over', tier: 'medium', jobs: { work: anything } });
    await connection.zadd('bull:over:repeat', Date.now() - 1000, 'work:::0 0 * * *');
    expect(await engine.withWork(['over'])).toEqual(new Set());
    expect(await engine.queue(definition).schedules.list()).toEqual([]);
  });

  test('nothing of all this drew a warning', async () => {
    await sleep(20);
    expect(warnings.filter((text) => !text.startsWith('ExperimentalWarning'))).toEqual([]);
  });
});
