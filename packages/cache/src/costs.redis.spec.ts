import { createCache, type Cache, type CacheEntries, type CacheOptions } from './index.js';
import { patient } from './spec-support/patient.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

const entries = {
  PROFILE: { ttlSeconds: 60 },
  LIST: { ttlSeconds: 60, tags: ['lists'] },
} satisfies CacheEntries;

let redis: RedisOverHttp;
let user = 0;
beforeAll(async () => {
  redis = await startRedisOverHttp();
});
afterAll(() => redis.stop());

/** Each case has a user, and caches, of its own. */
function lab(options: Partial<CacheOptions<typeof entries>> = {}) {
  const userId = `user-${++user}`;
  const open = (): Cache<typeof entries> =>
    createCache({ ...patient, memoryTtlSeconds: 300, redis: redis.connect(), entries, ...options });
  return { userId, open, mine: (cache: Cache<typeof entries>) => cache.forUser(userId) };
}

/** A user whom Redis knows a generation of, as of everybody who has been here in the last days. */
async function knownUser() {
  const { userId, open, mine } = lab();
  await mine(open()).set('PROFILE', 'warm');
  await open().forUser(userId).delete('PROFILE');
  return { userId, open, mine };
}

describe('what a cache costs in billed commands', () => {
  it('a read from memory: none', async () => {
    const { open, mine } = lab();
    const cache = mine(open());
    await cache.set('PROFILE', { name: 'Ada' });
    expect(await redis.billed(() => cache.get('PROFILE'))).toBe(0);
    expect(await redis.billed(() => cache.getOrSet('PROFILE', fail))).toBe(0);
  });

  it('a read from Redis: one', async () => {
    const { open, mine } = lab();
    await mine(open()).set('PROFILE', { name: 'Ada' });
    expect(await redis.billed(() => mine(open()).get('PROFILE'))).toBe(1);
    expect(await redis.billed(() => mine(open()).getOrSet('PROFILE', fail))).toBe(1);
    expect(await redis.billed(() => mine(open()).exists('PROFILE'))).toBe(1);
  });

  it('a miss: two', async () => {
    const { open, mine } = await knownUser();
    expect(await redis.billed(() => mine(open()).getOrSet('PROFILE', () => 1))).toBe(2);
  });

  it('a miss of nobody in particular: two', async () => {
    const { open } = lab();
    expect(await redis.billed(() => open().getOrSet(['PROFILE', ++user], () => 1))).toBe(2);
  });

  it('the first miss of a user: three, since the user gets a generation', async () => {
    const { open, mine } = lab();
    expect(await redis.billed(() => mine(open()).getOrSet('PROFILE', () => 1))).toBe(3);
  });

  it('many first misses of a user at once share the generation', async () => {
    const { open, mine } = lab();
    const cache = mine(open());
    const cost = await redis.billed(() =>
      Promise.all([1, 2, 3, 4, 5].map((part) => cache.getOrSet(['PROFILE', part], () => part))),
    );
    expect(cost).toBe(11);
    expect(await mine(open()).getMany([1, 2, 3, 4, 5].map((part) => ['PROFILE', part]))).toEqual([
      1, 2, 3, 4, 5,
    ]);
  });

  it('1000 callers of one cold key: one fetch, two', async () => {
    const { open, mine } = await knownUser();
    const cache = mine(open());
    let fetches = 0;
    const cost = await redis.billed(async () => {
      const values = await Promise.all(
        Array.from({ length: 1000 }, () => cache.getOrSet('PROFILE', () => ++fetches)),
      );
      expect(new Set(values)).toEqual(new Set([1]));
    });
    expect([fetches, cost]).toEqual([1, 2]);
  });

  it('1000 callers of get at once: one', async () => {
    const { open, mine } = await knownUser();
    const cache = mine(open());
    expect(
      await redis.billed(() => Promise.all(Array.from({ length: 1000 }, () => cache.get('PROFILE')))),
    ).toBe(1);
  });

  it('many keys: one MGET for those that are not in memory, and none when all are', async () => {
    const { open, mine } = lab();
    const keys = Array.from({ length: 50 }, (_, part) => ['PROFILE', part] as const);
    const writer = mine(open());
    for (const key of keys) await writer.set(key, key[1]);
    const cache = mine(open());
    await cache.get(['PROFILE', 7]);
    expect(await redis.billed(() => cache.getMany(keys))).toBe(1);
    expect(await redis.billed(() => cache.getMany(keys))).toBe(0);
  });

  it('a set: one, and one more for a user of whom nothing was asked lately', async () => {
    const { open, mine } = await knownUser();
    const cache = mine(open());
    expect(await redis.billed(() => cache.set('PROFILE', 1))).toBe(2);
    expect(await redis.billed(() => cache.set('PROFILE', 2))).toBe(1);
  });

  it('many sets at once for such a user: one each, and one', async () => {
    const { open, mine } = await knownUser();
    const cache = mine(open());
    const sets = () => Promise.all([1, 2, 3, 4, 5].map((part) => cache.set(['PROFILE', part], part)));
    expect(await redis.billed(sets)).toBe(6);
    expect(await mine(open()).getMany([1, 5].map((part) => ['PROFILE', part]))).toEqual([1, 5]);
  });

  it('a delete: one', async () => {
    const { open, mine } = await knownUser();
    expect(await redis.billed(() => mine(open()).delete('PROFILE'))).toBe(1);
  });

  it('clearing a user: one, however many entries', async () => {
    const { open, mine, userId } = lab();
    const cache = open();
    for (let part = 0; part < 20; part++) await mine(cache).set(['PROFILE', part], part);
    expect(await redis.billed(() => cache.clearUser(userId))).toBe(1);
    expect(
      await mine(open()).getMany([
        ['PROFILE', 1],
        ['PROFILE', 19],
      ]),
    ).toEqual([undefined, undefined]);
  });

  it('a tag that the entry declares: nothing more to read, one when it is new', async () => {
    const { open, mine } = await knownUser();
    await open().deleteByTag('lists');
    expect(await redis.billed(() => mine(open()).getOrSet('LIST', () => [1]))).toBe(2);
    expect(await redis.billed(() => mine(open()).get('LIST'))).toBe(1);
  });

  it('tags of the call: nothing more for who names them, one command for all of them for who does not', async () => {
    const { open, mine } = await knownUser();
    const tags = ['a', 'b', 'c'].map((tag) => `${tag}-${user}`);
    await open().deleteByTag(tags);
    expect(await redis.billed(() => mine(open()).getOrSet('PROFILE', () => 1, { tags }))).toBe(2);
    expect(await redis.billed(() => mine(open()).getOrSet('PROFILE', fail, { tags }))).toBe(1);
    expect(await redis.billed(() => mine(open()).get('PROFILE'))).toBe(2);
  });

  it('deleting by tag: one a tag', async () => {
    const { open } = lab();
    expect(await redis.billed(() => open().deleteByTag(['x', 'y']))).toBe(2);
  });

  it('deleting by pattern: one SCAN for 500 keys of Redis, one UNLINK for a batch that has some', async () => {
    const { open, mine } = lab();
    const cache = mine(open());
    for (let part = 0; part < 3; part++) await cache.set(['PROFILE', part], part);
    const total = await redis.inside.dbsize();
    const cost = await redis.billed(() => cache.deletePattern('PROFILE:*'));
    expect(cost).toBeLessThanOrEqual(Math.ceil(total / 500) + 2);
  });

  it('memory that is not trusted any more: one, however many callers', async () => {
    let nowMs = 0;
    const { open, mine } = lab({ memoryTtlSeconds: 5, monotonicMs: () => nowMs });
    const cache = mine(open());
    await cache.set('PROFILE', 1);
    nowMs = 4999;
    expect(await redis.billed(() => cache.get('PROFILE'))).toBe(0);
    nowMs = 5000;
    const callers = () =>
      Promise.all(
        Array.from({ length: 100 }, () =>
          Promise.all([cache.get('PROFILE'), cache.getOrSet('PROFILE', fail)]),
        ),
      );
    expect(await redis.billed(callers)).toBe(1);
    expect(await redis.billed(callers)).toBe(0);
  });
});

function fail(): never {
  throw new Error('nothing is to be fetched');
}
