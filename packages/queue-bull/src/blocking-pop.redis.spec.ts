import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBlockingPop } from './blocking-pop.js';
import { createOwnConnections } from './own-connections.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('the wait for jobs', () => {
  let server: RedisServer;
  let lent: Redis;

  beforeEach(async () => {
    server = await startRedis();
    lent = new Redis(server.url, { maxRetriesPerRequest: null });
  });
  afterEach(async () => {
    lent.disconnect();
    await server.stop();
  });

  function openPop() {
    const pop = createBlockingPop(
      lent,
      createOwnConnections(lent, () => {}),
    );
    return { pop, connection: pop.open('pop') };
  }

  test('keeps nothing of the waits that are over', async () => {
    const { pop, connection } = openPop();
    await lent.rpush('from', 'job');
    const round = async (times: number) => {
      for (let n = 0; n < times; n++) await connection.brpoplpush('from', 'from', 1);
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    await round(2000);
    const before = await round(2000);
    const after = await round(10_000);
    expect((after - before) / 10_000).toBeLessThan(60);
    await pop.stop();
    await pop.close();
  });

  test('ends when its connection is cut, and answers nothing from then on', async () => {
    const { pop, connection } = openPop();
    const waiting = connection.brpoplpush('nothing', 'nowhere', 0);
    await pop.close();
    expect(await waiting).toBeNull();
    expect(await connection.brpoplpush('nothing', 'nowhere', 0)).toBeNull();
  });
});
