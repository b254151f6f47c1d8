import { parseClientList } from '@switchyard/local-redis';
import { eventually } from '@switchyard/queue-testing';
import { Redis, type RedisOptions } from 'ioredis';
import { createBullEngine } from './create-bull-engine.js';
import { useLab } from './spec-support/lab.js';

describe('options of the connection that is lent', () => {
  const lab = useLab();

  async function clients() {
    return parseClientList((await lab.connection.client('LIST')) as string);
  }

  test.each<[string, RedisOptions]>([
    ['[24] commandTimeout', { commandTimeout: 200 }],
    ['[24] a commandTimeout and few tries', { commandTimeout: 200, maxRetriesPerRequest: 1 }],
    ['[27] enableOfflineQueue: false', { enableOfflineQueue: false }],
    ['enableReadyCheck and maxRetriesPerRequest', { enableReadyCheck: true, maxRetriesPerRequest: 3 }],
    ['keyPrefix and enableAutoPipelining', { keyPrefix: 'mine:', enableAutoPipelining: true }],
    ['autoResubscribe: false and lazyConnect', { autoResubscribe: false, lazyConnect: true }],
  ])('%s: the connection that blocks has none of it, and a consumer waits for jobs', async (_, options) => {
    const { definition } = lab.declare().queue;
    const lent = new Redis(lab.server.url, options);
    const reported: string[] = [];
    const engine = createBullEngine({
      connection: lent,
      reportError: (error) => reported.push(error.message),
    });
    await engine.ready();
    const queue = engine.queue(definition);
    const consumer = queue.consumer.consume({ work: ({ data }) => data });
    await consumer.ready();
    const name = `bull:${Buffer.from(definition.name).toString('base64')}`;
    const blocking = () => clients().then((all) => all.find((client) => client.name === name));
    const opened = await eventually('it blocks', blocking, (client) => client?.flags.includes('b') === true);
    // Several times as long as a command may take on the lent one.
    await eventually(
      'it goes on waiting',
      blocking,
      (client) => client === undefined || client.idleSeconds >= 1,
    );
    expect((await blocking())?.id).toBe(opened?.id);
    const { id } = await queue.producer.add('work', { n: 1 });
    expect(await queue.events.waitForEnd(id, { timeoutMs: 10_000 })).toEqual({ n: 1 });
    expect(reported).toEqual([]);
    await engine.close();
    lent.disconnect();
  });
});
