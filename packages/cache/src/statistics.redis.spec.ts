import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { CACHE_CHANNEL, createCache, type CacheMessage } from './index.js';
import { patient } from './spec-support/patient.js';
import { redis, userId } from './spec-support/redis-and-user.js';

const entries = { PROFILE: { ttlSeconds: 60 }, CONTACTS: {} };

const openCache = () => createCache({ ...patient, memoryTtlSeconds: 300, redis: redis.connect(), entries });

describe('what is told', () => {
  it('counts reads by how they ended', async () => {
    const cache = openCache();
    const mine = cache.forUser(userId);
    expect(cache.stats().hitRate).toBeNull();
    await mine.get('PROFILE');
    await Promise.all([1, 2, 3].map(() => mine.getOrSet('PROFILE', () => 1)));
    await mine.get('PROFILE');
    await expect(mine.getOrSet('CONTACTS', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const other = openCache();
    await other.forUser(userId).get('PROFILE');
    expect(cache.stats()).toMatchObject({
      reads: { 'hit-memory': 1, 'hit-http': 0, stale: 0, joined: 2, miss: 2, failed: 1 },
      hitRate: 0.5,
      failedFetches: 1,
      droppedWrites: 0,
      memory: { entries: 1, evictions: 0 },
    });
    expect(other.stats().reads).toMatchObject({ 'hit-http': 1 });
  });

  it('counts what memory had to let go', async () => {
    const cache = createCache({ ...patient, redis: redis.connect(), entries, memoryMaxEntries: 2 });
    for (const part of [1, 2, 3]) await cache.forUser(userId).set(['PROFILE', part], 'x'.repeat(100));
    const { memory } = cache.stats();
    expect(memory).toMatchObject({ entries: 2, evictions: 1 });
    expect(memory.bytes).toBeGreaterThan(400);
  });

  it('does not keep in memory what is too large for it', async () => {
    const cache = createCache({ ...patient, redis: redis.connect(), entries, memoryMaxBytes: 10_000 });
    await cache.forUser(userId).set(['PROFILE', 1], 'small');
    await cache.forUser(userId).set(['PROFILE', 2], 'x'.repeat(20_000));
    expect(cache.stats().memory).toMatchObject({ entries: 1, evictions: 0 });
    expect(await cache.forUser(userId).get(['PROFILE', 2])).toHaveLength(20_000);
  });

  it('counts what is too large for Redis, and answers it', async () => {
    const cache = createCache({
      ...patient,
      redis: redis.connect(),
      entries,
      maxEntryBytes: 1000,
      compressAboveBytes: Infinity,
    });
    const value = 'x'.repeat(2000);
    expect(await cache.forUser(userId).getOrSet('PROFILE', () => value)).toBe(value);
    expect(await cache.forUser(userId).get('PROFILE')).toBe(value);
    expect(cache.stats().oversizedValues).toBe(1);
    expect(await openCache().forUser(userId).get('PROFILE')).toBeUndefined();
  });

  it('publishes each operation, with its entry and outcome and no key', async () => {
    const messages: CacheMessage[] = [];
    const listen = (message: unknown) => void messages.push(message as CacheMessage);
    subscribe(CACHE_CHANNEL, listen);
    const cache = openCache();
    const mine = cache.forUser(userId);
    await mine.get('PROFILE');
    await mine.getOrSet(['PROFILE', 'secret'], () => 1);
    await mine.getMany([['PROFILE', 'secret'], 'CONTACTS']);
    await mine.exists('PROFILE');
    await mine.set('PROFILE', 1);
    await mine.delete('PROFILE');
    await mine.deletePattern('PROFILE*');
    await cache.clearUser(userId);
    await cache.deleteByTag('tag');
    unsubscribe(CACHE_CHANNEL, listen);
    await mine.get('PROFILE');
    expect(messages.map(({ operation, entry, outcome }) => [operation, entry, outcome])).toEqual([
      ['get', 'PROFILE', 'miss'],
      ['getOrSet', 'PROFILE', 'miss'],
      ['getMany', 'PROFILE', 'hit-memory'],
      ['getMany', 'CONTACTS', 'miss'],
      ['exists', 'PROFILE', 'miss'],
      ['set', 'PROFILE', 'done'],
      ['delete', 'PROFILE', 'done'],
      ['deletePattern', null, 'done'],
      ['clearUser', null, 'done'],
      ['deleteByTag', null, 'done'],
    ]);
    expect(messages.every(({ durationMs }) => durationMs >= 0)).toBe(true);
    expect(JSON.stringify(messages)).not.toMatch(/user-|secret/);
  });
});
