import { createConnectionPool } from './connection-pool.js';
import { createPoolManager } from './pool-manager.js';

const pool = (name: string, create = async () => ({ name })) =>
  createConnectionPool({ name, create, destroy: () => undefined });

test('tells of all pools, and of what needs none', async () => {
  const pools = createPoolManager({ sms: pool('sms'), 'speech-to-text': pool('speech-to-text') });
  const line = await pools.pool('sms').acquire();
  const stats = pools.getAllStats();
  expect(stats.health).toBe('healthy');
  expect(stats.pools).toMatchObject([
    { name: 'sms', size: 1, borrowed: 1, available: 0, max: 4 },
    { name: 'speech-to-text', size: 0, borrowed: 0, available: 0, max: 4 },
  ]);
  expect(stats.withoutPool).toEqual([
    { name: 'redis', because: 'HTTP Redis needs no pool: it holds no connection' },
  ]);
  pools.pool('sms').release(line);
  await pools.drain();
});

test('is as healthy as the worst of its pools', async () => {
  const pools = createPoolManager({
    sms: pool('sms'),
    'speech-to-text': pool('speech-to-text', () => Promise.reject(new Error('no route'))),
  });
  expect(await pools.checkHealth()).toBe('degraded');
  expect(pools.getAllStats().health).toBe('degraded');
  await pools.drain();
});

test('refuses a pool nobody knows, and names those there are', () => {
  const pools = createPoolManager({ sms: pool('sms') });
  expect(() => pools.pool('redis' as 'sms')).toThrow('name must be one of sms, not "redis"');
});

test('drains all within one limit, and counts what was abandoned', async () => {
  const pools = createPoolManager({ sms: pool('sms'), speech: pool('speech') });
  await pools.pool('sms').acquire();
  expect(await pools.drain({ timeoutMs: 10 })).toEqual({ abandoned: 1 });
});
