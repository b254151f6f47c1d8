import { startRestEndpoint, type RestEndpoint } from '@switchyard/local-redis';
import { createHttpRedis, type HttpRedis } from '@switchyard/http-redis';
import { createCache, CacheClosedError, type Cache, type CacheEntries } from './index.js';
import { openEndedFetch } from './spec-support/open-ended-fetch.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

const entries = {
  PROFILE: { ttlSeconds: 60 },
  STALE: { ttlSeconds: 60, staleSeconds: 60 },
} satisfies CacheEntries;

let redis: RedisOverHttp;
let endpoint: RestEndpoint;
let client: HttpRedis;
let nowMs = 0;
let users = 0;
let userId: string;
beforeAll(async () => {
  redis = await startRedisOverHttp();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  nowMs = 0;
  userId = `user-${++users}`;
  endpoint = await startRestEndpoint({ redisUrl: redis.server.url });
  client = createHttpRedis({
    url: endpoint.url,
    token: endpoint.token,
    // Opens early and probes late, so that nothing is tried again for seconds.
    circuit: { failures: 2, firstWaitMs: 60_000, maxWaitMs: 60_000 },
  });
});
afterEach(async () => {
  await client.close();
  await endpoint.stop();
});

const openCache = (): Cache<typeof entries> =>
  createCache({ redis: client, entries, monotonicMs: () => nowMs });

const restart = async () => {
  endpoint = await startRestEndpoint({
    redisUrl: redis.server.url,
    port: endpoint.port,
    token: endpoint.token,
  });
};

describe('without HTTP Redis', () => {
  it('reads are misses, writes are dropped, nothing throws, and all is counted', async () => {
    await endpoint.stop();
    const cache = openCache();
    const mine = cache.forUser(userId);
    expect(await mine.get('PROFILE')).toBeUndefined();
    expect(await mine.getMany(['PROFILE', 'STALE'])).toEqual([undefined, undefined]);
    expect(await mine.exists('PROFILE')).toBe(false);
    expect(await mine.getOrSet('PROFILE', () => 'fetched')).toBe('fetched');
    expect(await mine.set('PROFILE', 'set')).toBe(false);
    const { redisErrors, droppedWrites } = cache.stats();
    expect(redisErrors['ERR_REDIS_UNAVAILABLE']).toBeGreaterThanOrEqual(3);
    expect(droppedWrites).toBe(2);
    expect(cache.health()).toMatchObject({
      state: 'degraded',
      redis: { lastFailure: { code: 'ERR_REDIS_UNAVAILABLE' } },
    });
  });

  it.each(['a new user', 'a user who was here before'])('memory answers what %s fetched', async (who) => {
    const mine = openCache().forUser(userId);
    if (who !== 'a new user') await mine.set(['PROFILE', 'other'], 1);
    await endpoint.stop();
    nowMs = 60_000;
    await mine.getOrSet('PROFILE', () => 'fetched');
    expect(await mine.get('PROFILE')).toBe('fetched');
    nowMs = 65_000;
    expect(await mine.get('PROFILE')).toBeUndefined();
  });

  it('memory is served as stale beyond that where the entry may be stale', async () => {
    const cache = openCache();
    const mine = cache.forUser(userId);
    await mine.set('STALE', 'old');
    await mine.set('PROFILE', 'old');
    await endpoint.stop();
    nowMs = 5000;
    expect(await mine.get('PROFILE')).toBeUndefined();
    expect(await mine.get('STALE')).toBe('old');
    expect(await mine.getMany(['STALE', 'PROFILE'])).toEqual(['old', undefined]);
    expect(await mine.getOrSet('STALE', () => Promise.reject(new Error('the origin is down, too')))).toBe(
      'old',
    );
    expect(cache.stats().reads).toMatchObject({ stale: 3, 'hit-memory': 0 });
  });

  it.each<[name: string, run: (cache: Cache<typeof entries>) => Promise<unknown>]>([
    ['delete', (cache) => cache.forUser(userId).delete('STALE')],
    ['clearUser', (cache) => cache.clearUser(userId)],
  ])('memory does not serve what Redis said was gone, after %s in another process', async (_name, run) => {
    const mine = openCache().forUser(userId);
    await mine.set('STALE', 'old');
    await run(openCache());
    nowMs = 5000;
    expect(await mine.get('STALE')).toBeUndefined();
    await endpoint.stop();
    expect(await mine.get('STALE')).toBeUndefined();
  });

  it.each<[name: string, run: (cache: Cache<typeof entries>) => Promise<unknown>, answer: unknown]>([
    ['delete', (cache) => cache.forUser(userId).delete('STALE'), false],
    ['clearUser', (cache) => cache.clearUser(userId), false],
    ['deleteByTag', (cache) => cache.deleteByTag('tag'), false],
    [
      'deletePattern',
      (cache) => cache.forUser(userId).deletePattern('STALE*'),
      { removed: 0, isComplete: false },
    ],
  ])('%s takes effect here at once, and says that Redis did not take it', async (_name, run, answer) => {
    const cache = openCache();
    const mine = cache.forUser(userId);
    await mine.set('STALE', 'old', 60, { tags: ['tag'] });
    await endpoint.stop();
    while (cache.health().state === 'ok') await mine.get('PROFILE');
    const invalidating = run(cache);
    expect(await mine.get('STALE')).toBeUndefined();
    expect(await invalidating).toEqual(answer);
    expect(await mine.get('STALE')).toBeUndefined();
  });

  it('warming says of each value that it was not stored', async () => {
    await endpoint.stop();
    const report = await openCache()
      .forUser(userId)
      .warm([{ key: 'PROFILE', fetch: () => 1 }]);
    expect(report).toMatchObject({ warmed: 0, failed: [{ reason: { code: 'ERR_CACHE_WRITE_DROPPED' } }] });
  });

  it('it goes on where it was when Redis is back', async () => {
    const probing = createHttpRedis({
      url: endpoint.url,
      token: endpoint.token,
      circuit: { firstWaitMs: 1, maxWaitMs: 1 },
    });
    const cache = createCache({ redis: probing, entries, monotonicMs: () => nowMs });
    const mine = cache.forUser(userId);
    await mine.set('PROFILE', 'kept');
    await endpoint.stop({ isGraceful: false });
    nowMs = 5000;
    expect(await mine.get('PROFILE')).toBeUndefined();
    await restart();
    let value: unknown;
    while (value === undefined) value = await mine.get('PROFILE');
    expect(value).toBe('kept');
    expect(await mine.set('PROFILE', 'new')).toBe(true);
    expect(cache.health().state).toBe('ok');
    await probing.close();
  });
});

describe('with an HTTP Redis that fails', () => {
  it('a wrong token is a miss', async () => {
    const wrong = createHttpRedis({ url: endpoint.url, token: 'wrong' });
    const cache = createCache({ redis: wrong, entries });
    expect(await cache.forUser(userId).getOrSet('PROFILE', () => 1)).toBe(1);
    expect(cache.stats().redisErrors).toEqual({ ERR_REDIS_AUTH: 1 });
    await wrong.close();
  });

  it('one that answers too late is a miss', async () => {
    endpoint.setFaults({ latencyMs: 500 });
    const cache = createCache({ redis: client, entries, timeoutMs: 20 });
    expect(await cache.forUser(userId).getOrSet('PROFILE', () => 1)).toBe(1);
    expect(cache.stats().redisErrors['ERR_REDIS_TIMEOUT']).toBeGreaterThanOrEqual(1);
    endpoint.setFaults({});
  });

  it('a write that Redis refuses is dropped and counted', async () => {
    const limited = createCache({ redis: client, entries, compressAboveBytes: Infinity });
    await redis.inside.config('SET', 'maxmemory', '1');
    try {
      expect(await limited.forUser(userId).set('PROFILE', 'x')).toBe(false);
      expect(limited.stats().redisErrors).toEqual({ ERR_REDIS_COMMAND: 1 });
    } finally {
      await redis.inside.config('SET', 'maxmemory', '0');
    }
  });

  it('a key of another type is a miss, and is replaced', async () => {
    await redis.inside.lpush(`cache:${userId}:PROFILE`, 'not a string');
    const mine = openCache().forUser(userId);
    expect(await mine.getOrSet('PROFILE', () => 'value')).toBe('value');
    expect(await openCache().forUser(userId).get('PROFILE')).toBe('value');
  });
});

describe('a cache that was closed', () => {
  it('has written what was set, refuses, and leaves the client that was lent open', async () => {
    const cache = openCache();
    const mine = cache.forUser(userId);
    const writing = mine.set('PROFILE', 1);
    const { fetch, end } = openEndedFetch();
    const fetching = mine.getOrSet(['PROFILE', 'late'], fetch);
    await cache.close();
    expect(await redis.inside.exists(`cache:${userId}:PROFILE`)).toBe(1);
    expect(await writing).toBe(true);
    end('late');
    expect(await fetching).toBe('late');
    for (const call of [
      () => mine.get('PROFILE'),
      () => mine.getMany(['PROFILE']),
      () => mine.set('PROFILE', 1),
      () => mine.getOrSet('PROFILE', () => 1),
      () => mine.delete('PROFILE'),
      () => mine.deletePattern('PROFILE'),
      () => cache.clearUser(userId),
      () => cache.deleteByTag('tag'),
    ])
      await expect(call()).rejects.toBeInstanceOf(CacheClosedError);
    expect(cache.health().state).toBe('closed');
    expect(cache.stats().memory.entries).toBe(0);
    expect(await client.command(['PING'])).toBe('PONG');
  });
});
