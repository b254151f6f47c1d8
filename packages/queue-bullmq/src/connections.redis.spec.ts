import { defineQueue, type QueueDefinition } from '@switchyard/queue-contract';
import {
  commandsBetween,
  countConnections,
  parseClientList,
  parseCommandStats,
  startRedis,
  type RedisServer,
} from '@switchyard/local-redis';
import { anything, eventually } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBullMqEngine } from './index.js';

const ELEVEN = Array.from({ length: 11 }, (_, n) =>
  defineQueue({ name: `queue-${n}`, tier: 'medium', jobs: { work: anything } }),
);

let server: RedisServer;
let connection: Redis;
let observer: Redis;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  connection = new Redis(server.url, { maxRetriesPerRequest: null });
  observer = new Redis(server.url);
});
afterEach(async () => {
  connection.disconnect();
  await observer.flushall();
  observer.disconnect();
});

/** Without the observer's own. */
const connections = async () => countConnections(parseClientList((await observer.client('LIST')) as string));

async function expectConnections(count: number): Promise<void> {
  await eventually(`there are ${count} connections`, connections, (found) => found === count);
}

const consumeAll = async (
  engine: ReturnType<typeof createBullMqEngine>,
  queues: readonly QueueDefinition[],
) => {
  const consumers = queues.map((queue) => engine.queue(queue).consumer.consume({ work: () => 'done' }));
  await Promise.all(consumers.map((consumer) => consumer.ready()));
};

test('[15] 11 queues and 11 consumers hold 2 connections, 3 while somebody listens, 1 after close', async () => {
  const engine = createBullMqEngine({ connection });
  const queues = ELEVEN.map((definition) => engine.queue(definition));
  await connection.ping();
  expect(await connections()).toBe(1);

  await consumeAll(engine, ELEVEN);
  await Promise.all(queues.map((queue) => queue.producer.add('work', null)));
  await expectConnections(2);

  const completed: string[] = [];
  const endings = await Promise.all(
    queues.map((queue) => queue.events.on('completed', ({ jobId }) => completed.push(jobId))),
  );
  await expectConnections(3);
  const added = await Promise.all(queues.map((queue) => queue.producer.add('work', null)));
  const results = await Promise.all(
    queues.map((queue, n) => queue.events.waitForEnd(added[n]?.id ?? '', { timeoutMs: 5000 })),
  );
  expect(results).toEqual(queues.map(() => 'done'));
  await expectConnections(3);

  for (const end of endings.slice(1)) await end();
  await expectConnections(3);
  await endings[0]?.();
  await expectConnections(2);
  expect(completed).toEqual(expect.arrayContaining(added.map(({ id }) => id)));

  await engine.close();
  await expectConnections(1);
  expect(await connection.ping()).toBe('PONG');
});

test('waiting for one job opens the third connection and closes it again', async () => {
  const engine = createBullMqEngine({ connection });
  const [first] = ELEVEN as [(typeof ELEVEN)[number]];
  const queue = engine.queue(first);
  const { id } = await queue.producer.add('work', null);
  const waiting = queue.events.waitForEnd(id, { timeoutMs: 10_000 });
  await expectConnections(2);
  await consumeAll(engine, [first]);
  expect(await waiting).toBe('done');
  await expectConnections(2);
  await engine.close();
  await expectConnections(1);
});

test('[24] a commandTimeout of the lent connection does not cut the wait for jobs or events', async () => {
  connection.disconnect();
  connection = new Redis(server.url, {
    maxRetriesPerRequest: null,
    commandTimeout: 1000,
    socketTimeout: 1000,
  });
  const reported: Error[] = [];
  const engine = createBullMqEngine({ connection, reportError: (error) => void reported.push(error) });
  const [first] = ELEVEN as [(typeof ELEVEN)[number]];
  const queue = engine.queue(first);
  await queue.events.on('completed', () => undefined);
  await consumeAll(engine, [first]);
  const privateIds = async () =>
    parseClientList((await observer.client('LIST')) as string)
      .filter(({ cmd }) => cmd === 'bzpopmin' || cmd === 'xread')
      .map(({ id }) => id)
      .sort();
  await expectConnections(3);
  const before = await eventually('both wait', privateIds, (ids) => ids.length === 2);
  // More than twice the limit.
  await sleep(2500);
  expect(await privateIds()).toEqual(before);
  const job = await queue.producer.add('work', null);
  expect(await queue.events.waitForEnd(job, { timeoutMs: 10_000 })).toBe('done');
  expect(reported).toEqual([]);
  await engine.close();
});

test('withWork costs one EXISTS when there is nothing to run', async () => {
  const engine = createBullMqEngine({ connection });
  const names = ELEVEN.map(({ name }) => name);
  const stats = async () => parseCommandStats(await observer.info('commandstats'));
  await connection.ping();
  const before = await stats();
  expect(await engine.withWork(names)).toEqual(new Set());
  const { info: _observing, ...sent } = Object.fromEntries(commandsBetween(before, await stats()));
  expect(sent).toEqual({ exists: 1 });
  await engine.close();
});
