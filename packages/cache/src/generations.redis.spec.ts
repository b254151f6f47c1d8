import { createCache, type Cache, type CacheEntries } from './index.js';
import { holdable } from './spec-support/held-redis.js';
import { openEndedFetch } from './spec-support/open-ended-fetch.js';
import { patient } from './spec-support/patient.js';
import { redis, userId } from './spec-support/redis-and-user.js';

const entries = { PROFILE: { ttlSeconds: 60, tags: ['profiles'] } } satisfies CacheEntries;
type Entries = typeof entries;

const openCache = (): Cache<Entries> => createCache({ ...patient, redis: redis.connect(), entries });
/** What another process sees, which has nothing in memory. */
const inRedis = () => openCache().forUser(userId).get('PROFILE');

describe('across processes', () => {
  const generational: [name: string, run: (cache: Cache<Entries>) => Promise<unknown>][] = [
    ['clearUser', (cache) => cache.clearUser(userId)],
    ['deleteByTag', (cache) => cache.deleteByTag('profiles')],
  ];

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
    const { redis: held, holdRequest } = holdable(redis.connect());
    const cache = createCache({ ...patient, redis: held, entries });
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

  it('what is fetched side by side for a new user is kept, whichever ends first', async () => {
    const mine = openCache().forUser(userId);
    const { fetch, hasBegun, end } = openEndedFetch();
    const slow = mine.getOrSet(['PROFILE', 'slow'], fetch);
    await hasBegun;
    await mine.getOrSet(['PROFILE', 'quick'], () => 'quick');
    end('slow');
    await slow;
    const others = openCache().forUser(userId);
    expect(
      await others.getMany([
        ['PROFILE', 'slow'],
        ['PROFILE', 'quick'],
      ]),
    ).toEqual(['slow', 'quick']);
  });

  it.each(['before', 'during'])(
    'what is set after a clear counts, although a read that began %s it is answered in between',
    async (when) => {
      await openCache().forUser(userId).set('PROFILE', 'older');
      const { redis: held, holdRequest, holdReply } = holdable(redis.connect());
      const cache = createCache({ ...patient, redis: held, entries });
      const clear = holdRequest('SET');
      const read = holdReply('MGET');
      const clearing = when === 'during' ? cache.clearUser(userId) : undefined;
      const reading = cache.forUser(userId).get('PROFILE');
      await read.isReached;
      clear.release();
      await (clearing ?? cache.clearUser(userId));
      read.release();
      await reading;
      await cache.forUser(userId).set('PROFILE', 'newer');
      expect(await inRedis()).toBe('newer');
    },
  );

  it('what is set counts again, at the latest when memory follows, after another process cleared the user', async () => {
    let nowMs = 0;
    const cache = createCache({ ...patient, redis: redis.connect(), entries, monotonicMs: () => nowMs });
    await cache.forUser(userId).set('PROFILE', 'older');
    await openCache().clearUser(userId);
    nowMs = 5000;
    await cache.forUser(userId).set('PROFILE', 'newer');
    expect(await inRedis()).toBe('newer');
  });

  it.each([0, 1, 5])('memory follows within %s seconds', async (memoryTtlSeconds) => {
    let nowMs = 0;
    const cache = createCache({
      ...patient,
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
    const cache = createCache({ ...patient, redis: redis.connect(), entries, monotonicMs: () => nowMs });
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

  it('is not counted on where the write that was to bring it did not arrive', async () => {
    const mine = openCache().forUser(userId);
    await mine.get('PROFILE');
    redis.endpoint.setFaults({ errorShare: 1 });
    expect(await mine.set('PROFILE', 'lost')).toBe(false);
    redis.endpoint.setFaults({});
    expect(await mine.set('PROFILE', 'kept')).toBe(true);
    expect(await inRedis()).toBe('kept');
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
