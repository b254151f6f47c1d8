import { billedCommands, parseCommandStats } from '@switchyard/local-redis';
import { Redis } from 'ioredis';
import {
  contacts,
  eventually,
  range,
  recorder,
  startInstance,
  type Instance,
} from './spec-support/instance.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();
const IDLE = { idleCheckMs: 60_000 };

/** Two instances of a rolling deploy, with the settings of before and after. */
async function oldAndNew(): Promise<[Instance, Instance]> {
  const pair: [Instance, Instance] = [startInstance(redis.url, 0, IDLE), startInstance(redis.url, 100, IDLE)];
  await Promise.all(pair.map(({ rollout }) => rollout.start()));
  await Promise.all(pair.map(({ rollout }) => rollout.settled(contacts.name, { timeoutMs: 5000 })));
  return pair;
}

const producerOf = ({ rollout }: Instance) => rollout.queue(contacts).producer;

/** As if the time of the claim were over. */
async function forgetClaims({ connection }: Instance): Promise<void> {
  const keys = await connection.keys('*:switchyard:claim:*');
  if (keys.length > 0) await connection.del(...keys);
}

const total = async (instance: Instance) => {
  const { waiting, delayed, active, completed, failed } = await instance.rollout
    .queue(contacts)
    .inspector.counts();
  return waiting + delayed + active + completed + failed;
};

test('many adds of the same ids, at the same moment, by instances with old and new flags: each id runs once', async () => {
  const pair = await oldAndNew();
  const ran = recorder();
  for (const instance of pair) instance.rollout.queue(contacts).consumer.consume(ran.handlers);
  const ids = range(0, 150);
  const adds = ids.flatMap((n) =>
    range(0, 4).map((copy) => () => {
      const { add, addMany } = producerOf(pair[(n + copy) % 2]!);
      const options = { id: `job-${n}` };
      return copy < 2
        ? add('sync', { n }, options).then(({ id }) => id)
        : addMany([{ name: 'sync', data: { n }, options }]).then(([reference]) => reference!.id);
    }),
  );
  // One by each instance first: of the others, whoever's connection is faster may win all.
  await adds[0]!();
  await adds[4]!();
  const answered = await Promise.all(adds.map((add) => add()));
  expect(answered).toEqual(ids.flatMap((n) => range(0, 4).map(() => `job-${n}`)));
  await eventually(() => expect(ran.ran()).toEqual(ids));
  await eventually(async () => expect(await total(pair[0])).toBe(ids.length));
  expect(new Set(ran.runs.map(({ engine }) => engine)).size).toBe(2);
  expect(ran.ran()).toEqual(ids);
});

test('many adds under the same de-duplication ids, by instances with old and new flags, are one job each', async () => {
  const pair = await oldAndNew();
  const ids = range(0, 150);
  // One by each instance first: of the others, whoever's connection is faster may win all.
  for (const n of [0, 1]) {
    await producerOf(pair[n]!).add('sync', { n }, { deduplication: { id: `key-${n}` } });
  }
  const answered = await Promise.all(
    ids.flatMap((n) =>
      range(0, 4).map(async (copy) => {
        const { add } = producerOf(pair[(n + copy) % 2]!);
        return { n, ...(await add('sync', { n }, { deduplication: { id: `key-${n}` } })) };
      }),
    ),
  );
  const idsOf = (n: number) => new Set(answered.filter((each) => each.n === n).map(({ id }) => id));
  expect(ids.filter((n) => idsOf(n).size !== 1)).toEqual([]);
  expect(await total(pair[0])).toBe(ids.length);
  const ran = recorder();
  for (const instance of pair) instance.rollout.queue(contacts).consumer.consume(ran.handlers);
  await eventually(() => expect(ran.ran()).toEqual(ids));
  expect(new Set(ran.runs.map(({ engine }) => engine)).size).toBe(2);
});

test('ids hold while flags change under the adds, from any to any share', async () => {
  const pair = await oldAndNew();
  const ran = recorder();
  for (const instance of pair) instance.rollout.queue(contacts).consumer.consume(ran.handlers);
  const ids = range(0, 60);
  for (const [round, percent] of [100, 50, 0, 30, 100, 0].entries()) {
    pair[round % 2]!.share(percent);
    await Promise.all(
      ids.flatMap((n) =>
        pair.map((instance) =>
          producerOf(instance).add('sync', { n, user: `user-${n + round}` }, { id: `${round}-${n}` }),
        ),
      ),
    );
  }
  const expected = range(0, 6).flatMap(() => ids);
  await eventually(() => expect(ran.ran()).toEqual(expected.sort((a, b) => a - b)));
  await eventually(async () => expect(await total(pair[0])).toBe(expected.length));
});

test.each([
  ['old to new', 0, 1],
  ['new to old', 1, 0],
] as const)(
  'a pending id or de-duplication id is recognised long after it was added: %s',
  async (_, from, to) => {
    const pair = await oldAndNew();
    const before = producerOf(pair[from]);
    const after = producerOf(pair[to]);
    const delayed = await before.add('sync', { n: 1 }, { id: 'named', delayMs: 60_000 });
    const under = await before.add('sync', { n: 2 }, { delayMs: 60_000, deduplication: { id: 'key' } });
    const both = { id: 'both', deduplication: { id: 'both key' } };
    await before.add('sync', { n: 3 }, { ...both, delayMs: 60_000 });
    await forgetClaims(pair[0]);

    expect((await after.add('sync', { n: 4 }, { id: 'named' })).id).toBe(delayed.id);
    expect((await after.add('sync', { n: 5 }, { deduplication: { id: 'key' } })).id).toBe(under.id);
    expect((await after.add('sync', { n: 6 }, { id: 'new', deduplication: { id: 'key' } })).id).toBe(
      under.id,
    );
    expect((await after.add('sync', { n: 7 }, { id: 'both' })).id).toBe('both');
    expect((await after.add('sync', { n: 8 }, { deduplication: both.deduplication })).id).toBe('both');
    const references = await after.addMany([
      { name: 'sync', data: { n: 9 }, options: { id: 'named' } },
      { name: 'sync', data: { n: 10 } },
      { name: 'sync', data: { n: 11 }, options: { deduplication: { id: 'key' } } },
    ]);
    expect(references.map(({ id }) => id)).toEqual([delayed.id, references[1]!.id, under.id]);
    expect(await total(pair[0])).toBe(4);
    const added = await pair[0].rollout.queue(contacts).inspector.job(references[1]!.id);
    expect(added).toMatchObject({ data: { n: 10 }, engine: to === 1 ? 'bullmq' : 'bull' });
  },
);

test('jobs with ids of their own under one de-duplication id are one job, by instances with old and new flags', async () => {
  const pair = await oldAndNew();
  const ids = range(0, 50);
  const answered = await Promise.all(
    ids.map((n) =>
      Promise.all(
        pair.map((instance, at) =>
          producerOf(instance).add(
            'sync',
            { n },
            { id: `job-${n}-${at}`, deduplication: { id: `key-${n}` } },
          ),
        ),
      ),
    ),
  );
  expect(ids.filter((n) => answered[n]![0]!.id !== answered[n]![1]!.id)).toEqual([]);
  expect(await total(pair[0])).toBe(ids.length);
});

test('jobs with ids of their own under one de-duplication id are one job, whichever way their share sends them', async () => {
  const { rollout } = startInstance(redis.url, 50, IDLE);
  await rollout.start();
  const { producer, inspector } = rollout.queue(contacts);
  const users = range(0, 8).map((user) => `u${user}`);
  const named = (n: number, user: string) => ({
    name: 'sync' as const,
    data: { n, user },
    options: { id: `job-${n}-${user}`, deduplication: { id: `key-${n}` } },
  });
  const alone = range(0, 20).map((n) =>
    Promise.all(
      users.map((user) => {
        const { name, data, options } = named(n, user);
        return producer.add(name, data, options);
      }),
    ),
  );
  const together = range(20, 40).map((n) => producer.addMany(users.map((user) => named(n, user))));
  const answered = await Promise.all([...alone, ...together]);
  expect(answered.filter((references) => new Set(references.map(({ id }) => id)).size !== 1)).toEqual([]);
  expect((await inspector.counts()).waiting).toBe(40);
});

test('what is the same job on the other engine is checked all the same', async () => {
  const [before, after] = await oldAndNew();
  await producerOf(before).add('sync', { n: 1 }, { id: 'named', delayMs: 60_000 });
  const { add } = producerOf(after);
  await expect(add('sync', { n: 'one' } as never, { id: 'named' })).rejects.toMatchObject({
    code: 'SWITCHYARD_INVALID_PAYLOAD',
  });
  await expect(add('sync', { n: 1 }, { id: 'named', attempts: 0 })).rejects.toMatchObject({
    code: 'SWITCHYARD_INVALID_OPTION',
  });
});

test('a de-duplication id with a time to live holds on both engines, also when its job has ended', async () => {
  const [before, after] = await oldAndNew();
  const ran = recorder();
  before.rollout.queue(contacts).consumer.consume(ran.handlers);
  const options = { deduplication: { id: 'throttled', ttlMs: 60_000 } };
  const first = await producerOf(before).add('sync', { n: 1 }, options);
  await eventually(() => expect(ran.ran()).toEqual([1]));
  await forgetClaims(before);
  expect((await producerOf(after).add('sync', { n: 2 }, options)).id).toBe(first.id);
  expect(await total(before)).toBe(1);
});

test('an id whose job has ended on the other engine is free again', async () => {
  const [before, after] = await oldAndNew();
  const ran = recorder();
  before.rollout.queue(contacts).consumer.consume(ran.handlers);
  after.rollout.queue(contacts).consumer.consume(ran.handlers);
  await producerOf(before).add('sync', { n: 1 }, { id: 'daily', deduplication: { id: 'd' } });
  await eventually(() => expect(ran.ran()).toEqual([1]));
  await forgetClaims(before);
  await producerOf(after).add('sync', { n: 2 }, { id: 'daily', deduplication: { id: 'd' } });
  await eventually(() => expect(ran.ran()).toEqual([1, 2]));
  expect(ran.runs.map(({ engine }) => engine)).toEqual(['bull', 'bullmq']);
});

test('whoever follows a claim to an engine that it had closed consumes it at once', async () => {
  const [before, after] = await oldAndNew();
  await producerOf(before).add('sync', { n: 1 }, { id: 'held', delayMs: 60_000 });
  await before.rollout.queue(contacts).inspector.remove('held');
  await before.close();
  const ran = recorder();
  after.rollout.queue(contacts).consumer.consume(ran.handlers);
  await producerOf(after).add('sync', { n: 2 }, { id: 'held' });
  await eventually(() => expect(ran.ran()).toEqual([2]), 5000);
  expect(ran.runs[0]!.engine).toBe('bull');
});

test('an add with an id costs two commands more, one under a de-duplication id, too, and one without none', async () => {
  const instance = startInstance(redis.url, 100, IDLE);
  await instance.rollout.start();
  await instance.rollout.settled(contacts.name, { timeoutMs: 5000 });
  const direct = instance.engines.target.queue(contacts).producer;
  const observer = new Redis(redis.url);
  const billed = async (act: () => Promise<unknown>) => {
    const stats = async () => parseCommandStats(await observer.info('commandstats'));
    const before = await stats();
    await act();
    return billedCommands(before, await stats());
  };
  const producer = producerOf(instance);
  const options = [{}, { id: 'x' }, { deduplication: { id: 'x' } }] as const;
  for (const each of options) await direct.add('sync', { n: 0 }, { ...each, id: 'warm' });
  const extra: number[] = [];
  for (const [index, each] of options.entries()) {
    const named = (name: string) => ({
      ...each,
      ...('id' in each && { id: name }),
      ...('deduplication' in each && { deduplication: { id: name } }),
    });
    const alone = await billed(() => direct.add('sync', { n: 1 }, named(`direct-${index}`)));
    extra.push((await billed(() => producer.add('sync', { n: 1 }, named(`rollout-${index}`)))) - alone);
  }
  observer.disconnect();
  expect(extra).toEqual([0, 2, 2]);
});
