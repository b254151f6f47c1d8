import { resolveJobOptions, type JobOptions } from '@switchyard/queue-contract';
import { fromBullBackoff, fromBullOptions, toBullOptions } from './bull-options.js';

const resolve = (options: JobOptions, priorities = false) =>
  toBullOptions(resolveJobOptions('queue "q"', {}, priorities, options));

describe('options', () => {
  test('only what Bull needs is stored', () => {
    expect(resolve({})).toEqual({
      attempts: 1,
      removeOnComplete: { count: 1000 },
      removeOnFail: { count: 5000 },
    });
  });

  test('[21] [22] every option under the name that Bull has for it', () => {
    const options: JobOptions = {
      id: 'x',
      delayMs: 5,
      attempts: 3,
      backoff: { type: 'exponential', delayMs: 100 },
      timeoutMs: 50,
      lifo: true,
      deduplication: { id: 'd', ttlMs: 9 },
      removeOnComplete: true,
      removeOnFail: { count: 0 },
    };
    expect(resolve(options)).toEqual({
      jobId: 'x',
      delay: 5,
      attempts: 3,
      backoff: { type: 'exponential', delay: 100 },
      timeout: 50,
      lifo: true,
      debounce: { id: 'd', ttl: 9 },
      removeOnComplete: true,
      removeOnFail: { count: 0 },
    });
    expect(resolve({ priority: 7 }, true)).toMatchObject({ priority: 7 });
  });

  test('what was stored reads back as what was given', () => {
    const options: JobOptions = {
      attempts: 3,
      backoff: { type: 'fixed', delayMs: 100 },
      timeoutMs: 50,
      lifo: true,
      removeOnComplete: false,
      removeOnFail: { ageSeconds: 60 },
    };
    expect(fromBullOptions(resolve(options), false)).toEqual(options);
  });

  test('what a legacy app wrote: numbers keep so many, what it left out stays open, priorities need a declaration', () => {
    expect(fromBullOptions({ removeOnComplete: 3, removeOnFail: -1 }, false)).toEqual({
      removeOnComplete: { count: 3 },
      removeOnFail: false,
    });
    expect(fromBullOptions({ priority: 3, lifo: true }, true)).toEqual({ priority: 3 });
    expect(fromBullOptions({ priority: 3, lifo: true }, false)).toEqual({ lifo: true });
    expect(fromBullOptions({}, true)).toEqual({});
  });

  test("[7] a backoff that is neither Bull's nor the port's is a custom one", () => {
    expect(fromBullBackoff({ type: 'jitter', delay: 3 })).toEqual({ type: 'custom' });
    expect(fromBullBackoff({ type: 'exponential', delay: 3 })).toEqual({ type: 'exponential', delayMs: 3 });
    expect(fromBullBackoff({ type: 'fixed' })).toEqual({ type: 'fixed', delayMs: 0 });
    expect(fromBullBackoff(250)).toEqual({ type: 'fixed', delayMs: 250 });
    expect(fromBullBackoff(undefined)).toBeUndefined();
  });
});
