import { resolveJobOptions, type JobOptions, type QueueDefinition } from '@switchyard/queue-contract';
import type { Job } from 'bullmq';
import { backoffStrategy, callerPriority, storedOptions } from './stored-options.js';

const stored = (options: JobOptions, carriesPriorities = false) =>
  storedOptions(resolveJobOptions('queue "q"', {}, carriesPriorities, options), carriesPriorities);

describe('storedOptions', () => {
  test('leave out what BullMQ does not need to know', () => {
    expect(stored({})).toEqual({
      attempts: 1,
      removeOnComplete: { count: 1000 },
      removeOnFail: { count: 5000 },
    });
  });

  test('priorities: none comes after every number, and only on queues that declare them', () => {
    expect(stored({}, true).priority).toBe(2_097_151);
    expect(stored({ priority: 1 }, true).priority).toBe(1);
    expect(stored({ priority: 2_097_150 }, true).priority).toBe(2_097_150);
    expect(stored({})).not.toHaveProperty('priority');
    expect([undefined, 0, 2_097_151, 1, 2_097_150].map(callerPriority)).toEqual([
      null,
      null,
      null,
      1,
      2_097_150,
    ]);
  });

  test.each([
    [true, true],
    [false, false],
    [{ count: 0 }, { count: 0 }],
    [{ ageSeconds: 60 }, { age: 60 }],
    [
      { count: 3, ageSeconds: 60 },
      { count: 3, age: 60 },
    ],
  ])('retention %j is %j to BullMQ', (retention, keepJobs) => {
    expect(stored({ removeOnComplete: retention, removeOnFail: retention })).toMatchObject({
      removeOnComplete: keepJobs,
      removeOnFail: keepJobs,
    });
  });

  test('delay is rounded up, since a job may be late but not early', () => {
    expect(stored({ delayMs: 10.2 }).delay).toBe(11);
    expect(stored({ delayMs: 0 })).not.toHaveProperty('delay');
  });

  test('lifo, timeout and de-duplication', () => {
    expect(stored({ lifo: true, timeoutMs: 5, deduplication: { id: 'a:b', ttlMs: 9 } })).toMatchObject({
      lifo: true,
      timeoutMs: 5,
      deduplication: { id: '~a%3Ab', ttl: 9 },
    });
    expect(stored({ deduplication: { id: 'user-5' } }).deduplication).toEqual({ id: 'user-5' });
  });

  test("backoff is BullMQ's own where it has the contract's formula", () => {
    expect(stored({ backoff: { type: 'fixed', delayMs: 100 } }).backoff).toEqual({
      type: 'fixed',
      delay: 100,
    });
    expect(stored({ backoff: { type: 'fixed', delayMs: 0 } })).not.toHaveProperty('backoff');
    expect(stored({ attempts: 5, backoff: { type: 'exponential', delayMs: 100 } }).backoff).toEqual({
      type: 'exponential',
      delay: 100,
    });
    expect(stored({ backoff: { type: 'custom' } }).backoff).toEqual({ type: 'custom' });
  });

  test('an exponential backoff that would end in infinity is capped', () => {
    const { backoff } = stored({ attempts: 1000, backoff: { type: 'exponential', delayMs: 1000 } });
    expect(backoff).toEqual({ type: 'capped', delay: 1000 });
  });
});

describe('backoffStrategy', () => {
  const job = (delay?: number) => ({ opts: { backoff: { type: 'capped', delay } } }) as unknown as Job;
  const definition = (backoffDelayMs?: QueueDefinition['backoffDelayMs']) =>
    ({ backoffDelayMs }) as unknown as QueueDefinition;

  test('capped grows as the formula says and stops at a hundred years', () => {
    const wait = backoffStrategy(definition(), () => undefined);
    expect(wait(3, 'capped', new Error('x'), job(100))).toBe(400);
    expect(wait(999, 'capped', new Error('x'), job(100))).toBe(100 * 365.25 * 24 * 3600 * 1000);
  });

  test('custom asks the function of the queue, 0 without one', () => {
    const asked: unknown[] = [];
    const error = new Error('x');
    const wait = backoffStrategy(
      definition((...args) => {
        asked.push(args);
        return 12.1;
      }),
      () => undefined,
    );
    expect(wait(2, 'custom', error, job())).toBe(13);
    expect(asked).toEqual([[2, error]]);
    expect(backoffStrategy(definition(), () => undefined)(2, 'custom', error, job())).toBe(0);
  });

  test('a function that throws is reported and waits 0: BullMQ would leave the job active', () => {
    const reported: Error[] = [];
    const broken = definition(() => {
      throw new Error('broken');
    });
    const wait = backoffStrategy(broken, (error) => reported.push(error));
    expect(wait(1, 'custom', new Error('x'), job())).toBe(0);
    expect(reported.map(({ message }) => message)).toEqual(['broken']);
  });
});
