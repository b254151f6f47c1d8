import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { cacheEntry, createCache, type Cache, type CacheStatistics, type StandardSchema } from './index.js';
import { createEnvelopes } from './envelope/envelopes.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

const entries = {
  PROFILE: cacheEntry<{ name: string }>(),
  SECRET: cacheEntry<string>({ isSensitive: true }),
};
const encryptionKeys = [{ id: 'now', secret: randomBytes(32) }];
const profile = { name: 'Ada' };
const PROFILE = 'cache:ada:PROFILE';
const SECRET = 'cache:ada:SECRET';

let redis: RedisOverHttp;

beforeAll(async () => {
  redis = await startRedisOverHttp();
});
afterEach(() => redis.inside.flushall());
afterAll(() => redis.stop());

/** A process of its own. */
const aCache = () => createCache({ redis: redis.connect(), entries, encryptionKeys });

/** What is written for Ada in Redis, and a process that has not read it yet. */
async function written(): Promise<{ cache: Cache<typeof entries>; profile: string; secret: string }> {
  const ada = aCache().forUser('ada');
  await ada.set('PROFILE', profile);
  await ada.set('SECRET', 'born on 1815-12-10');
  const [profileText, secret] = await redis.inside.mget(PROFILE, SECRET);
  return { cache: aCache(), profile: profileText as string, secret: secret as string };
}

const faultsOf = (cache: Cache<typeof entries>) => cache.stats().entryFaults;

/** An envelope that is as it should be, around something that is not. */
const wrapped = (text: string) => createEnvelopes().seal(text, { key: PROFILE });

const inOneHour = Date.now() + 3_600_000;

async function expectMissAndRecovery(
  cache: Cache<typeof entries>,
  counted: CacheStatistics['entryFaults'],
): Promise<void> {
  const ada = cache.forUser('ada');
  expect(await ada.get('PROFILE')).toBeUndefined();
  expect(await ada.exists('PROFILE')).toBe(false);
  expect(await ada.getMany(['PROFILE'])).toEqual([undefined]);
  const kinds = Object.keys(counted);
  expect(faultsOf(cache)).toEqual(Object.fromEntries(kinds.map((kind) => [kind, 3])));
  expect(await ada.getOrSet('PROFILE', () => profile)).toEqual(profile);
  expect(await aCache().forUser('ada').get('PROFILE')).toEqual(profile);
}

describe('an entry that somebody else wrote is a miss, counted, and written anew', () => {
  test.each([
    ['a number', '42'],
    ['nothing', ''],
    ['JSON of another cache', '{"value":{"name":"Eve"},"createdAt":1}'],
    ['a page', '<!doctype html><title>502</title>'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['10 MB of something', Buffer.alloc(10_000_000, 'x')],
  ])('%s', async (_, text) => {
    const { cache } = await written();
    await redis.inside.set(PROFILE, text);
    await expectMissAndRecovery(cache, { foreign: 3 });
  });

  test('a text of another release', async () => {
    const { cache, profile: text } = await written();
    await redis.inside.set(PROFILE, text.replace(/^sy1/, 'sy2'));
    await expectMissAndRecovery(cache, { 'unknown-version': 3 });
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, -1)],
    ['with something at its end', (text: string) => `${text} `],
    ['with another value', (text: string) => text.replace('Ada', 'Eve')],
    ['with another end', (text: string) => text.replace(/\[\d/, '[9')],
  ])('a text %s', async (_, damage) => {
    const { cache, profile: text } = await written();
    expect(damage(text)).not.toBe(text);
    await redis.inside.set(PROFILE, damage(text));
    await expectMissAndRecovery(cache, { corrupt: 3 });
  });

  test('the text of another user', async () => {
    const { cache } = await written();
    await aCache().forUser('eve').set('PROFILE', { name: 'Eve' });
    await redis.inside.copy('cache:eve:PROFILE', PROFILE, 'REPLACE');
    await expectMissAndRecovery(cache, { corrupt: 3 });
  });

  test.each([
    ['no line', '{"name":"Eve"}'],
    ['no list', '{}\n{"name":"Eve"}'],
    ['an empty list', '[]\n{"name":"Eve"}'],
    ['an end that is no number', `["x",${inOneHour},null,{}]\n{"name":"Eve"}`],
    ['tags that are no record', `[${inOneHour},${inOneHour},null,["a"]]\n{"name":"Eve"}`],
    ['a tag of no text', `[${inOneHour},${inOneHour},null,{"a":{"b":1}}]\n{"name":"Eve"}`],
    ['a tag that cannot be one', `[${inOneHour},${inOneHour},null,{"":"x"}]\n{"name":"Eve"}`],
    ['half a surrogate pair for a tag', `[${inOneHour},${inOneHour},null,{"\\ud800":"x"}]\n{"name":"Eve"}`],
    ['a value that is no JSON', `[${inOneHour},${inOneHour},null,{}]\n{"name":`],
    ['no value', `[${inOneHour},${inOneHour},null,{}]\n`],
  ])('an envelope with %s', async (_, inside) => {
    const { cache } = await written();
    await redis.inside.set(PROFILE, await wrapped(inside));
    await expectMissAndRecovery(cache, { malformed: 3 });
  });

  test.each([
    ['nobody’s generation', `[${inOneHour},${inOneHour},null,{}]\n{"name":"Eve"}`],
    ['a generation that never was', `[${inOneHour},${inOneHour},"x",{}]\n{"name":"Eve"}`],
    ['a tag that never was', `[${inOneHour},${inOneHour},null,{"__proto__":"x"}]\n{"name":"Eve"}`],
    ['an end long ago', `[1,1,null,{}]\n{"name":"Eve"}`],
  ])('an envelope with %s', async (_, inside) => {
    const { cache } = await written();
    await redis.inside.set(PROFILE, await wrapped(inside));
    await expectMissAndRecovery(cache, {});
  });

  test('a bomb', async () => {
    const { cache } = await written();
    const bomb = deflateRawSync(Buffer.alloc(200_000_000), { level: 1 }).toString('base64');
    await redis.inside.set(PROFILE, `sy1z:00000000:200000000:${bomb}`);
    await expectMissAndRecovery(cache, { corrupt: 3 });
  });

  test('a value that its schema throws over', async () => {
    await written();
    const validate = (value: unknown) =>
      (value as { address: { city: string } }).address.city === '' ? { issues: ['no city'] } : {};
    const schema: StandardSchema<{ name: string }> = {
      '~standard': { version: 1, vendor: 'none', validate },
    };
    const cache = createCache({ redis: redis.connect(), entries: { PROFILE: cacheEntry({ schema }) } });
    expect(await cache.forUser('ada').get('PROFILE')).toBeUndefined();
    expect(cache.stats().entryFaults).toEqual({ unfit: 1 });
    expect(await cache.forUser('ada').getOrSet('PROFILE', () => profile)).toEqual(profile);
  });

  test.each(['list', 'hash', 'set'])('no text at all, but a %s', async (type) => {
    const { cache } = await written();
    await redis.inside.del(PROFILE);
    if (type === 'list') await redis.inside.rpush(PROFILE, 'x');
    if (type === 'hash') await redis.inside.hset(PROFILE, 'x', 'y');
    if (type === 'set') await redis.inside.sadd(PROFILE, 'x');
    await expectMissAndRecovery(cache, {});
  });
});

describe('a sensitive entry that somebody else wrote is a miss, counted', () => {
  const plain = `[${inOneHour},${inOneHour},null,{}]\n"born yesterday"`;

  test('unencrypted', async () => {
    const { cache } = await written();
    await redis.inside.set(SECRET, await createEnvelopes().seal(plain, { key: SECRET }));
    expect(await cache.forUser('ada').get('SECRET')).toBeUndefined();
    expect(faultsOf(cache)).toEqual({ unencrypted: 1 });
  });

  test('encrypted with another key of the same name', async () => {
    const { cache } = await written();
    const forger = createEnvelopes({ encryptionKeys: [{ id: 'now', secret: randomBytes(32) }] });
    await redis.inside.set(SECRET, await forger.seal(plain, { key: SECRET, isSensitive: true }));
    expect(await cache.forUser('ada').get('SECRET')).toBeUndefined();
    expect(faultsOf(cache)).toEqual({ undecryptable: 1 });
  });

  test('of another user, or of another entry of the same user', async () => {
    const { cache, secret } = await written();
    await redis.inside.set('cache:eve:SECRET', secret);
    await redis.inside.set('cache:ada:PROFILE', secret);
    expect(await cache.forUser('eve').get('SECRET')).toBeUndefined();
    expect(await cache.forUser('ada').get('PROFILE')).toBeUndefined();
    expect(faultsOf(cache)).toEqual({ corrupt: 2 });
    expect(await cache.forUser('ada').get('SECRET')).toBe('born on 1815-12-10');
  });
});

describe('a generation that somebody else wrote', () => {
  const GENERATION = 'cache~user:ada';

  test.each(['', 'x', '*', '{"a":1}', '\n'])(
    'costs the user’s entries if it is %j, and no more',
    async (text) => {
      const { cache } = await written();
      await redis.inside.set(GENERATION, text);
      const ada = cache.forUser('ada');
      expect(await ada.get('PROFILE')).toBeUndefined();
      expect(await ada.getOrSet('PROFILE', () => profile)).toEqual(profile);
      expect(await aCache().forUser('ada').get('PROFILE')).toEqual(profile);
    },
  );

  test('costs the user’s entries if it is no text, until the user is cleared', async () => {
    const { cache } = await written();
    await redis.inside.del(GENERATION);
    await redis.inside.rpush(GENERATION, 'x');
    const ada = cache.forUser('ada');
    expect(await ada.getOrSet('PROFILE', () => profile)).toEqual(profile);
    expect(await aCache().forUser('ada').get('PROFILE')).toBeUndefined();
    expect(await cache.clearUser('ada')).toBe(true);
    expect(await ada.getOrSet('PROFILE', () => profile)).toEqual(profile);
    expect(await aCache().forUser('ada').get('PROFILE')).toEqual(profile);
  });

  test('brings nothing back to life when it is gone', async () => {
    const { cache } = await written();
    const old = (await redis.inside.get(PROFILE)) as string;
    await cache.clearUser('ada');
    await redis.inside.del(GENERATION);
    await aCache().forUser('ada').set('SECRET', 'new');
    await redis.inside.set(PROFILE, old);
    expect(await aCache().forUser('ada').get('PROFILE')).toBeUndefined();
    expect(await aCache().forUser('ada').get('SECRET')).toBe('new');
  });
});
