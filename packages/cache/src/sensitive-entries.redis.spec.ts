import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { cacheEntry, createCache, type CacheOptions } from './index.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

const entries = {
  PROFILE: cacheEntry<Profile>({ isSensitive: true, ttlSeconds: 600, tags: ['profiles'] }),
  THEME: cacheEntry<string>(),
};
interface Profile {
  readonly name: string;
  readonly notes: string;
}
const short: Profile = { name: 'Augusta Ada King-Noel', notes: 'plays the harp' };
const long: Profile = { ...short, notes: 'The Analytical Engine weaves algebraical patterns. '.repeat(400) };

const may = { id: 'may', secret: randomBytes(32).toString('base64') };
const november = { id: 'november', secret: randomBytes(32).toString('hex') };

let redis: RedisOverHttp;

beforeAll(async () => {
  redis = await startRedisOverHttp();
});
afterEach(() => redis.inside.flushall());
afterAll(() => redis.stop());

const aCache = (encryptionKeys: CacheOptions<typeof entries>['encryptionKeys']) =>
  createCache({ redis: redis.connect(), entries, encryptionKeys });
const PROFILE = 'cache:ada:PROFILE';

/** All that Redis holds, as text and with base64 undone. */
async function everythingInRedis(): Promise<string> {
  const keys = await redis.inside.keys('*');
  const texts = await Promise.all(keys.map((key) => redis.inside.get(key)));
  const decoded = texts.flatMap((text) => (text ?? '').split(':').map((part) => Buffer.from(part, 'base64')));
  return [
    ...keys,
    ...texts,
    ...decoded.flatMap((bytes) => [bytes.toString(), bytes.toString('latin1')]),
  ].join('\n');
}

describe('what is sensitive', () => {
  test.each([
    ['short', short],
    ['long', long],
  ])('cannot be read in Redis, %s', async (_, profile) => {
    const cache = aCache([november]);
    await cache.forUser('ada').getOrSet('PROFILE', () => profile);
    await cache.forUser('eve').set('PROFILE', profile);
    await cache.forUser('eve').set('THEME', 'readable');
    expect(await redis.inside.keys('cache:*')).toHaveLength(3);
    const everything = await everythingInRedis();
    expect(everything).toContain('readable');
    for (const word of ['Augusta', 'King', 'harp', 'Analytical', 'algebraical', '"name"', 'notes'])
      expect(everything).not.toContain(word);
    expect(await aCache([november]).forUser('ada').get('PROFILE')).toEqual(profile);
  });

  test('is written anew each time, so that equal values do not look equal', async () => {
    const cache = aCache([november]);
    await cache.forUser('ada').set('PROFILE', short);
    await cache.forUser('eve').set('PROFILE', short);
    const payloads = (await redis.inside.mget(PROFILE, 'cache:eve:PROFILE')).map(
      (text) => text?.split(':')[3],
    );
    expect(payloads[0]).toHaveLength(payloads[1]?.length as number);
    expect(payloads[0]?.slice(0, 12)).not.toBe(payloads[1]?.slice(0, 12));
  });

  test('is refused at the start without keys, or with a bad one, and no key is shown', () => {
    expect(() => aCache(undefined)).toThrow(expect.objectContaining({ code: 'ERR_CACHE_OPTION' }));
    expect(() => aCache([])).toThrow('PROFILE');
    const half = may.secret.slice(0, 30);
    const create = () => aCache([november, { id: 'half', secret: half }]);
    expect(create).toThrow(expect.objectContaining({ code: 'ERR_CACHE_ENCRYPTION_KEY', position: 2 }));
    expect(create).not.toThrow(half);
  });

  test('shows no key when the cache is printed', () => {
    const printed = inspect(aCache([may, november]), { depth: null, showHidden: true });
    for (const { secret } of [may, november]) expect(printed).not.toContain(secret);
  });
});

describe('a rotation of keys', () => {
  test('goes on without a flush: what the old key wrote is read until it is written anew', async () => {
    await aCache([may]).forUser('ada').set('PROFILE', short);
    await aCache([may]).forUser('eve').set('PROFILE', short);

    const readsBoth = aCache([may, november]);
    expect(await readsBoth.forUser('ada').get('PROFILE')).toEqual(short);
    await readsBoth.forUser('ada').set('PROFILE', long);
    expect(await redis.inside.get(PROFILE)).toContain(':may:');

    const writesNew = aCache([november, may]);
    expect(await writesNew.forUser('ada').get('PROFILE')).toEqual(long);
    await writesNew.forUser('ada').set('PROFILE', short);
    expect(await redis.inside.get(PROFILE)).toContain(':november:');
    expect(await readsBoth.forUser('eve').get('PROFILE')).toEqual(short);

    const done = aCache([november]);
    expect(await done.forUser('ada').get('PROFILE')).toEqual(short);
    expect(done.stats().entryFaults).toEqual({});
  });

  test('ends with the old key dropped: what it wrote is a miss, counted, and written anew', async () => {
    await aCache([may]).forUser('ada').set('PROFILE', short);
    const done = aCache([november]);
    expect(await done.forUser('ada').getOrSet('PROFILE', () => long)).toEqual(long);
    expect(done.stats().entryFaults).toEqual({ 'unknown-key': 1 });
    expect(await aCache([november]).forUser('ada').get('PROFILE')).toEqual(long);
  });
});

test('an entry that is declared sensitive later is not taken from what was written before', async () => {
  const readable = { PROFILE: cacheEntry<Profile>(), THEME: cacheEntry<string>() };
  await createCache({ redis: redis.connect(), entries: readable }).forUser('ada').set('PROFILE', short);
  const cache = aCache([november]);
  expect(await cache.forUser('ada').getOrSet('PROFILE', () => long)).toEqual(long);
  expect(cache.stats().entryFaults).toEqual({ unencrypted: 1 });
  expect(await everythingInRedis()).not.toContain('Augusta');
});
