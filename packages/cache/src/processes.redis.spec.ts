import { startCacheProcess, type CacheProcess } from './spec-support/cache-process.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

const entries = {
  CONTACTS: { ttlSeconds: 300 },
  TAGGED: { ttlSeconds: 300, tags: ['people'] },
  STALE: { ttlSeconds: 300, staleSeconds: 300 },
};
const BOUND_MS = 5000;

let redis: RedisOverHttp;
let here: CacheProcess;
let there: CacheProcess;
let users = 0;
let user: string;

beforeAll(async () => {
  redis = await startRedisOverHttp();
  const { url, token } = redis.endpoint;
  const start = () => startCacheProcess({ url, token, entries, timeoutMs: 30_000 });
  [here, there] = await Promise.all([start(), start()]);
});
beforeEach(() => {
  user = `user-${++users}`;
});
afterAll(async () => {
  await Promise.all([here.stop(), there.stop()]);
  await redis.stop();
});

const invalidations: [string, key: keyof typeof entries, () => Promise<unknown>, left: string | undefined][] =
  [
    ['delete', 'CONTACTS', () => here.call(user, 'delete', 'CONTACTS'), undefined],
    ['deletePattern', 'CONTACTS', () => here.call(user, 'deletePattern', 'CONT*'), undefined],
    ['set', 'CONTACTS', () => here.call(user, 'set', 'CONTACTS', 'newer'), 'newer'],
    ['clearUser', 'CONTACTS', () => here.call(null, 'clearUser', user), undefined],
    ['clearUser of a stale entry', 'STALE', () => here.call(null, 'clearUser', user), undefined],
    ['deleteByTag', 'TAGGED', () => here.call(null, 'deleteByTag', 'people'), undefined],
  ];

describe('the memory of another process', () => {
  test.each(invalidations)('follows %s within the bound', async (_, key, invalidate, left) => {
    await here.call(user, 'set', key, 'older');
    expect(await there.call(user, 'get', key)).toBe('older');
    await invalidate();
    there.addTime(BOUND_MS);
    expect(await there.call(user, 'get', key)).toBe(left);
    expect(await there.call(user, 'getMany', [key])).toEqual([left ?? null]);
    expect(await there.call(user, 'exists', key)).toBe(left !== undefined);
  });

  test('costs nothing up to the bound, and one command then, however many ask', async () => {
    await here.call(user, 'set', 'CONTACTS', 'older');
    await there.call(user, 'get', 'CONTACTS');
    const readByMany = () =>
      Promise.all(Array.from({ length: 50 }, () => there.call(user, 'get', 'CONTACTS')));
    there.addTime(BOUND_MS / 2);
    expect(await redis.billed(readByMany)).toBe(0);
    there.addTime(BOUND_MS / 2);
    expect(await redis.billed(readByMany)).toBe(1);
  });

  test('is not trusted for longer because it was read in between', async () => {
    await here.call(user, 'set', 'CONTACTS', 'older');
    await there.call(user, 'get', 'CONTACTS');
    await here.call(user, 'delete', 'CONTACTS');
    for (let part = 0; part < 10; part++) {
      await there.call(user, 'get', 'CONTACTS');
      there.addTime(BOUND_MS / 10);
    }
    expect(await there.call(user, 'get', 'CONTACTS')).toBeUndefined();
  });

  test('follows within the bound also where it wrote the entry itself', async () => {
    await there.call(user, 'set', 'CONTACTS', 'older');
    await here.call(null, 'clearUser', user);
    there.addTime(BOUND_MS);
    expect(await there.call(user, 'get', 'CONTACTS')).toBeUndefined();
  });
});

describe('a refresh in one process that began before an invalidation in another', () => {
  const crossing: typeof invalidations = invalidations.filter(([name]) =>
    /^(clearUser|deleteByTag)/.test(name),
  );

  test.each(crossing)(
    'is not kept beyond the bound, nor by anybody else, after %s',
    async (_, key, invalidate) => {
      const refresh = there.getOrSet(user, key);
      await refresh.hasBegun;
      await invalidate();
      refresh.end('older');
      expect(await refresh.result).toBe('older');
      expect(await here.call(user, 'get', key)).toBeUndefined();
      there.addTime(BOUND_MS);
      expect(await there.call(user, 'get', key)).toBeUndefined();
    },
  );

  test.each(crossing)(
    'is not kept after %s of a user who had entries, either',
    async (_, key, invalidate) => {
      await here.call(user, 'set', 'CONTACTS', 'something');
      await here.call(user, 'set', key, 'oldest');
      await here.call(user, 'delete', key);
      const refresh = there.getOrSet(user, key);
      await refresh.hasBegun;
      await invalidate();
      refresh.end('older');
      await refresh.result;
      expect(await here.call(user, 'get', key)).toBeUndefined();
    },
  );

  test('does not take the place of what was written after clearUser for longer than a miss', async () => {
    const refresh = there.getOrSet(user, 'CONTACTS');
    await refresh.hasBegun;
    await here.call(null, 'clearUser', user);
    await here.call(user, 'set', 'CONTACTS', 'newer');
    refresh.end('older');
    await refresh.result;
    here.addTime(BOUND_MS);
    expect(await here.call(user, 'get', 'CONTACTS')).not.toBe('older');
  });

  test('may be kept after delete, but for no longer than its TTL', async () => {
    const refresh = there.getOrSet(user, 'CONTACTS');
    await refresh.hasBegun;
    await here.call(user, 'delete', 'CONTACTS');
    refresh.end('older');
    await refresh.result;
    expect(await here.call(user, 'get', 'CONTACTS')).toBe('older');
    expect(await redis.inside.ttl(`cache:${user}:CONTACTS`)).toBeLessThanOrEqual(300);
  });
});

describe('two processes', () => {
  test('that both find nothing fetch once each, and both keep what is in Redis at last', async () => {
    const [one, other] = [here.getOrSet(user, 'CONTACTS'), there.getOrSet(user, 'CONTACTS')];
    await Promise.all([one.hasBegun, other.hasBegun]);
    one.end('one');
    await one.result;
    other.end('other');
    expect([await one.result, await other.result]).toEqual(['one', 'other']);
    here.addTime(BOUND_MS);
    there.addTime(BOUND_MS);
    const [left, right] = [
      await here.call(user, 'get', 'CONTACTS'),
      await there.call(user, 'get', 'CONTACTS'),
    ];
    expect(left).toBe(right);
  });

  test('with 500 callers each of one cold key fetch once each, for two commands each', async () => {
    await here.call(user, 'set', 'TAGGED', 'the user is known');
    await there.call(user, 'get', 'TAGGED');
    const callers = (process: CacheProcess) =>
      Array.from({ length: 500 }, () => process.getOrSet(user, 'CONTACTS'));
    const billed = await redis.billed(async () => {
      const groups = [callers(here), callers(there)];
      await Promise.all(groups.map((group) => Promise.race(group.map(({ hasBegun }) => hasBegun))));
      for (const [caller] of groups) caller?.end('fetched');
      for (const { result } of groups.flat()) expect(await result).toBe('fetched');
    });
    expect(billed).toBe(4);
  });

  test('share what either of them has fetched', async () => {
    const fetched = here.getOrSet(user, 'CONTACTS');
    await fetched.hasBegun;
    fetched.end({ name: 'Ada' });
    await fetched.result;
    expect(await there.getOrSet(user, 'CONTACTS').result).toEqual({ name: 'Ada' });
  });

  test('of which one dies in the middle of a fetch leave the other one free', async () => {
    const { url, token } = redis.endpoint;
    const dying = await startCacheProcess({ url, token, entries });
    const never = dying.getOrSet(user, 'CONTACTS');
    await never.hasBegun;
    const gone = expect(never.result).rejects.toThrow('ended');
    await dying.stop();
    await gone;
    const fetched = here.getOrSet(user, 'CONTACTS');
    await fetched.hasBegun;
    fetched.end('fresh');
    expect(await fetched.result).toBe('fresh');
    expect(await there.call(user, 'get', 'CONTACTS')).toBe('fresh');
  });
});
