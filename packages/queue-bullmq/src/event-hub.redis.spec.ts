import { defineQueue } from '@switchyard/queue-contract';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
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

const EVENTS = 'switchyard:mail:events';
const definition = defineQueue({
  name: 'mail',
  tier: 'medium',
  jobs: { send: { '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) } } },
});

function open() {
  const reports: string[] = [];
  const engine = createBullMqEngine({
    connection,
    reportError: ({ message }) => void reports.push(message),
  });
  return { engine, reports, queue: engine.queue(definition) };
}

test.each([
  ['progress', 'data', ''],
  ['completed', 'returnvalue', 'undefined'],
])(
  'an entry of %s that cannot be read is passed over, and nothing is told twice',
  async (event, field, text) => {
    const { engine, queue, reports } = open();
    const waiting: string[] = [];
    const completed: unknown[] = [];
    await queue.events.on('waiting', ({ jobId }) => waiting.push(jobId));
    await queue.events.on('completed', ({ result }) => completed.push(result));
    const blocked = await queue.producer.add('send', 'before');
    const batch = connection.multi();
    batch.xadd(EVENTS, '*', 'event', 'added', 'jobId', 'x', 'name', 'send');
    batch.xadd(EVENTS, '*', 'event', 'waiting', 'jobId', 'beside it');
    for (let n = 0; n < 2; n++) batch.xadd(EVENTS, '*', 'event', event, 'jobId', 'x', field, text);
    await batch.exec();
    queue.consumer.consume({ send: ({ data }) => data });
    expect(await queue.events.waitForEnd(blocked, { timeoutMs: 4000 })).toBe('before');
    const after = await queue.producer.add('send', 'after');
    expect(await queue.events.waitForEnd(after, { timeoutMs: 4000 })).toBe('after');
    while (completed.length < 2) await sleep(10);
    expect(completed).toEqual(['before', 'after']);
    expect(waiting).toEqual([blocked.id, 'beside it', after.id]);
    expect(reports).toEqual(
      Array(2).fill(expect.stringMatching(/^entry \d+-\d+ of the events of queue "mail"/)),
    );
    await engine.close();
  },
);
