import { InvalidPayloadError, isUnrecoverable, UnrecoverableJobError } from '@switchyard/queue-contract';
import {
  closeSandboxes,
  openSandbox,
  runInSandbox,
  thrownBy,
  type SpecSandbox,
} from '../spec-support/run-in-sandbox.js';

let sandbox: SpecSandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(closeSandboxes);

const thrown = async (deed: string, more: object = {}) =>
  (await thrownBy(runInSandbox(sandbox, { deed, ...more }))) as Error & Record<string, unknown>;

describe('what goes in', () => {
  test('[20] a job runs in another process and knows what it would know in this one', async () => {
    expect(await runInSandbox(sandbox, { deed: 'pid' })).toBe(sandbox.processIds[0]);
    expect(sandbox.processIds[0]).not.toBe(process.pid);
    expect(await runInSandbox(sandbox, { deed: 'fields' })).toEqual({
      id: '7',
      name: 'work',
      queue: 'spec',
      engine: 'none',
      data: { deed: 'fields' },
      attempt: 2,
      attempts: 3,
      createdAtMs: 5,
      scheduleId: null,
      functions: ['function', 'function'],
      isSignal: true,
    });
  });

  test('a payload arrives as its schema made it: dates, maps, big integers, bytes, undefined', async () => {
    const value = {
      at: new Date(1e12),
      tags: new Map([['a', 1]]),
      big: 10n,
      bytes: new Uint8Array([1, 2]),
      missing: undefined,
    };
    expect(await runInSandbox(sandbox, { deed: 'kinds', value })).toEqual([
      '2001-09-09T01:46:40.000Z',
      [['a', 1]],
      'bigint',
      [1, 2],
      true,
    ]);
  });

  test('a payload that cannot go to another process fails the attempt, and the process runs the next', async () => {
    const error = await thrown('answer', { value: () => 1 });
    expect(error).toMatchObject({ code: 'SWITCHYARD_SANDBOX_TRANSFER', queue: 'spec', jobId: '7' });
    expect(error.message).toContain('could not be cloned');
    expect(await runInSandbox(sandbox, { deed: 'answer', value: 1 })).toBe(1);
    expect(sandbox.processIds).toHaveLength(1);
  });
});

describe('what comes back', () => {
  test('a result is any JSON value, falsy ones too; undefined and functions become null', async () => {
    for (const value of [
      null,
      0,
      '',
      false,
      [],
      {},
      'text',
      { deep: [1, { x: null }] },
      'ä✓'.repeat(300_000),
    ]) {
      expect(await runInSandbox(sandbox, { deed: 'answer', value })).toEqual(value);
    }
    expect(await runInSandbox(sandbox, { deed: 'answer' })).toBeNull();
    expect(await runInSandbox(sandbox, { deed: 'answerFunction' })).toBeNull();
    expect(await runInSandbox(sandbox, { deed: 'answerDate' })).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  });

  test('a result that JSON cannot carry fails the attempt', async () => {
    expect(await thrown('answerBigInt')).toBeInstanceOf(TypeError);
    expect(await thrown('answerCircle')).toBeInstanceOf(TypeError);
  });

  test('progress and log lines arrive in order, each awaited', async () => {
    const heard: unknown[] = [];
    const job = {
      updateProgress: async (progress: unknown) => void heard.push(progress),
      log: async (line: string) => void heard.push(line),
    };
    await runInSandbox(sandbox, { deed: 'tell', values: [0, null, { step: 'half', at: 0.5 }] }, { job });
    expect(heard).toEqual([0, null, { step: 'half', at: 0.5 }, 'first', 'zweite Zeile ✓']);
  });

  test('a payload that the handler changes arrives, falsy ones too', async () => {
    const heard: unknown[] = [];
    const job = { updateData: async (data: unknown) => void heard.push(data) };
    await runInSandbox(sandbox, { deed: 'change', values: [{ n: 2 }, null, 0, '', false] }, { job });
    expect(heard).toEqual([{ n: 2 }, null, 0, '', false, undefined]);
  });

  test('what the store refuses is thrown in the handler', async () => {
    const log = () => Promise.reject(Object.assign(new Error('store is away'), { code: 'E_AWAY' }));
    const answer = await runInSandbox(sandbox, { deed: 'tellRefused' }, { job: { log } });
    expect(answer).toEqual([true, 'store is away', 'E_AWAY']);
  });

  test('what a handler tells after its end is dropped and harms nobody', async () => {
    const heard: unknown[] = [];
    const hear = async (value: unknown) => void heard.push(value);
    const job = { updateProgress: hear, log: hear };
    await runInSandbox(sandbox, { deed: 'tellLate' }, { job });
    const [pid] = sandbox.processIds;
    expect(await runInSandbox(sandbox, { deed: 'spin', forMs: 60 }, { job })).toBe('dizzy');
    expect(await runInSandbox(sandbox, { deed: 'pid' }, { job })).toBe(pid);
    expect(heard).toEqual([`spinning ${pid}`]);
  });

  test('an error arrives with name, message, stack, code, fields and causes', async () => {
    const error = await thrown('throwRich');
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ message: 'no', code: 'E_NO', status: 403, retry: { afterMs: 5 } });
    expect(error.name).toBe('Refusal');
    expect(error.stack).toMatch(/no\n +at Object.throwRich \(.*handlers\.mjs/);
    expect(error).not.toHaveProperty('send');
    expect(Object.keys(error)).not.toContain('stack');
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.cause).toMatchObject({ message: 'deeper', cause: 'text' });
  });

  test('an error that is its own cause, and one of several', async () => {
    expect(await thrown('throwCircle')).toMatchObject({ message: 'round', cause: { message: 'round' } });
    const many = await thrown('throwMany');
    expect(many).toBeInstanceOf(AggregateError);
    expect(many).toMatchObject({ message: 'many', errors: [expect.any(TypeError), 'two'] });
  });

  test('[20] an error of the port is of its class again, so what cannot be retried is not', async () => {
    const unrecoverable = await thrown('throwCode', { code: 'SWITCHYARD_UNRECOVERABLE' });
    expect(unrecoverable).toBeInstanceOf(UnrecoverableJobError);
    expect(isUnrecoverable(unrecoverable)).toBe(true);
    expect(unrecoverable).toMatchObject({ message: 'for good', queue: 'q' });
    const invalid = await thrown('throwCode', { code: 'SWITCHYARD_INVALID_PAYLOAD' });
    expect(invalid).toBeInstanceOf(InvalidPayloadError);
    expect(isUnrecoverable(await thrown('throwCode', { code: 'E_OTHER' }))).toBe(false);
  });

  test('what is thrown and no error arrives as it is, or as a description of it', async () => {
    for (const value of ['text', undefined, null, 42, { code: 'E' }]) {
      expect(await thrown('throwValue', { value })).toMatchObject({
        code: 'SWITCHYARD_NON_ERROR_THROWN',
        cause: value,
      });
    }
    expect((await thrown('throwSymbol')).cause).toBe('Symbol(sign)');
  });
});

describe('living together', () => {
  test('signals to the group are left to the parent', async () => {
    expect(await runInSandbox(sandbox, { deed: 'ignoreSignals' })).toBe('still here');
  });

  test('messages of its own disturb nobody', async () => {
    expect(await runInSandbox(sandbox, { deed: 'chat' })).toBe('sent');
    expect(await runInSandbox(sandbox, { deed: 'answer', value: 1 })).toBe(1);
  });
});
