import { startFaultyProxy, startRedis, type FaultyProxy, type RedisServer } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { giveUpWhenSilent } from './silence-watch.js';

describe('giveUpWhenSilent', () => {
  let server: RedisServer;
  let proxy: FaultyProxy;
  let connection: Redis;
  let errors: string[];

  beforeEach(async () => {
    server = await startRedis();
    proxy = await startFaultyProxy({ targetPort: server.port });
    connection = new Redis(proxy.url, { maxRetriesPerRequest: null, retryStrategy: () => 10 });
    errors = [];
    connection.on('error', ({ message }: Error) => errors.push(message));
    await connection.ping();
  });
  afterEach(async () => {
    connection.disconnect();
    await proxy.stop();
    await server.stop();
  });

  test('connects again when an answer does not come, and sends the command once more', async () => {
    giveUpWhenSilent(connection, 200);
    proxy.stall();
    expect(await connection.brpoplpush('nothing', 'nowhere', 0.05)).toBeNull();
    expect(errors).toEqual(['Redis gave no answer for 200 ms']);
    expect(proxy.accepted).toBe(2);
  });

  test('counts anew with every socket: one that is well is left alone', async () => {
    giveUpWhenSilent(connection, 1000);
    for (let round = 0; round < 5; round++) {
      const waiting = connection.brpoplpush('nothing', 'nowhere', 0.4);
      proxy.cut();
      expect(await waiting).toBeNull();
    }
    expect(errors.filter((message) => !message.includes('ECONNRESET'))).toEqual([]);
    expect(proxy.accepted).toBe(6);
  });

  test('leaves one alone that owes nothing', async () => {
    giveUpWhenSilent(connection, 50);
    await connection.ping();
    proxy.stall();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([errors, proxy.accepted]).toEqual([[], 1]);
  });

  test('leaves one alone that met several sockets before it came back, whatever was sent on them', async () => {
    // As Bull wants it: commands go out on sockets that prove to be dead.
    connection.options.enableReadyCheck = false;
    giveUpWhenSilent(connection, 300);
    await server.kill();
    // Each is accepted here, sent to, and broken because nobody answers behind.
    while (proxy.accepted < 6) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.restart();
    await connection.ping();
    errors.length = 0;
    const { accepted } = proxy;
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect([errors, proxy.accepted]).toEqual([[], accepted]);
  });
});
