import { randomBytes } from 'node:crypto';
import { cacheEntry, createCache } from './index.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

const entries = { EXPORT: cacheEntry<string>(), VAULT: cacheEntry<string>({ isSensitive: true }) };
const encryptionKeys = [{ id: 'now', secret: randomBytes(32) }];

let redis: RedisOverHttp;

beforeAll(async () => {
  redis = await startRedisOverHttp();
});
afterEach(() => redis.inside.flushall());
afterAll(() => redis.stop());

/** A process of its own. Nothing here is about how fast a large request is. */
const aCache = (maxEntryBytes?: number) =>
  createCache({ redis: redis.connect(), entries, encryptionKeys, maxEntryBytes, timeoutMs: 30_000 });

type Opened = ReturnType<typeof aCache>;

/** Text that no compression makes shorter. */
const noise = (characters: number) =>
  randomBytes(Math.ceil((characters * 3) / 4))
    .toString('base64')
    .slice(0, characters);
const prose = (characters: number) =>
  'Die Analytische Maschine webt Muster. '.repeat(Math.ceil(characters / 38)).slice(0, characters);

describe('a value of 9.9 MB', () => {
  test('that cannot be compressed is written and read as it is', async () => {
    const value = noise(9_900_000);
    const cache = aCache();
    expect(await cache.getOrSet('EXPORT', () => value)).toBe(value);
    expect(await redis.inside.strlen('cache::EXPORT')).toBeLessThan(9_901_000);
    expect((await aCache().get('EXPORT')) === value).toBe(true);
    expect(cache.stats()).toMatchObject({ droppedWrites: 0, oversizedValues: 0, redisErrors: {} });
  });

  test.each(['EXPORT', 'VAULT'] as const)('that can takes little room, as %s', async (name) => {
    const value = prose(9_900_000);
    expect(await aCache().forUser('ada').set(name, value)).toBe(true);
    expect(await redis.inside.strlen(`cache:ada:${name}`)).toBeLessThan(500_000);
    expect((await aCache().forUser('ada').get(name)) === value).toBe(true);
  });

  test('is not cached in Redis where base64 makes it too long, and answered all the same', async () => {
    const value = noise(9_900_000).replaceAll('A', '\u00e9');
    const cache = aCache(7_000_000);
    expect((await cache.forUser('ada').getOrSet('VAULT', () => value)) === value).toBe(true);
    expect(await redis.inside.exists('cache:ada:VAULT')).toBe(0);
    expect(cache.stats()).toMatchObject({ oversizedValues: 1, redisErrors: {} });
    expect((await cache.forUser('ada').get('VAULT')) === value).toBe(true);
  });
});

describe('a value that is still being compressed', () => {
  const value = prose(9_900_000);

  test.each([
    ['deleted', (cache: Opened) => cache.forUser('ada').delete('EXPORT')],
    ['cleared with its user', (cache: Opened) => cache.clearUser('ada')],
  ])('is not found any more once it was %s', async (_, invalidate) => {
    const cache = aCache();
    const setting = cache.forUser('ada').set('EXPORT', value);
    await invalidate(cache);
    await setting;
    expect(await cache.forUser('ada').get('EXPORT')).toBeUndefined();
    expect(await aCache().forUser('ada').get('EXPORT')).toBeUndefined();
  });

  test('does not outlast what was set after it', async () => {
    const cache = aCache();
    const setting = cache.forUser('ada').set('EXPORT', value);
    expect(await cache.forUser('ada').set('EXPORT', 'small')).toBe(true);
    await setting;
    expect(await cache.forUser('ada').get('EXPORT')).toBe('small');
    expect(await aCache().forUser('ada').get('EXPORT')).toBe('small');
  });
});

describe('a value of 11 MB', () => {
  test('that cannot be compressed is answered, and not sent, for what a miss costs', async () => {
    const value = noise(11_000_000);
    const cache = aCache();
    let answered: unknown;
    expect(await redis.billed(async () => (answered = await cache.getOrSet('EXPORT', () => value)))).toBe(2);
    expect(answered === value).toBe(true);
    expect(cache.stats()).toMatchObject({ oversizedValues: 1, redisErrors: {} });
    expect(await cache.set('EXPORT', value)).toBe(false);
    expect(await aCache().get('EXPORT')).toBeUndefined();
  });

  test('that the endpoint refuses is a dropped write, counted, and disturbs nobody', async () => {
    const value = noise(11_000_000);
    const cache = aCache(20_000_000);
    const [large, small] = await Promise.all([
      cache.getOrSet('EXPORT', () => value),
      cache.forUser('ada').getOrSet('EXPORT', () => 'small'),
    ]);
    expect([large === value, small]).toEqual([true, 'small']);
    expect(cache.stats()).toMatchObject({ droppedWrites: 1, redisErrors: { ERR_REDIS_COMMAND: 1 } });
    expect(cache.health().state).toBe('ok');
    expect(await aCache().get('EXPORT')).toBeUndefined();
    expect(await aCache().forUser('ada').get('EXPORT')).toBe('small');
  });

  test('that takes the place of a small one does not leave that behind', async () => {
    const cache = aCache();
    await cache.set('EXPORT', 'small');
    expect(await cache.set('EXPORT', noise(11_000_000))).toBe(false);
    expect(await aCache().get('EXPORT')).toBeUndefined();
  });
});

test('a thousand values are read in one command, however long they are together', async () => {
  const cache = aCache();
  const ids = Array.from({ length: 1000 }, (_, index) => ['EXPORT', index] as const);
  await Promise.all(ids.map((id) => cache.set(id, noise(2_000))));
  const other = aCache();
  let values: unknown[] = [];
  expect(await redis.billed(async () => (values = await other.getMany(ids)))).toBe(1);
  expect(values.filter((value) => typeof value === 'string')).toHaveLength(1000);
});
