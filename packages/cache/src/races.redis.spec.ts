import { createCache, type Cache, type CacheEntries } from './index.js';
import { holdable, type HeldRedis } from './spec-support/held-redis.js';
import { openEndedFetch } from './spec-support/open-ended-fetch.js';
import { patient } from './spec-support/patient.js';
import { redis, userId } from './spec-support/redis-and-user.js';

const entries = { PROFILE: { ttlSeconds: 60, tags: ['profiles'] } } satisfies CacheEntries;
type Entries = typeof entries;

const openCache = (): Cache<Entries> => createCache({ ...patient, redis: redis.connect(), entries });
/** What another process sees, which has nothing in memory. */
const inRedis = () => openCache().forUser(userId).get('PROFILE');

interface HeldCache extends HeldRedis {
  readonly cache: Cache<Entries>;
}
function openHeldCache(): HeldCache {
  const held = holdable(redis.connect());
  return { ...held, cache: createCache({ ...patient, redis: held.redis, entries }) };
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

  it('is seen by who reads afterwards, while an older read is still on its way', async () => {
    await openCache().forUser(userId).set('PROFILE', 'older');
    const { cache, holdReply } = openHeldCache();
    const read = holdReply('MGET');
    const reading = cache.forUser(userId).get('PROFILE');
    await read.isReached;
    await invalidate(cache);
    expect(await cache.forUser(userId).get('PROFILE')).toBe(left);
    read.release();
    await reading;
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

  it('lets those who ask afterwards fetch anew, and neither join nor wait', async () => {
    const cache = openCache();
    const { fetch, hasBegun, end } = openEndedFetch();
    const before = cache.forUser(userId).getOrSet('PROFILE', fetch);
    await hasBegun;
    await invalidate(cache);
    expect(await cache.forUser(userId).getOrSet('PROFILE', () => 'newest')).toBe(left ?? 'newest');
    end('older');

    expect(await before).toBe('older');
    expect(await cache.forUser(userId).get('PROFILE')).toBe(left ?? 'newest');
    expect(await inRedis()).toBe(left ?? 'newest');
  });
});

describe('a set', () => {
  it.each(['before', 'after'])(
    'is not undone in memory by a read that began during it and is answered %s its write',
    async (when) => {
      await openCache().forUser(userId).set('PROFILE', 'older');
      const { cache, holdRequest, holdReply } = openHeldCache();
      const asking = holdRequest('MGET');
      const writing = holdRequest('SET');
      const written = cache.forUser(userId).set('PROFILE', 'newer');
      await asking.isReached;
      const read = holdReply('MGET');
      const reading = cache.forUser(userId).get('PROFILE');
      await read.isReached;
      asking.release();
      await writing.isReached;
      if (when === 'after') {
        writing.release();
        await written;
      }
      read.release();
      await reading;
      writing.release();
      await written;

      expect(await cache.forUser(userId).get('PROFILE')).toBe('newer');
    },
  );

  it('of several at once: the last one counts, and what waits before it is not sent', async () => {
    const { cache, holdRequest } = openHeldCache();
    const mine = cache.forUser(userId);
    await mine.exists('PROFILE');
    const writing = holdRequest('SET');
    const first = mine.set('PROFILE', 1);
    await writing.isReached;
    const second = mine.set('PROFILE', 2);
    // Until it waits for its turn.
    await new Promise(setImmediate);
    const third = mine.set('PROFILE', 3);
    writing.release();
    expect(await Promise.all([first, second, third])).toEqual([true, false, true]);
    expect(await mine.get('PROFILE')).toBe(3);
    expect(await inRedis()).toBe(3);
  });
});
