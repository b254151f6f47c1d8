import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchCommands, type CommandCounter } from './command-counter.js';

let server: RedisServer;
let client: Redis;
let counter: CommandCounter;

beforeEach(async () => {
  server = await startRedis();
  client = new Redis(server.url);
  await client.ping();
  counter = await watchCommands(server.url);
});

afterEach(async () => {
  counter.close();
  client.disconnect();
  await server.stop();
});

describe('counting', () => {
  it('counts a script as one command sent, and as itself and what it runs when it is billed', async () => {
    const stop = await counter.start();
    await client.eval("redis.call('SET', KEYS[1], 1) return redis.call('GET', KEYS[1])", 1, 'key');
    await client.set('lua', 'lua');
    expect(await stop()).toMatchObject({ sent: 2, billed: 4 });
  });

  it('misses nothing of a server that is busy from the first moment', async () => {
    counter.close();
    let isBusy = true;
    // One at a time: many that wait in a socket could run between any two commands of the counter.
    const keepBusy = async () => {
      while (isBusy) {
        await client.incr('key');
        await sleep(1);
      }
    };
    const busy = keepBusy();
    try {
      for (let round = 0; round < 20; round++) {
        counter = await watchCommands(server.url);
        const stop = await counter.start();
        const { sent, commands } = await stop();
        // One may run between the two readings that belong together.
        expect(Math.abs(sent - (commands.get('incr') ?? 0))).toBeLessThanOrEqual(2);
        counter.close();
      }
    } finally {
      isBusy = false;
      await busy;
    }
    counter = await watchCommands(server.url);
  });

  it('counts arguments with line breaks and quotes once', async () => {
    const stop = await counter.start();
    await client.set('key', '\r\n+1.0 [0 lua] "x"\n');
    expect(await stop()).toMatchObject({ sent: 1, billed: 1 });
  });

  it('counts each command of a pipeline and of a transaction', async () => {
    const stop = await counter.start();
    await client.pipeline().set('a', 1).set('b', 2).exec();
    await client.multi().set('c', 3).exec();
    expect(await stop()).toMatchObject({ sent: 5, billed: 5 });
  });

  it('leaves out what it sends itself, and what is not billed', async () => {
    const stop = await counter.start();
    await counter.untilQuiet(30);
    await client.ping();
    expect(await stop()).toMatchObject({ sent: 1, billed: 0 });
  });

  it('is quiet only some time after the last command', async () => {
    const quietMs = 150;
    let lastAt = 0;
    const busy = (async () => {
      for (let turn = 0; turn < 10; turn++) {
        await client.set('key', turn);
        lastAt = performance.now();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    await counter.untilQuiet(quietMs);
    const quietAt = performance.now();
    await busy;
    expect(quietAt - lastAt).toBeGreaterThanOrEqual(quietMs);
  });

  it('says when it never gets quiet', async () => {
    const timer = setInterval(() => void client.incr('key'), 5);
    try {
      await expect(counter.untilQuiet(1_000, 200)).rejects.toThrow('did not stop');
    } finally {
      clearInterval(timer);
    }
  });
});

it('counts the connections of others', async () => {
  expect(await counter.connections()).toBe(1);
  const another = client.duplicate();
  await another.ping();
  expect(await counter.connections()).toBe(2);
  another.disconnect();
});
