import { createHttpRedisDriver, InvalidCacheOptionError } from './index.js';
import { describeBentoCacheDriver } from './spec-support/driver-suite.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

let redis: RedisOverHttp;
beforeAll(async () => {
  redis = await startRedisOverHttp();
});
afterAll(() => redis.stop());

describe("BentoCache's own suite for drivers", () => {
  const cases = describeBentoCacheDriver((options) =>
    createHttpRedisDriver({ redis: redis.connect(), ...options }),
  );

  it('has all of its cases here', () => {
    expect(cases).toBe(21);
  });
});

describe('the driver of BentoCache', () => {
  it('clears a namespace that reads like a glob, and nothing else', async () => {
    const driver = createHttpRedisDriver({ redis: redis.connect() });
    const globbed = driver.namespace('a*[b]?\\');
    await globbed.set('key', 'mine');
    await driver.namespace('axxbx').set('key', 'kept');
    await globbed.clear();
    expect(await globbed.get('key')).toBeUndefined();
    expect(await driver.namespace('axxbx').get('key')).toBe('kept');
  });

  it.each(['', 'a:b', '*', 'a b', 'x'.repeat(33)])('refuses the prefix "%s"', (prefix) => {
    expect(() => createHttpRedisDriver({ redis: redis.connect(), prefix })).toThrow(InvalidCacheOptionError);
  });

  it('rejects with what HTTP Redis rejects with', async () => {
    const driver = createHttpRedisDriver({ redis: redis.connect({ token: 'wrong' }) });
    await expect(driver.get('key')).rejects.toMatchObject({ code: 'ERR_REDIS_AUTH' });
  });
});
