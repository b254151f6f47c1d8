import { Redis } from 'ioredis';
import { createBullEngine, type BullEngineOptions } from './create-bull-engine.js';

describe('what an engine is made with', () => {
  const connection = new Redis({ lazyConnect: true });

  test.each([
    ['[25] drainDelay', { drainDelay: 5 }, 'nothing: how long a consumer waits'],
    ['settings of Bull', { settings: { drainDelay: 5 } }, 'lockMs, and backoffDelayMs'],
    ['a limiter of Bull', { limiter: { max: 1, duration: 1, groupKey: 'x' } }, 'worker.limit'],
    ['defaultJobOptions', { defaultJobOptions: { attempts: 3 } }, 'defaults in the declaration'],
    ['redis', { redis: 'redis://:secret@127.0.0.1' }, 'connection'],
    ['a slip', { prefx: 'bull' }, 'none of this name'],
  ])('%s is refused by its name, not ignored', (_, more, allowed) => {
    const [option = ''] = Object.keys(more);
    expect(() => createBullEngine({ connection, ...more } as BullEngineOptions)).toThrow(
      expect.objectContaining({
        code: 'SWITCHYARD_INVALID_OPTION',
        option: `${option} of createBullEngine`,
        allowed: expect.stringContaining(allowed),
        message: expect.not.stringContaining('secret'),
      }),
    );
  });

  test.each([
    ['a server', { host: 'h', port: 7, db: 3 }, {}, 'redis://h:7/3/bull'],
    ['a socket', { path: '/tmp/s' }, { prefix: 'p' }, 'redis:///tmp/s/0/p'],
    ['a key prefix', { keyPrefix: 'mine:' }, { prefix: 'p', keyPrefix: 'k' }, 'redis://localhost:6379/0/k'],
    [
      'the master of sentinels, in whatever order',
      { sentinels: [{ host: 'b', port: 2 }, { host: 'a' }], name: 'm', sentinelPassword: 'secret' },
      {},
      'redis-sentinel://a:6379,b:2/m/0/bull',
    ],
  ])('[1] its keyspace names %s, and no secret', async (_, redis, options, keyspace) => {
    const lent = new Redis({ lazyConnect: true, password: 'secret', ...redis });
    const engine = createBullEngine({ connection: lent, ...options });
    expect(engine.keyspace).toBe(keyspace);
    await engine.close();
  });
});
