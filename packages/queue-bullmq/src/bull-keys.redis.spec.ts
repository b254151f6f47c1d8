import { defineQueue, EngineUnavailableError } from '@switchyard/queue-contract';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { createBullMqEngine } from './index.js';

let server: RedisServer;
let connection: Redis;
beforeAll(async () => {
  server = await startRedis();
  connection = new Redis(server.url, { maxRetriesPerRequest: null });
});
afterAll(async () => {
  connection.disconnect();
  await server.stop();
});
beforeEach(() => connection.flushall());

const QUEUES = 'app:mail:';
const definition = defineQueue({
  name: 'mail',
  tier: 'medium',
  jobs: { send: { '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) } } },
});

function open() {
  const reports: string[] = [];
  const engine = createBullMqEngine({
    connection,
    prefix: 'app',
    reportError: ({ message }) => void reports.push(message),
  });
  return { engine, reports, queue: engine.queue(definition) };
}

/** The keys of a queue as Bull leaves them. */
const LEFT_BY_BULL: readonly [string, () => Promise<unknown>][] = [
  ['jobs have run and been removed', () => connection.incr(`${QUEUES}id`)],
  ['a job waits', () => connection.lpush(`${QUEUES}wait`, '1')],
  ['a job is delayed', () => connection.zadd(`${QUEUES}delayed`, 4096, '1')],
  ['a job is repeated', () => connection.zadd(`${QUEUES}repeat`, 1, 'send:::1000')],
  ['it was paused by an early Bull', () => connection.set(`${QUEUES}meta-paused`, 1)],
  [
    // What Bull 4 runs: a copy of the pause lies where BullMQ has its settings.
    'it is paused',
    () => connection.multi().set(`${QUEUES}meta-paused`, 1).hset(`${QUEUES}meta`, 'paused', 1).exec(),
  ],
  [
    'jobs wait and it is paused',
    () =>
      connection
        .multi()
        .lpush(`${QUEUES}paused`, '1')
        .set(`${QUEUES}meta-paused`, 1)
        .hset(`${QUEUES}meta`, 'paused', 1)
        .exec(),
  ],
];

test.each(LEFT_BY_BULL)(
  '[1] a queue of Bull under the same keys is noticed, and left alone: %s',
  async (_, leave) => {
    await leave();
    const before = await connection.keys('*');
    const { engine, queue, reports } = open();
    for (const use of [
      () => queue.producer.add('send', null),
      () => queue.inspector.counts(),
      () => queue.control.pause(),
      () => queue.schedules.list(),
      () => queue.events.on('completed', () => undefined),
      () => queue.consumer.consume({ send: () => null }).ready(),
    ]) {
      const error = await use().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(EngineUnavailableError);
      expect(String(error)).toMatch(/"app:mail:\*" holds a queue of Bull/);
    }
    expect(reports).toEqual([expect.stringContaining('holds a queue of Bull')]);
    // Another queue of the same engine is none of Bull's business.
    await engine.queue({ ...definition, name: 'sms' }).producer.add('send', null);
    await engine.close({ timeoutMs: 1000 });
    expect((await connection.keys('app:mail:*')).sort()).toEqual(before.sort());
  },
);

test('a queue of its own is known again, whatever is left of it', async () => {
  for (const end of [async () => undefined, () => connection.del(`${QUEUES}meta`)]) {
    const { engine, queue } = open();
    queue.consumer.consume({ send: ({ data }) => data });
    const job = await queue.producer.add('send', 'x');
    expect(await queue.events.waitForEnd(job, { timeoutMs: 10_000 })).toBe('x');
    await engine.close();
    await end();
  }
  const { engine, queue } = open();
  expect((await queue.inspector.counts()).completed).toBe(2);
  await engine.close();
});

test('of many processes that add the first job at once, none takes the others for Bull', async () => {
  const engines = Array.from({ length: 8 }, () => {
    const own = new Redis(server.url, { maxRetriesPerRequest: null });
    return { own, engine: createBullMqEngine({ connection: own, prefix: 'app' }) };
  });
  const adds = engines.map(({ engine }) => engine.queue(definition).producer.add('send', null));
  expect(await Promise.all(adds)).toHaveLength(8);
  for (const { own, engine } of engines) {
    await engine.close();
    own.disconnect();
  }
});
