import type { HttpRedis } from '@switchyard/http-redis';
import fc from 'fast-check';
import { createCache } from './index.js';
import { startRedisOverHttp, type RedisOverHttp } from './spec-support/redis-over-http.js';
import { createFate, shuffled } from './spec-support/shuffled-redis.js';

const entries = { PLAIN: {}, TAGGED: { tags: ['tag'] } };
const users = ['ada', 'eve'] as const;
const names = ['PLAIN', 'TAGGED'] as const;

interface Step {
  readonly does:
    | 'wait'
    | 'get'
    | 'getMany'
    | 'getOrSet'
    | 'set'
    | 'delete'
    | 'deletePattern'
    | 'clearUser'
    | 'deleteByTag';
  readonly user: (typeof users)[number];
  readonly name: (typeof names)[number];
  /** Of what is written, beside those of the entry. */
  readonly tags: readonly string[];
}

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom(
    ...(['wait', 'get', 'getMany', 'getOrSet', 'getOrSet', 'set', 'set'] as const),
    ...(['delete', 'deletePattern', 'clearUser', 'deleteByTag'] as const),
  ),
  user: fc.constantFrom('ada', 'ada', 'ada', 'eve'),
  name: fc.constantFrom(...names),
  tags: fc.constantFrom([], [], ['tag']),
});
const history = fc.record({
  steps: fc.array(step, { minLength: 2, maxLength: 12, size: 'max' }),
  chance: fc.array(fc.nat({ max: 1000 }), {
    minLength: 20,
    maxLength: 60,
    size: 'max',
  }),
});

/** A value, which began when its fetch did, or its set. */
interface Written {
  readonly step: Step;
  readonly beganAt: number;
}

/** A step that makes outdated what it covers and what began before it; `endedAt` is Infinity as long as it has not. */
interface Invalidation extends Written {
  endedAt: number;
}

interface Read {
  readonly beganAt: number;
  readonly value: number | undefined;
}

let redis: RedisOverHttp;
let http: HttpRedis;

beforeAll(async () => {
  redis = await startRedisOverHttp();
  http = redis.connect();
});
afterAll(() => redis.stop());

function covers({ step }: Invalidation, value: Step): boolean {
  if (step.does === 'deleteByTag') return [...value.tags, ...tagsOf(value)].includes('tag');
  return step.user === value.user && (step.does === 'clearUser' || step.name === value.name);
}

function tagsOf({ name }: Step): readonly string[] {
  return name === 'TAGGED' ? entries.TAGGED.tags : [];
}

/** Lets the steps begin in their order, and everything else happen in whatever order. */
async function play(steps: readonly Step[], chance: readonly number[], failsOnceIn: number) {
  await redis.inside.flushall();
  const fate = createFate(chance);
  const cache = createCache({
    redis: shuffled(http, fate, failsOnceIn),
    entries,
  });
  const written: Written[] = [];
  const invalidations: Invalidation[] = [];
  const reads: Read[] = [];
  let now = 0;
  let clockMs = 0;

  /** Values are numbers: where they stand in `written`. */
  const write = (by: Step) => written.push({ step: by, beganAt: now++ }) - 1;

  /** Whether Redis took it: what it did not take, it says so of. */
  const isTaken = async ({ does, user, name, tags }: Step, value: number): Promise<boolean> => {
    const mine = cache.forUser(user);
    if (does === 'set') return mine.set(name, value, 60, { tags });
    if (does === 'delete') return mine.delete(name);
    if (does === 'deletePattern') return (await mine.deletePattern(`${name}*`)).isComplete;
    return does === 'clearUser' ? cache.clearUser(user) : cache.deleteByTag('tag');
  };

  const take = async (next: Step) => {
    const { does, user, name, tags } = next;
    const mine = cache.forUser(user);
    const beganAt = now++;
    const note = (value: unknown) => reads.push({ beganAt, value: value as number | undefined });
    const fetch = async () => {
      const value = write(next);
      await fate.turn();
      return value;
    };
    // Memory is not trusted any more.
    if (does === 'wait') return void (clockMs += 5000);
    if (does === 'get') return note(await mine.get(name));
    if (does === 'getMany') return (await mine.getMany([name, name])).forEach(note);
    if (does === 'getOrSet') return note(await mine.getOrSet(name, fetch, { tags }));

    const invalidation = { step: next, beganAt, endedAt: Infinity };
    invalidations.push(invalidation);
    if (await isTaken(next, write(next))) invalidation.endedAt = now++;
  };

  const takeAll = async () => {
    const taken: Promise<unknown>[] = [];
    for (const next of steps) {
      await fate.turn();
      taken.push(take(next));
    }
    await Promise.all(taken);
  };
  const taken = takeAll();
  await fate.run();
  await taken;

  const beganAt = now++;
  const inRedis = createCache({ redis: http, entries });
  for (const user of users) {
    const found = await inRedis.forUser(user).getMany(names);
    const remembered = cache.forUser(user).getMany(names);
    await fate.run();
    for (const value of [...found, ...(await remembered)])
      reads.push({ beganAt, value: value as number | undefined });
  }
  return { written, invalidations, reads };
}

test.each([
  ['', Infinity],
  [' and at times does not arrive', 5],
])(
  'nobody who asks after an invalidation gets what began before it, whatever overtakes what%s',
  async (_, failsOnceIn) => {
    await fc.assert(
      fc.asyncProperty(history, async ({ steps, chance }) => {
        const { written, invalidations, reads } = await play(steps, chance, failsOnceIn);
        for (const read of reads) {
          const value = read.value === undefined ? undefined : (written[read.value] as Written);
          const outdatedBy = invalidations.find(
            (invalidation) =>
              value &&
              covers(invalidation, value.step) &&
              value.beganAt < invalidation.beganAt &&
              invalidation.endedAt < read.beganAt,
          );
          expect({ read, value, outdatedBy }).toEqual({ read, value });
        }
      }),
      { numRuns: 60 },
    );
  },
);

test('a clearing that arrives late does not revive what a later one has cleared', async () => {
  const { endpoint } = redis;
  const cache = createCache({ redis: http, entries });
  await cache.forUser('ada').set('PLAIN', 'first');
  const requests = endpoint.requests;
  endpoint.setFaults({ latencyMs: 300 });
  const slow = cache.clearUser('ada');
  while (endpoint.requests === requests) await new Promise((resolve) => setImmediate(resolve));
  endpoint.setFaults({});
  await cache.forUser('ada').set('PLAIN', 'second');
  expect(await cache.clearUser('ada')).toBe(true);
  expect(await slow).toBe(true);
  expect(await createCache({ redis: http, entries }).forUser('ada').get('PLAIN')).toBeUndefined();
});
