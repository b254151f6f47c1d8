import type { HttpRedis } from '@switchyard/http-redis';
import fc from 'fast-check';
import { ANY, cacheEntry, createCache, type Cache } from './index.js';
import { hostileId } from './spec-support/anything.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';

const entries = {
  CONTACTS: cacheEntry<string>(),
  CONTACTS_LIST: cacheEntry<string>(),
  A: cacheEntry<string>(),
};
type Resource = readonly [keyof typeof entries, ...string[]];

const user = fc.option(hostileId, { nil: undefined, freq: 8 });
const resource: fc.Arbitrary<Resource> = fc
  .tuple(fc.constantFrom('CONTACTS', 'CONTACTS_LIST', 'A'), fc.array(hostileId, { maxLength: 2 }))
  .map(([name, parts]) => [name, ...parts] as const);
const place = fc.record({ user, resource });
type Place = typeof place extends fc.Arbitrary<infer T> ? T : never;

const areSame = (one: Place, other: Place) => JSON.stringify(one) === JSON.stringify(other);

let redis: RedisOverHttp;
let http: HttpRedis;
let writer: Cache<typeof entries>;

/** An empty Redis, and a process that has not seen it before. */
async function startAnew(): Promise<void> {
  await redis.inside.flushall();
  writer = createCache({ redis: http, entries });
}

beforeAll(async () => {
  redis = await startRedisOverHttp();
  http = redis.connect();
});
beforeEach(startAnew);
afterAll(() => redis.stop());

const viewOf = (cache: Cache<typeof entries>, userId: string | undefined) =>
  userId === undefined ? cache : cache.forUser(userId);

/** As another process would read it: what is in Redis, not what somebody remembers. */
const read = (at: Place) =>
  viewOf(createCache({ redis: http, entries, memoryTtlSeconds: 0 }), at.user).get(at.resource);

/** What the writer remembers, which costs no command. */
async function remembered({ user: its, resource: of }: Place): Promise<unknown> {
  let value: unknown;
  expect(await redis.billed(async () => (value = await viewOf(writer, its).get(of)))).toBe(0);
  return value;
}

const keysOfEntries = async () => (await redis.inside.keys('*')).filter((key) => key.startsWith('cache:'));

/** Two different places, both filled. */
async function fill(one: Place, other: Place): Promise<void> {
  await startAnew();
  await viewOf(writer, one.user).set(one.resource, 'one');
  await viewOf(writer, other.user).set(other.resource, 'other');
}

const twoPlaces = fc
  .tuple(
    place,
    fc.oneof(
      place,
      place.map(({ resource: its }) => ({ user: undefined, resource: its })),
    ),
  )
  .filter(([one, other]) => !areSame(one, other));
const twoUsers = fc
  .tuple(hostileId, hostileId, resource)
  .filter(([one, other]) => one !== other)
  .map(
    ([one, other, its]) =>
      [
        { user: one, resource: its },
        { user: other, resource: its },
      ] as const,
  );

const runs = { numRuns: 50 };

describe('whatever users call themselves', () => {
  test('two different places have two keys, and hold two values', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(twoPlaces, twoUsers), async ([one, other]) => {
        await fill(one, other);
        expect(await keysOfEntries()).toHaveLength(2);
        expect([await read(one), await read(other)]).toEqual(['one', 'other']);
      }),
      runs,
    );
  });

  test('a deletion takes no other place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(twoPlaces, twoUsers), async ([one, other]) => {
        await fill(one, other);
        await viewOf(writer, one.user).delete(one.resource);
        expect([await read(one), await read(other)]).toEqual([undefined, 'other']);
        expect(await remembered(other)).toBe('other');
      }),
      runs,
    );
  });

  test('a deletion by a pattern of hostile parts takes nothing of another user', async () => {
    await fc.assert(
      fc.asyncProperty(twoUsers, hostileId, fc.boolean(), async ([one, other], part, isOpen) => {
        await fill(one, other);
        const pattern = isOpen ? ([...one.resource, ANY] as const) : ([one.resource[0], part, ANY] as const);
        await writer.forUser(one.user).deletePattern(pattern);
        await writer.forUser(one.user).deletePattern(`${one.resource[0]}*`);
        expect([await read(one), await read(other)]).toEqual([undefined, 'other']);
        expect(await remembered(other)).toBe('other');
      }),
      runs,
    );
  });

  test('a hostile part in a pattern means itself', async () => {
    await fc.assert(
      fc.asyncProperty(hostileId, hostileId, async (one, other) => {
        fc.pre(one !== other);
        const at = (id: string): Place => ({ user: 'ada', resource: ['CONTACTS', id, 'x'] });
        await fill(at(one), at(other));
        await writer.forUser('ada').deletePattern(['CONTACTS', one, ANY]);
        expect([await read(at(one)), await read(at(other))]).toEqual([undefined, 'other']);
        expect(await remembered(at(other))).toBe('other');
      }),
      runs,
    );
  });

  test('a pattern of nobody in particular takes nothing of a user', async () => {
    await fc.assert(
      fc.asyncProperty(hostileId, resource, async (userId, its) => {
        const one = { user: undefined, resource: its };
        const other = { user: userId, resource: its };
        await fill(one, other);
        await writer.deletePattern(`${its[0]}*`);
        expect([await read(one), await read(other)]).toEqual([undefined, 'other']);
      }),
      runs,
    );
  });

  test('clearing a user takes nothing of another one, in neither tier', async () => {
    await fc.assert(
      fc.asyncProperty(twoUsers, async ([one, other]) => {
        await fill(one, other);
        await writer.clearUser(one.user);
        expect([await read(one), await read(other)]).toEqual([undefined, 'other']);
        expect(await writer.forUser(one.user).get(one.resource)).toBeUndefined();
        expect(await remembered(other)).toBe('other');
      }),
      runs,
    );
  });

  test('a tag takes what carries it, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(hostileId, hostileId, async (one, other) => {
        fc.pre(one !== other);
        await startAnew();
        await writer.set('A', 'one', 60, { tags: [one] });
        await writer.forUser(one).set('A', 'other', 60, { tags: [other] });
        await writer.deleteByTag(one);
        expect([
          await read({ user: undefined, resource: ['A'] }),
          await read({ user: one, resource: ['A'] }),
        ]).toEqual([undefined, 'other']);
      }),
      runs,
    );
  });
});

test.each(['*', '**', '*CONTACTS', '', ':', ':*', '?*', '[A-Z]*', '\\*'])(
  'the pattern %j reaches nothing that its text does not begin',
  async (pattern) => {
    await writer.forUser('ada').set('A', 'one');
    await writer.set('A', 'other');
    await writer
      .forUser('ada')
      .deletePattern(pattern)
      .catch((error: unknown) => expect(error).toMatchObject({ code: 'ERR_CACHE_KEY' }));
    expect(await read({ user: 'ada', resource: ['A'] })).toBe('one');
    expect(await read({ user: undefined, resource: ['A'] })).toBe('other');
  },
);

test.each(['\ud800', 'ada\udc00', '', 42 as unknown as string, undefined as unknown as string])(
  'the user id %j is refused or its own, and never nobody',
  async (userId) => {
    await writer.set('A', 'nobody’s');
    let value: unknown = 'refused';
    try {
      value = await writer.forUser(userId).get('A');
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_CACHE_KEY' });
    }
    expect(value).not.toBe('nobody’s');
  },
);
