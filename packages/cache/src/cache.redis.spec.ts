import {
  ANY,
  cacheEntry,
  createCache,
  InvalidCacheKeyError,
  InvalidCacheOptionError,
  UncacheableValueError,
  type CacheEntries,
  type CacheOptions,
  type StandardSchema,
} from './index.js';
import { patient } from './spec-support/patient.js';
import { redis, userId } from './spec-support/redis-and-user.js';

interface Contact {
  readonly name: string;
}

const isContacts: StandardSchema<Contact[]> = {
  '~standard': {
    version: 1,
    vendor: 'spec',
    validate: (value) =>
      Array.isArray(value) && value.every((contact) => typeof (contact as Contact).name === 'string')
        ? {}
        : { issues: [{ message: 'no contacts' }] },
  },
};

const entries = {
  PROFILE: { ttlSeconds: 60 },
  CONTACTS: cacheEntry<Contact[]>({ ttlSeconds: 60 }),
  CHECKED: { ttlSeconds: 60, schema: isContacts },
  DEFAULT: {},
};

const openCache = () => createCache({ ...patient, redis: redis.connect(), entries });
const openView = () => openCache().forUser(userId);

describe('values', () => {
  it.each([null, false, 0, '', [], {}, 'text\nof two lines', { deep: [{ a: '\u0000 ☺ 🎈 \ud83d' }] }])(
    '%j is a value, from memory and from Redis',
    async (value) => {
      const view = openView();
      expect(await view.get('PROFILE')).toBeUndefined();
      expect(await view.set('PROFILE', value)).toBe(true);
      for (const reader of [view, openView()]) {
        expect(await reader.get('PROFILE')).toEqual(value);
        expect(await reader.exists('PROFILE')).toBe(true);
        expect(await reader.getOrSet('PROFILE', () => 'fetched')).toEqual(value);
        expect(await reader.getMany(['PROFILE', 'DEFAULT'])).toEqual([value, undefined]);
      }
    },
  );

  it('are copies: what a caller does to his reaches nobody else', async () => {
    const view = openView();
    const fetched = await Promise.all(
      [1, 2].map(() => view.getOrSet('CONTACTS', () => [{ name: 'Ada' }] as { name: string }[])),
    );
    for (const contacts of fetched) (contacts[0] as { name: string }).name = 'changed';
    expect(await view.get('CONTACTS')).toEqual([{ name: 'Ada' }]);
  });

  it('are what JSON makes of them, also for who fetched them', async () => {
    const since = new Date(0);
    expect(await openView().getOrSet('PROFILE', () => ({ since, none: undefined }))).toEqual({
      since: since.toISOString(),
    });
  });

  it.each([undefined, 1n, () => 1, new Map()])('%p is refused, and nothing is cached', async (value) => {
    const view = openView();
    await expect(view.set('PROFILE', value)).rejects.toBeInstanceOf(UncacheableValueError);
    await expect(view.getOrSet('PROFILE', () => value)).rejects.toBeInstanceOf(UncacheableValueError);
    expect(await view.get('PROFILE')).toBeUndefined();
    expect(await redis.inside.keys(`cache:${userId}:*`)).toEqual([]);
  });

  it('that do not fit their schema any more are a miss, counted', async () => {
    const untyped = createCache({ redis: redis.connect(), entries: { CHECKED: {} } });
    await untyped.forUser(userId).set('CHECKED', [{ title: 'of an earlier release' }]);
    const cache = openCache();
    expect(await cache.forUser(userId).get('CHECKED')).toBeUndefined();
    expect(cache.stats().entryFaults).toEqual({ unfit: 1 });
    await cache.forUser(userId).set('CHECKED', [{ name: 'Ada' }]);
    expect(await openView().get('CHECKED')).toEqual([{ name: 'Ada' }]);
  });

  it('have the types that their entries declare', async () => {
    const view = openView();
    await view.set('CONTACTS', [{ name: 'Ada' }]);
    const contacts: readonly Contact[] | undefined = await view.get('CONTACTS');
    expect(contacts).toHaveLength(1);
    const checked: Contact[] = await view.getOrSet('CHECKED', () => [{ name: 'Ada' }]);
    expect(checked).toHaveLength(1);
    // @ts-expect-error: it is a list of contacts
    await view.set('CONTACTS', 'no list');
    // @ts-expect-error: it is a list of contacts
    void (() => view.warm([{ key: 'CONTACTS', fetch: () => 'no list' }]));
    // @ts-expect-error: no such entry
    await expect(view.get('PROFIL')).rejects.toBeInstanceOf(InvalidCacheOptionError);
  });
});

describe('lives', () => {
  const ttlOf = (resource: string) => redis.inside.ttl(`cache:${userId}:${resource}`);

  it('are the caller’s, else the entry’s, else an hour', async () => {
    const view = openView();
    await view.set(['PROFILE', 'mine'], 1, 86_400);
    await view.set(['PROFILE', 'entry'], 1);
    await view.set('DEFAULT', 1);
    await view.getOrSet(['DEFAULT', 'mine'], () => 1, { ttlSeconds: 10 });
    expect(await ttlOf('PROFILE:mine')).toBeGreaterThan(86_390);
    expect(await ttlOf('PROFILE:entry')).toBeGreaterThan(50);
    expect(await ttlOf('PROFILE:entry')).toBeLessThanOrEqual(60);
    expect(await ttlOf('DEFAULT')).toBeGreaterThan(3590);
    expect(await ttlOf('DEFAULT')).toBeLessThanOrEqual(3600);
    expect(await ttlOf('DEFAULT:mine')).toBeLessThanOrEqual(10);
  });

  it.each([0, -1, 1.5, 86_401, NaN, Infinity, '60' as unknown as number])(
    'of %p seconds are refused, wherever they are given',
    async (ttlSeconds) => {
      const view = openView();
      const refused = { code: 'ERR_CACHE_OPTION', option: 'ttlSeconds', value: ttlSeconds };
      await expect(view.set('PROFILE', 1, ttlSeconds)).rejects.toMatchObject(refused);
      await expect(view.getOrSet('PROFILE', () => 1, { ttlSeconds })).rejects.toMatchObject(refused);
      expect(() => createCache({ redis: redis.connect(), entries: { A: { ttlSeconds } } })).toThrow(
        expect.objectContaining({ option: 'entries.A.ttlSeconds' }),
      );
    },
  );
});

describe('options', () => {
  it.each<[options: Partial<CacheOptions<CacheEntries>>, option: string]>([
    [{ prefix: 'a:b' }, 'prefix'],
    [{ memoryTtlSeconds: -1 }, 'memoryTtlSeconds'],
    [{ memoryTtlSeconds: 301 }, 'memoryTtlSeconds'],
    [{ memoryTtlSeconds: NaN }, 'memoryTtlSeconds'],
    [{ memoryMaxBytes: 0 }, 'memoryMaxBytes'],
    [{ memoryMaxEntries: 1.5 }, 'memoryMaxEntries'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ maxEntryBytes: 0 }, 'maxEntryBytes'],
    [{ compressAboveBytes: -1 }, 'compressAboveBytes'],
    [{ entries: { 'a:b': {} } }, 'entries'],
    [{ entries: { A: { staleSeconds: 86_401 } } }, 'entries.A.staleSeconds'],
    [{ entries: { A: { softTimeoutMs: -1 } } }, 'entries.A.softTimeoutMs'],
    [{ entries: { A: { fetchTimeoutMs: 0 } } }, 'entries.A.fetchTimeoutMs'],
    [{ entries: { A: { isSensitive: true } } }, 'entries.A.isSensitive'],
  ])('%j is refused by name', (options, option) => {
    expect(() => createCache({ redis: redis.connect(), entries: {}, ...options })).toThrow(
      expect.objectContaining({ option }),
    );
  });

  it('a tag that is none is refused, before anything is fetched', async () => {
    const tags = [''];
    expect(() => createCache({ redis: redis.connect(), entries: { A: { tags } } })).toThrow(
      InvalidCacheKeyError,
    );
    const cache = openCache();
    const mine = cache.forUser(userId);
    await expect(mine.getOrSet('PROFILE', () => 1, { tags })).rejects.toBeInstanceOf(InvalidCacheKeyError);
    await expect(mine.set('PROFILE', 1, 60, { tags })).rejects.toBeInstanceOf(InvalidCacheKeyError);
    await expect(cache.deleteByTag('')).rejects.toBeInstanceOf(InvalidCacheKeyError);
    expect(cache.stats()).toMatchObject({ failedFetches: 0, redisErrors: {} });
  });

  it('a concurrency that makes no sense is refused', async () => {
    await expect(openView().warm([], { concurrency: 0 })).rejects.toBeInstanceOf(InvalidCacheOptionError);
  });
});

describe('a pattern', () => {
  it('removes what it names, of its view alone', async () => {
    const [mine, theirs] = [openView(), openCache().forUser(`${userId}0`)];
    for (const view of [mine, theirs, openCache()]) {
      await view.set(['PROFILE', 'a*'], 1);
      await view.set(['PROFILE', 'a:b'], 1);
      await view.set('CONTACTS', []);
    }
    expect(await mine.deletePattern(['PROFILE', 'a*'])).toEqual({ removed: 1, isComplete: true });
    expect(await mine.get(['PROFILE', 'a:b'])).toBe(1);
    expect(await mine.deletePattern(['PROFILE', ANY])).toEqual({ removed: 1, isComplete: true });
    expect(await mine.get(['PROFILE', 'a:b'])).toBeUndefined();
    expect(await mine.get('CONTACTS')).toEqual([]);
    for (const view of [theirs, openCache()]) expect(await view.get(['PROFILE', 'a*'])).toBe(1);
    await openCache().deletePattern('PROFILE*');
  });

  it.each(['*', '', '*:PROFILE'])('"%s" is refused', async (pattern) => {
    await expect(openView().deletePattern(pattern)).rejects.toBeInstanceOf(InvalidCacheKeyError);
  });

  it('removes more keys than one SCAN brings', async () => {
    const keys = Array.from({ length: 1200 }, (_, part) => `cache:${userId}:PROFILE:${part}`);
    await redis.inside.mset(keys.flatMap((key) => [key, 'whatever it is']));
    expect(await openView().deletePattern('PROFILE:*')).toEqual({ removed: 1200, isComplete: true });
  });
});

describe('warming', () => {
  it('fetches what is missing, a few at a time, and reports', async () => {
    const view = openView();
    await view.set(['PROFILE', 0], 'there');
    let atOnce = 0;
    let mostAtOnce = 0;
    const fetch = async () => {
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 1));
      atOnce--;
      return 'fetched';
    };
    const failing = () => Promise.reject(new Error('no'));
    const tasks = [
      ...Array.from({ length: 20 }, (_, part) => ({ key: ['PROFILE', part] as const, fetch })),
      { key: 'CONTACTS' as const, fetch: failing },
    ];
    const report = await view.warm(tasks, { concurrency: 3 });
    expect(report).toEqual({ warmed: 19, skipped: 1, failed: [{ task: 20, reason: new Error('no') }] });
    expect(mostAtOnce).toBe(3);
    expect(await openView().get(['PROFILE', 19])).toBe('fetched');
  });
});
