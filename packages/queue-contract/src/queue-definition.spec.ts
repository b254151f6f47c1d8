import { InvalidOptionError } from './errors.js';
import { resultType } from './job-declaration.js';
import { checkWorkerSettings, defineQueue } from './queue-definition.js';
import type { StandardSchema } from './standard-schema.js';

const anything: StandardSchema<unknown> = {
  '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) },
};
const good = { name: 'calendar-sync', tier: 'critical', jobs: { sync: anything } } as const;

function define(changes: object): unknown {
  return defineQueue({ ...good, ...changes });
}

describe('defineQueue', () => {
  test('answers the definition it was given', () => {
    const definition = defineQueue({
      ...good,
      defaults: { attempts: 3, backoff: { type: 'custom' } },
      worker: { concurrency: 5, limit: { max: 10, durationMs: 1000 } },
      priorities: true,
      routingKey: ({ name }) => name,
      backoffDelayMs: (attemptsMade) => attemptsMade * 1000,
    });
    expect(definition).toMatchObject({ ...good, worker: { concurrency: 5 }, priorities: true });
    expect(definition.backoffDelayMs?.(2, new Error())).toBe(2000);
  });

  test('takes a schema together with the type of the result', () => {
    const jobs = { sync: { payload: anything, result: resultType<{ changes: number }>() } };
    expect(define({ jobs })).toMatchObject({ jobs });
  });

  test.each([['a'], ['x'.repeat(100)], ['grüße_1.2-3'], ['0']])('takes the name %p', (name) => {
    expect(define({ name })).toMatchObject({ name });
  });

  test.each<[string, object]>([
    ['name', { name: '' }],
    ['name', { name: 'a:b' }],
    ['name', { name: 'a b' }],
    ['name', { name: 'a\n' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 5 }],
    ['tier', { tier: 'important' }],
    ['tier', { tier: undefined }],
    ['jobs', { jobs: {} }],
    ['jobs', { jobs: undefined }],
    ['schema', { jobs: { sync: {} } }],
    ['schema', { jobs: { sync: null } }],
    ['schema', { jobs: { good: anything, bad: { '~standard': { version: 1 } } } }],
    ['schema', { jobs: { sync: { payload: anything } } }],
    ['schema', { jobs: { sync: { payload: anything, result: anything } } }],
    ['schema', { jobs: { sync: { payload: {}, result: resultType() } } }],
    ['attempts', { defaults: { attempts: 0 } }],
    ['backoff', { defaults: { backoff: { type: 'custom' } } }],
    ['worker.concurrency', { worker: { concurrency: 0 } }],
    ['drainDelay', { worker: { drainDelay: 5 } }],
    ['timeout', { defaults: { timeout: 5 } }],
    ['concurrency', { concurrency: 5 }],
    ['attempts', { attempts: 3 }],
    ['backoffDelay', { backoffDelay: () => 5 }],
    ['worker.limit', { worker: { limit: { max: 1, durationMs: 1000, groupKey: 'user' } } }],
  ])('refuses a bad %s: %p', (option, changes) => {
    expect(() => define(changes)).toThrow(InvalidOptionError);
    expect(() => define(changes)).toThrow(option);
  });
});

describe('checkWorkerSettings', () => {
  test.each([
    {},
    { concurrency: 1 },
    { concurrency: 1000 },
    { limit: { max: 1, durationMs: 1 } },
    { concurrency: undefined, limit: undefined },
  ])('takes %p', (settings) => {
    expect(() => checkWorkerSettings('queue "q"', settings)).not.toThrow();
  });

  test.each<object>([
    { concurrency: 0 },
    { concurrency: 1001 },
    { concurrency: 1.5 },
    { concurrency: Number.NaN },
    { concurrency: '2' },
    { limit: { max: 0, durationMs: 1 } },
    { limit: { max: 1, durationMs: 0 } },
    { limit: { max: 1 } },
    { limit: { max: 1, durationMs: 1, bounceBack: true } },
    { lockDuration: 1000 },
  ])('refuses %p and names the queue', (settings) => {
    expect(() => checkWorkerSettings('queue "q"', settings)).toThrow(InvalidOptionError);
    expect(() => checkWorkerSettings('queue "q"', settings)).toThrow('queue "q"');
  });
});
