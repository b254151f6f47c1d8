import { jest } from '@jest/globals';
import { CacheFetchTimeoutError, createCache, type Cache, type CacheEntries } from './index.js';
import { holdable } from './spec-support/held-redis.js';
import { openEndedFetch } from './spec-support/open-ended-fetch.js';
import { patient } from './spec-support/patient.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

const entries = {
  FRESH_ONLY: { ttlSeconds: 10 },
  STALE: { ttlSeconds: 10, staleSeconds: 100 },
  PATIENT: { ttlSeconds: 10, staleSeconds: 100, softTimeoutMs: 50 },
  WAITING: { ttlSeconds: 10, staleSeconds: 100, softTimeoutMs: 60_000 },
  IMPATIENT: { ttlSeconds: 10, fetchTimeoutMs: 20 },
} satisfies CacheEntries;

let redis: RedisOverHttp;
let users = 0;
let userId: string;
let passedMs = 0;
const startMs = Date.now();
beforeAll(async () => {
  redis = await startRedisOverHttp();
});
afterAll(() => redis.stop());
beforeEach(() => {
  userId = `user-${++users}`;
  passedMs = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => startMs + passedMs);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** A cache whose memory sees the same time go by. */
const openCache = (client = redis.connect()): Cache<typeof entries> =>
  createCache({ ...patient, redis: client, entries, monotonicMs: () => passedMs });

/** A cache, and a promise of when Redis has taken its next write. */
function openCacheSeen() {
  const { redis: client, holdReply } = holdable(redis.connect());
  const nextWrite = () => {
    const { isReached, release } = holdReply('SET');
    release();
    return isReached;
  };
  return { cache: openCache(client), nextWrite };
}

const anythingThrown: [name: string, thrown: unknown][] = [
  ['an error', new RangeError('mine')],
  ['a text', 'mine'],
  ['nothing', undefined],
];
const failing = () => Promise.reject(new Error('the origin is down'));

describe('an expired value', () => {
  it('is a miss where the entry may not be stale', async () => {
    const mine = openCache().forUser(userId);
    await mine.set('FRESH_ONLY', 'old');
    passedMs = 9_999;
    expect(await mine.get('FRESH_ONLY')).toBe('old');
    passedMs = 10_000;
    expect(await mine.get('FRESH_ONLY')).toBeUndefined();
    expect(await openCache().forUser(userId).get('FRESH_ONLY')).toBeUndefined();
  });

  it.each(['memory', 'Redis'])(
    'is served from %s where it may be stale, until it is stale too',
    async (tier) => {
      const writer = openCache().forUser(userId);
      await writer.set('STALE', 'old');
      const cache = tier === 'memory' ? writer : openCache().forUser(userId);
      passedMs = 10_000;
      expect(await cache.get('STALE')).toBe('old');
      expect(await cache.getMany(['STALE'])).toEqual(['old']);
      expect(await cache.exists('STALE')).toBe(false);
      passedMs = 109_999;
      expect(await cache.get('STALE')).toBe('old');
      passedMs = 110_000;
      expect(await cache.get('STALE')).toBeUndefined();
      expect(await cache.getMany(['STALE'])).toEqual([undefined]);
    },
  );

  it('is answered at once, and fetched behind, once however many ask', async () => {
    const { cache, nextWrite } = openCacheSeen();
    const mine = cache.forUser(userId);
    await mine.set('STALE', 'old');
    passedMs = 10_000;
    const { fetch, end, calls } = openEndedFetch();
    expect(await Promise.all([1, 2, 3].map(() => mine.getOrSet('STALE', fetch)))).toEqual([
      'old',
      'old',
      'old',
    ]);
    expect(await mine.getOrSet('STALE', fetch)).toBe('old');
    expect(calls()).toBe(1);
    const written = nextWrite();
    end('new');
    await written;
    expect(await openCache().forUser(userId).get('STALE')).toBe('new');
  });

  it('is answered at once, too, when the fetch behind outlasts the trust in memory', async () => {
    const mine = openCache().forUser(userId);
    await mine.set('STALE', 'old');
    passedMs = 10_000;
    const { fetch, end, calls } = openEndedFetch();
    await mine.getOrSet('STALE', fetch);
    passedMs = 20_000;
    expect(await mine.getOrSet('STALE', fetch)).toBe('old');
    expect(calls()).toBe(1);
    end('new');
  });

  it('is answered instead of an error of the fetch', async () => {
    const cache = openCache();
    const mine = cache.forUser(userId);
    await mine.set('PATIENT', 'old');
    passedMs = 10_000;
    expect(await mine.getOrSet('PATIENT', failing)).toBe('old');
    expect(cache.stats()).toMatchObject({ failedFetches: 1, reads: { stale: 1 } });
  });

  it('does not stand back in memory once it was deleted during a failing fetch', async () => {
    const mine = openCache().forUser(userId);
    await mine.set('PATIENT', 'old');
    passedMs = 10_000;
    await mine.getOrSet('PATIENT', async () => {
      await mine.delete('PATIENT');
      throw new Error('the origin is down');
    });
    expect(await mine.get('PATIENT')).toBeUndefined();
  });

  it('gives way to what is fetched within the soft time-out', async () => {
    const mine = openCache().forUser(userId);
    await mine.set('WAITING', 'old');
    passedMs = 10_000;
    expect(await mine.getOrSet('WAITING', () => 'new')).toBe('new');
  });

  it('is not waited for longer than the soft time-out', async () => {
    const { cache, nextWrite } = openCacheSeen();
    const mine = cache.forUser(userId);
    await mine.set('PATIENT', 'old');
    passedMs = 10_000;
    const { fetch, end } = openEndedFetch();
    expect(await mine.getOrSet('PATIENT', fetch)).toBe('old');
    const written = nextWrite();
    end('new');
    await written;
    expect(await openCache().forUser(userId).get('PATIENT')).toBe('new');
  });

  it('is found alike by get and getMany where memory alone has it', async () => {
    const trusting = createCache({ ...patient, redis: redis.connect(), entries, monotonicMs: () => 0 });
    await trusting.forUser(userId).set('STALE', 'old');
    await redis.inside.del(`cache:${userId}:STALE`);
    passedMs = 10_000;
    expect(await trusting.forUser(userId).get('STALE')).toBe('old');
    expect(await trusting.forUser(userId).getMany(['STALE'])).toEqual(['old']);
  });

  it('is replaced by what another process fetched meanwhile', async () => {
    const mine = openCache().forUser(userId);
    await mine.set('STALE', 'old');
    passedMs = 10_000;
    await openCache().forUser(userId).set('STALE', 'new');
    expect(await mine.getOrSet('STALE', failing)).toBe('new');
  });
});

describe('a failing fetch', () => {
  it('fails for all who wait, once, and is not cached', async () => {
    const mine = openCache().forUser(userId);
    let fetches = 0;
    const fetch = async () => {
      fetches++;
      return failing();
    };
    const ends = await Promise.allSettled([1, 2, 3].map(() => mine.getOrSet('STALE', fetch)));
    expect(ends.map((end) => end.status === 'rejected' && (end.reason as Error).message)).toEqual(
      Array(3).fill('the origin is down'),
    );
    expect(fetches).toBe(1);
    expect(await mine.getOrSet('STALE', () => 'value')).toBe('value');
  });

  it.each(anythingThrown)('passes on %s as it is', async (_, thrown) => {
    const mine = openCache().forUser(userId);
    await expect(mine.getOrSet('STALE', () => Promise.reject(thrown))).rejects.toBe(thrown);
    await expect(
      mine.getOrSet('STALE', () => {
        throw thrown;
      }),
    ).rejects.toBe(thrown);
  });

  it.each(anythingThrown)('of %s behind a stale value is counted and bothers nobody', async (_, thrown) => {
    const { cache, nextWrite } = openCacheSeen();
    const mine = cache.forUser(userId);
    await mine.set('STALE', 'old');
    passedMs = 10_000;
    expect(await mine.getOrSet('STALE', () => Promise.reject(thrown))).toBe('old');
    const written = nextWrite();
    expect(await mine.getOrSet('STALE', () => 'new')).toBe('old');
    await written;
    expect(cache.stats().failedFetches).toBe(1);
  });

  it('that takes too long is given up, and its late result is not kept', async () => {
    const mine = openCache().forUser(userId);
    const { fetch, end } = openEndedFetch();
    let signal: AbortSignal | undefined;
    const waiting = mine.getOrSet('IMPATIENT', (context) => {
      signal = context.signal;
      return fetch();
    });
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_CACHE_FETCH_TIMEOUT', timeoutMs: 20 });
    expect(signal?.reason).toBeInstanceOf(CacheFetchTimeoutError);
    end('late');
    expect(await mine.getOrSet('IMPATIENT', () => 'in time')).toBe('in time');
  });
});
