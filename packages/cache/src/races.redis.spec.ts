import { createCache, type Cache, type CacheEntries } from './index.js';
import { holdable, type HeldRedis } from './spec-support/held-redis.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

const entries = { PROFILE: { ttlSeconds: 60, tags: ['profiles'] } } satisfies CacheEntries;
type Entries = typeof entries;

let redis: RedisOverHttp;
let users = 0;
let userId: string;
beforeAll(async () => {
  redis = await startRedisOverHttp();
});
afterAll(() => redis.stop());
beforeEach(() => {
  userId = `user-${++users}`;
});

const openCache = (): Cache<Entries> => createCache({ redis: redis.connect(), entries });
/** What another process sees, which has nothing in memory. */
const inRedis = () => openCache().forUser(userId).get('PROFILE');

interface HeldCache extends HeldRedis {
  readonly cache: Cache<Entries>;
}
function openHeldCache(): HeldCache {
  const held = holdable(redis.connect());
  return { ...held, cache: createCache({ redis: held.redis, entries }) };
}

/** A fetch that ends when the spec says so. */
function openEndedFetch() {
  let end: (value: string) => void = () => undefined;
  let begin: () => void = () => undefined;
  const hasBegun = new Promise<void>((resolve) => (begin = resolve));
  const result = new Promise<string>((resolve) => (end = resolve));
  const fetch = () => {
    begin();
    return result;
  };
  return { fetch, hasBegun, end };
}

const invalidations: [
  name: string,
  run: (cache: Cache<Entries>) => Promise<unknown>,
  left: string | undefined,
  lastCommand: string,
][] = [
  ['delete', (cache) => cache.forUser(userId).delete('PROFILE'), undefined, 'UNLINK'],
  ['deletePattern', (cache) => cache.forUser(userId).deletePattern('PROF*'), undefined, 'SCAN'],
  ['clearUser', (cache) => cache.clearUser(userId), undefined, 'SET'],
  ['deleteByTag', (cache) => cache.deleteByTag('profiles'), undefined, 'SET'],
  ['set', (cache) => cache.forUser(userId).set('PROFILE', 'newer'), 'newer', 'SET'],
];

describe.each(invalidations)('%s', (_name, invalidate, left, lastCommand) => {
  it('is not overwritten by a fetch that began before', async () => {
    const cache = openCache();
    const { fetch, hasBegun, end } = openEndedFetch();
    const waiting = [1, 2, 3].map(() => cache.forUser(userId).getOrSet('PROFILE', fetch));
    await hasBegun;
    await invalidate(cache);
    end('older');

    expect(await Promise.all(waiting)).toEqual(['older', 'older', 'older']);
    expect(await cache.forUser(userId).get('PROFILE')).toBe(left);
    expect(await inRedis()).toBe(left);
    expect(cache.stats().discardedRefreshes).toBe(1);
  });

  it('is not overwritten by a write that was already on its way', async () => {
    const { cache, holdRequest } = openHeldCache();
    const write = holdRequest('SET');
    const waiting = cache.forUser(userId).getOrSet('PROFILE', () => 'older');
    await write.isReached;
    const invalidated = invalidate(cache);
    write.release();

    expect(await waiting).toBe('older');
    await invalidated;
    expect(await cache.forUser(userId).get('PROFILE')).toBe(left);
    expect(await inRedis()).toBe(left);
  });

  it('is not overwritten by a fetch that ends while it is under way', async () => {
    const { cache, holdReply } = openHeldCache();
    await cache.forUser(userId).exists('PROFILE');
    const { fetch, hasBegun, end } = openEndedFetch();
    const waiting = cache.forUser(userId).getOrSet('PROFILE', fetch);
    await hasBegun;
    const invalidating = holdReply(lastCommand);
    const invalidated = invalidate(cache);
    await invalidating.isReached;
    end('older');
    await waiting;
    invalidating.release();
    await invalidated;

    expect(await cache.forUser(userId).get('PROFILE')).toBe(left);
    expect(await inRedis()).toBe(left);
  });

  it('is not undone in memory by a read whose reply comes late', async () => {
    await openCache().forUser(userId).set('PROFILE', 'older');
    const { cache, holdReply } = openHeldCache();
    const read = holdReply('MGET');
    const reading = cache.forUser(userId).get('PROFILE');
    await read.isReached;
    await invalidate(cache);
    read.release();

    expect(await reading).toBe('older');
    expect(await cache.forUser(userId).get('PROFILE')).toBe(left);
  });

  it('is not undone in memory by a read that overtakes it', async () => {
    await openCache().forUser(userId).set('PROFILE', 'older');
    const { cache, holdRequest } = openHeldCache();
    const invalidating = holdRequest(lastCommand);
    const invalidated = invalidate(cache);
    await invalidating.isReached;
    await cache.forUser(userId).getMany(['PROFILE']);
    await cache.forUser(userId).get('PROFILE');
    invalidating.release();
    await invalidated;

    expect(await cache.forUser(userId).get('PROFILE')).toBe(left);
  });

  it('is not undone in memory by a read that overtakes it and is answered after it', async () => {
    await openCache().forUser(userId).set('PROFILE', 'older');
    const { cache, holdRequest, holdReply } = openHeldCache();
    await cache.forUser(userId).exists(['PROFILE', 'so that the generations are known']);
    const invalidating = holdRequest(lastCommand);
    const invalidated = invalidate(cache);
    await invalidating.isReached;
    const read = holdReply('MGET');
    const reading = cache.forUser(userId).getMany([['PROFILE', 'other'], 'PROFILE']);
    await Promise.race([read.isReached, reading]);
    invalidating.release();
    await invalidated;
    read.release();
    await reading;

    expect(await cache.forUser(userId).get('PROFILE')).toBe(left);
  });

  it('lets those who ask afterwards fetch anew, and not join', async () => {
    const cache = openCache();
    const { fetch, hasBegun, end } = openEndedFetch();
    const before = cache.forUser(userId).getOrSet('PROFILE', fetch);
    await hasBegun;
    await invalidate(cache);
    const after = cache.forUser(userId).getOrSet('PROFILE', () => 'newest');
    end('older');

    expect(await before).toBe('older');
    expect(await after).toBe(left ?? 'newest');
    expect(await inRedis()).toBe(left ?? 'newest');
  });
});

describe('across processes', () => {
  const generational = invalidations.filter(([name]) => name === 'clearUser' || name === 'deleteByTag');

  it.each(generational)('%s holds for a fetch that began before in another process', async (_name, run) => {
    const other = openCache();
    const { fetch, hasBegun, end } = openEndedFetch();
    const waiting = other.forUser(userId).getOrSet('PROFILE', fetch);
    await hasBegun;
    await run(openCache());
    end('older');
    await waiting;
    expect(await inRedis()).toBeUndefined();
  });

  it.each(generational)(
    '%s holds for a fetch that began before, in a process that knew the generations',
    async (_name, run) => {
      const other = openCache();
      await other.forUser(userId).set('PROFILE', 'oldest');
      await other.forUser(userId).delete('PROFILE');
      const { fetch, hasBegun, end } = openEndedFetch();
      const waiting = other.forUser(userId).getOrSet('PROFILE', fetch);
      await hasBegun;
      await run(openCache());
      end('older');
      await waiting;
      expect(await inRedis()).toBeUndefined();
    },
  );

  it.each(generational)('%s holds for a write that arrives after it', async (_name, run) => {
    const { cache, holdRequest } = openHeldCache();
    const write = holdRequest('SET');
    const waiting = cache.forUser(userId).getOrSet('PROFILE', () => 'older');
    await write.isReached;
    await run(openCache());
    write.release();
    await waiting;
    expect(await inRedis()).toBeUndefined();
  });

  it('two that write for a new user at once agree on a generation, or lose a write, but never mix', async () => {
    const [a, b] = [openCache(), openCache()];
    await Promise.all([
      a.forUser(userId).getOrSet(['PROFILE', 'a'], () => 'a'),
      b.forUser(userId).getOrSet(['PROFILE', 'b'], () => 'b'),
    ]);
    const [ofA, ofB] = await openCache()
      .forUser(userId)
      .getMany([
        ['PROFILE', 'a'],
        ['PROFILE', 'b'],
      ]);
    expect([ofA, ofB].filter((value) => value !== undefined).length).toBeGreaterThanOrEqual(1);
    // Whoever lost knows better at the next read.
    for (const cache of [a, b]) await cache.forUser(userId).set(['PROFILE', 'again'], 'again');
    expect(await openCache().forUser(userId).get(['PROFILE', 'again'])).toBe('again');
  });

  it.each([0, 1, 5])('memory follows within %s seconds', async (memoryTtlSeconds) => {
    let nowMs = 0;
    const cache = createCache({
      redis: redis.connect(),
      entries,
      memoryTtlSeconds,
      monotonicMs: () => nowMs,
    });
    const mine = cache.forUser(userId);
    await mine.set('PROFILE', 'older');
    await openCache().clearUser(userId);
    if (memoryTtlSeconds > 0) {
      nowMs = memoryTtlSeconds * 1000 - 1;
      expect(await mine.get('PROFILE')).toBe('older');
    }
    nowMs = memoryTtlSeconds * 1000;
    expect(await mine.get('PROFILE')).toBeUndefined();
  });

  it('memory does not trust a slow fetch for longer than from when it asked', async () => {
    let nowMs = 0;
    const cache = createCache({ redis: redis.connect(), entries, monotonicMs: () => nowMs });
    const { fetch, hasBegun, end } = openEndedFetch();
    const waiting = cache.forUser(userId).getOrSet('PROFILE', fetch);
    await hasBegun;
    await openCache().clearUser(userId);
    nowMs = 4000;
    end('older');
    await waiting;
    nowMs = 5000;
    expect(await cache.forUser(userId).get('PROFILE')).toBeUndefined();
  });
});

describe('a generation that Redis loses', () => {
  const generationKey = () => `cache~user:${userId}`;

  it('takes the entries with it, also those of before a clear', async () => {
    const cache = openCache();
    await cache.forUser(userId).set('PROFILE', 'oldest');
    const [writtenBefore] = await redis.inside.keys(`cache:${userId}:*`);
    const text = (await redis.inside.get(writtenBefore as string)) as string;
    await openCache().clearUser(userId);
    await redis.inside.del(generationKey());
    expect(await inRedis()).toBeUndefined();

    // A process that is still about: what it writes brings a generation that nothing was written under.
    await cache.forUser(userId).exists(['PROFILE', 'something']);
    await cache.forUser(userId).set(['PROFILE', 'other'], 'new');
    await redis.inside.set(writtenBefore as string, text);
    expect(await inRedis()).toBeUndefined();
  });

  it('is proposed anew, and never twice the same', async () => {
    const cache = openCache().forUser(userId);
    const seen = new Set<string | null>();
    for (let round = 0; round < 5; round++) {
      await cache.getOrSet(['PROFILE', round], () => round);
      seen.add(await redis.inside.get(generationKey()));
      await redis.inside.del(generationKey());
    }
    expect(seen.size).toBe(5);
  });

  it('outlives every entry', async () => {
    await openCache().forUser(userId).set('PROFILE', 1, 86_400);
    expect(await redis.inside.ttl(generationKey())).toBeGreaterThan(2 * 86_400);
  });
});
