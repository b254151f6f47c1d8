import fc from 'fast-check';
import { InvalidOptionError } from './errors.js';
import {
  checkJobDefaults,
  MAX_DELAY_MS,
  MAX_PRIORITY,
  resolveJobOptions,
  type JobDefaults,
  type JobOptions,
  type ResolvedJobOptions,
} from './job-options.js';

const WHERE = 'queue "q"';

function resolve(options: object, defaults: JobDefaults = {}, carriesPriorities = true): ResolvedJobOptions {
  return resolveJobOptions(WHERE, defaults, carriesPriorities, options as JobOptions);
}

function refusalOf(run: () => unknown): InvalidOptionError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionError);
    return error as InvalidOptionError;
  }
  throw new Error('was not refused');
}

describe('resolveJobOptions', () => {
  test('fills in every default', () => {
    expect(resolveJobOptions(WHERE, {}, false)).toEqual<ResolvedJobOptions>({
      id: undefined,
      delayMs: 0,
      priority: undefined,
      attempts: 1,
      backoff: undefined,
      timeoutMs: undefined,
      removeOnComplete: { count: 1000 },
      removeOnFail: { count: 5000 },
      deduplication: undefined,
      lifo: false,
    });
  });

  test("the job's option wins over the queue's default, and undefined counts as absent", () => {
    const defaults: JobDefaults = {
      attempts: 5,
      backoff: { type: 'fixed', delayMs: 10 },
      timeoutMs: 100,
      removeOnComplete: true,
    };
    const resolved = resolve({ attempts: 2, timeoutMs: undefined, removeOnComplete: false }, defaults);
    expect(resolved).toMatchObject({
      attempts: 2,
      backoff: { type: 'fixed', delayMs: 10 },
      timeoutMs: 100,
      removeOnComplete: false,
    });
  });

  test.each<[string, unknown[]]>([
    ['id', ['', 7, null, 'x'.repeat(513), 'é'.repeat(257), '\ud800', 'a\udc00b']],
    ['delayMs', [-1, Number.NaN, Infinity, MAX_DELAY_MS + 1, '5', null]],
    ['priority', [0, -1, 1.5, MAX_PRIORITY + 1, Number.NaN, '1', null]],
    ['lifo', [true, 'yes', 1, null]],
    [
      'deduplication',
      [{}, { id: '' }, { id: 5 }, { id: 'x', ttlMs: 0 }, { id: 'x', ttlMs: 1.5 }, { id: 'x', ttl: 1 }, null],
    ],
    ['attempts', [0, -1, 1.5, 1001, Number.NaN, '3', null]],
    ['backoff', [{}, { type: 'linear', delayMs: 1 }, { type: 'fixed' }, 'fixed', null, 500]],
    [
      'backoff',
      [
        { type: 'exponential', delayMs: -1 },
        { type: 'fixed', delayMs: 1, delay: 1 },
      ],
    ],
    ['repeat', [{ every: 1000 }, null, false]],
    ['jobId', ['7']],
    ['timeout', [1000]],
    ['timeoutMs', [0, -1, Number.NaN, Infinity, 2 ** 31, '5', null]],
    ['removeOnComplete', [{}, -1, 0, 100, 'all', null, [], { count: -1 }, { count: 1.5 }, { age: 60 }]],
    ['removeOnFail', [{ count: 1, age: 60 }, { ageSeconds: Number.NaN }, { count: null }]],
  ])('%s: what is not allowed is refused by name, with its value', (option, values) => {
    for (const value of values) {
      const error = refusalOf(() => resolve({ [option]: value }));
      expect(error.option).toContain(option);
      expect(error.option).toContain(WHERE);
      expect(error.allowed).not.toBe('');
    }
  });

  test.each<[string, unknown[]]>([
    ['id', ['0', '1', 'a:b', ' ', '😀', 'x'.repeat(512), 'é'.repeat(256)]],
    ['delayMs', [0, 0.5, 1, MAX_DELAY_MS]],
    ['priority', [1, MAX_PRIORITY, undefined]],
    ['lifo', [false, undefined]],
    ['deduplication', [{ id: 'x' }, { id: 'x', ttlMs: 1 }, { id: 'x', ttlMs: undefined }]],
    ['attempts', [1, 1000]],
    ['backoff', [{ type: 'fixed', delayMs: 0 }, { type: 'exponential', delayMs: 1000 }, { type: 'custom' }]],
    ['timeoutMs', [1, 2 ** 31 - 1]],
    ['removeOnComplete', [true, false, { count: 0 }, { ageSeconds: 5 }, { count: 1, ageSeconds: undefined }]],
  ])('%s: what is allowed comes back as it is', (option, values) => {
    for (const value of values) {
      const resolved = resolve({ [option]: value }) as unknown as Record<string, unknown>;
      if (value !== undefined) expect(resolved[option]).toEqual(value);
    }
  });

  test('says where a schedule is declared instead', () => {
    expect(refusalOf(() => resolve({ repeat: { every: 1000 } })).allowed).toContain('schedules.upsert');
  });

  test('priorities are refused where the queue declares none, and lifo where it does', () => {
    expect(refusalOf(() => resolve({ priority: 1 }, {}, false)).allowed).toContain('none');
    expect(resolve({ lifo: true }, {}, false).lifo).toBe(true);
    expect(refusalOf(() => resolve({ lifo: true }, {}, true)).option).toContain('lifo');
  });

  test('whatever comes in, it answers options that pass again unchanged, or an InvalidOptionError', () => {
    const anyOption = fc.oneof(
      fc.anything(),
      fc.integer(),
      fc.double(),
      fc.string(),
      fc.record({ id: fc.anything(), ttlMs: fc.anything() }, { requiredKeys: [] }),
      fc.record({ type: fc.constantFrom('fixed', 'exponential', 'custom', 'x'), delayMs: fc.anything() }),
      fc.record({ count: fc.anything(), ageSeconds: fc.anything() }, { requiredKeys: [] }),
    );
    const names = Object.keys(resolveJobOptions(WHERE, {}, false));
    const anyOptions = fc.dictionary(fc.constantFrom(...names), anyOption, { noNullPrototype: true });
    fc.assert(
      fc.property(anyOptions, fc.boolean(), (options, carriesPriorities) => {
        let resolved: ResolvedJobOptions;
        try {
          resolved = resolve(options, {}, carriesPriorities);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidOptionError);
          return;
        }
        expect(resolve(resolved, {}, carriesPriorities)).toEqual(resolved);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('checkJobDefaults', () => {
  test('takes nothing for nothing to check', () => {
    expect(() => checkJobDefaults(WHERE, {})).not.toThrow();
  });

  test('refuses what no job of the queue could have', () => {
    expect(refusalOf(() => checkJobDefaults(WHERE, { attempts: 0 })).value).toBe(0);
  });

  test.each(['id', 'delayMs', 'timeout', 'repeat'])('refuses %s, which is no default', (option) => {
    const refused = refusalOf(() => checkJobDefaults(WHERE, { [option]: 1 }));
    expect(refused.option).toBe(`${option} of defaults of ${WHERE}`);
  });
});
