import { EngineUnavailableError } from '@switchyard/queue-contract';
import { Redis, type ChainableCommander } from 'ioredis';
import { createBullMqEngine } from './index.js';
import { useLab } from './spec-support/lab.js';

const lab = useLab({ prefix: 'app' });

/** The keys of a queue as Bull leaves them. */
const LEFT_BY_BULL: readonly [string, (redis: ChainableCommander, keys: string) => ChainableCommander][] = [
  ['jobs have run and been removed', (redis, keys) => redis.incr(`${keys}id`)],
  ['a job waits', (redis, keys) => redis.lpush(`${keys}wait`, '1')],
  ['a job is delayed', (redis, keys) => redis.zadd(`${keys}delayed`, 4096, '1')],
  ['a job is repeated', (redis, keys) => redis.zadd(`${keys}repeat`, 1, 'send:::1000')],
  ['it was paused by an early Bull', (redis, keys) => redis.set(`${keys}meta-paused`, 1)],
  [
    // What Bull 4 runs: a copy of the pause lies where BullMQ has its settings.
    'it is paused',
    (redis, keys) => redis.set(`${keys}meta-paused`, 1).hset(`${keys}meta`, 'paused', 1),
  ],
  [
    'jobs wait and it is paused',
    (redis, keys) =>
      redis.lpush(`${keys}paused`, '1').set(`${keys}meta-paused`, 1).hset(`${keys}meta`, 'paused', 1),
  ],
];

test.each(LEFT_BY_BULL)(
  '[1] a queue of Bull under the same keys is noticed, and left alone: %s',
  async (_, leave) => {
    const { name, queue } = lab.declare();
    await leave(lab.connection.multi(), `app:${name}:`).exec();
    const before = await lab.connection.keys(`app:${name}:*`);
    for (const use of [
      () => queue.producer.add('work', null),
      () => queue.inspector.counts(),
      () => queue.control.pause(),
      () => queue.schedules.list(),
      () => queue.events.on('completed', () => undefined),
      () => queue.consumer.consume({ work: () => null }).ready(),
    ]) {
      const error = await use().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(EngineUnavailableError);
      expect(String(error)).toContain(`"app:${name}:*" holds a queue of Bull`);
    }
    expect(lab.reported).toEqual([expect.stringContaining('holds a queue of Bull')]);
    // Another queue of the same engine is none of Bull's business.
    await lab.declare().queue.producer.add('work', null);
    await lab.engine.close({ timeoutMs: 1000 });
    expect((await lab.connection.keys(`app:${name}:*`)).sort()).toEqual(before.sort());
  },
);

test('a queue of its own is known again, whatever is left of it', async () => {
  const { definition, name } = lab.declare();
  const open = () => {
    const engine = createBullMqEngine({ connection: lab.connection, prefix: 'app' });
    return { engine, queue: engine.queue(definition) };
  };
  for (const end of [async () => undefined, () => lab.connection.del(`app:${name}:meta`)]) {
    const { engine, queue } = open();
    queue.consumer.consume({ work: ({ data }) => data });
    const job = await queue.producer.add('work', 'x');
    expect(await queue.events.waitForEnd(job, { timeoutMs: 10_000 })).toBe('x');
    await engine.close();
    await end();
  }
  const { engine, queue } = open();
  expect((await queue.inspector.counts()).completed).toBe(2);
  await engine.close();
});

test('of many processes that add the first job at once, none takes the others for Bull', async () => {
  const { definition } = lab.declare();
  const engines = Array.from({ length: 8 }, () => {
    const own = new Redis(lab.server.url, { maxRetriesPerRequest: null });
    return { own, engine: createBullMqEngine({ connection: own, prefix: 'app' }) };
  });
  const adds = engines.map(({ engine }) => engine.queue(definition).producer.add('work', null));
  expect(await Promise.all(adds)).toHaveLength(8);
  for (const { own, engine } of engines) {
    await engine.close();
    own.disconnect();
  }
});
