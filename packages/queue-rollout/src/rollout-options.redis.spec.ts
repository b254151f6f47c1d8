import { startInstance, contacts, eventually, recorder } from './spec-support/instance.js';
import {
  createFlagSource,
  createRollout,
  type FlagSource,
  type RolloutOptions,
  type TargetShares,
} from './index.js';
import { redisOfSpec } from './spec-support/redis-of-spec.js';

const redis = redisOfSpec();

test.each([Infinity, NaN, 0, -1, 2 ** 31])(
  'times between looks that a timer cannot be set for are refused: %s',
  (ms) => {
    const { engines } = startInstance(redis.url, 0);
    const withTimes = (times: Partial<RolloutOptions>) => () =>
      createRollout({ ...engines, queues: [contacts], flags: createFlagSource(new Map()), ...times });
    const invalid = expect.objectContaining({ code: 'SWITCHYARD_INVALID_OPTION' });
    expect(withTimes({ idleCheckMs: ms })).toThrow(invalid);
    expect(withTimes({ switchingCheckMs: ms })).toThrow(invalid);
  },
);

test('to wait for a queue to settle is refused for times that are none, queues that are none, and after a close', async () => {
  const { rollout } = startInstance(redis.url, 0);
  rollout.queue(contacts).consumer.consume(recorder().handlers);
  const settled = (queue: string, timeoutMs: number) => {
    const waiting = rollout.settled(queue, { timeoutMs });
    return expect(waiting).rejects;
  };
  await settled(contacts.name, NaN).toMatchObject({ code: 'SWITCHYARD_INVALID_OPTION' });
  await settled(contacts.name, 2 ** 31).toMatchObject({ code: 'SWITCHYARD_INVALID_OPTION' });
  await settled('nobody-knows', 100).toMatchObject({ code: 'SWITCHYARD_ROLLOUT_CONFIGURATION' });
  const meanwhile = settled(contacts.name, 60_000).toMatchObject({ code: 'SWITCHYARD_CLOSED' }); // nobody has started it
  await rollout.close();
  await meanwhile;
  await settled(contacts.name, 60_000).toMatchObject({ code: 'SWITCHYARD_CLOSED' });
});

test.each([NaN, -1, 101, Infinity, '50' as unknown as number])(
  'a share that is none is refused: %s',
  (share) => {
    const shares = new Map([[contacts.name, share]]);
    const invalid = expect.objectContaining({ code: 'SWITCHYARD_INVALID_OPTION' });
    expect(() => createFlagSource(shares)).toThrow(invalid);
    const flags = createFlagSource(new Map([[contacts.name, 25]]));
    expect(() => flags.set(shares)).toThrow(invalid);
    expect(flags.current().get(contacts.name)).toBe(25);
  },
);

test('a share that is none, from a source that checks nothing, stops the start; later it is reported and the last one holds', async () => {
  const { engines } = startInstance(redis.url, 0);
  let listener = () => {};
  let shares: TargetShares = new Map([[contacts.name, NaN]]);
  const flags: FlagSource = {
    current: () => shares,
    onChange(heard) {
      listener = heard;
      return () => {};
    },
  };
  const errors: unknown[] = [];
  const create = () =>
    createRollout({ ...engines, queues: [contacts], flags, reportError: (error) => errors.push(error) });
  const invalid = expect.objectContaining({ code: 'SWITCHYARD_INVALID_OPTION' });
  expect(create).toThrow(invalid);
  shares = new Map([[contacts.name, 100]]);
  const rollout = create();
  shares = new Map([[contacts.name, NaN]]);
  listener();
  expect(rollout.status()[0]).toMatchObject({ targetShare: 100 });
  expect(errors).toEqual([invalid]);
  shares = new Map([[contacts.name, 50]]);
  listener();
  expect(rollout.status()[0]).toMatchObject({ targetShare: 50 });
  await rollout.close();
});

test('engines may change their roles at once: that they were checked a moment ago is no sign of one place', async () => {
  const { engines, rollout } = startInstance(redis.url, 0);
  await rollout.start();
  const swapped = createRollout({
    legacy: engines.target,
    target: engines.legacy,
    queues: [contacts],
    flags: createFlagSource(new Map()),
  });
  await swapped.start();
  await swapped.close();
});

test('what a reporter throws itself disturbs nothing', async () => {
  const told: Error[] = [];
  const unheard: unknown[] = [];
  const hear = (error: unknown) => unheard.push(error);
  process.on('unhandledRejection', hear);
  try {
    const { rollout, share } = startInstance(redis.url, 0, {
      through: (engine) =>
        engine.name === 'bull' ? { ...engine, withWork: () => Promise.reject(new Error('no')) } : engine,
      reportError(error) {
        told.push(error);
        throw new Error('nor this');
      },
    });
    await rollout.start();
    share(100);
    rollout.queue(contacts).consumer.consume(recorder().handlers);
    await eventually(() => expect(rollout.status()[0]!.consuming).toEqual(['bullmq']));
    expect(told).toHaveLength(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unheard).toEqual([]);
  } finally {
    process.off('unhandledRejection', hear);
  }
});
