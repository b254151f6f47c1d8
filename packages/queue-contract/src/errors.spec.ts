import * as contract from './index.js';
import { InvalidOptionError, NonErrorThrownError, QueueError } from './errors.js';

const CODES = {
  ClosedError: 'SWITCHYARD_CLOSED',
  EngineUnavailableError: 'SWITCHYARD_ENGINE_UNAVAILABLE',
  InvalidOptionError: 'SWITCHYARD_INVALID_OPTION',
  InvalidPayloadError: 'SWITCHYARD_INVALID_PAYLOAD',
  JobFailedError: 'SWITCHYARD_JOB_FAILED',
  JobNotFoundError: 'SWITCHYARD_JOB_NOT_FOUND',
  JobRemovedError: 'SWITCHYARD_JOB_REMOVED',
  JobStateError: 'SWITCHYARD_JOB_STATE',
  JobTimeoutError: 'SWITCHYARD_JOB_TIMEOUT',
  NonErrorThrownError: 'SWITCHYARD_NON_ERROR_THROWN',
  UnknownJobNameError: 'SWITCHYARD_UNKNOWN_JOB_NAME',
  UnrecoverableJobError: 'SWITCHYARD_UNRECOVERABLE',
  UnsupportedByEngineError: 'SWITCHYARD_UNSUPPORTED',
  WaitTimeoutError: 'SWITCHYARD_WAIT_TIMEOUT',
};

type AnyError = new (...values: unknown[]) => QueueError;

const errorClasses = Object.entries(contract).filter(
  ([name, value]) => name.endsWith('Error') && value !== QueueError,
) as unknown as [string, AnyError][];

describe('errors of the port', () => {
  test('each exported error keeps its code', () => {
    const codes = errorClasses.map(([name, Class]) => [name, new Class('a', 'b', ['c'], 'd').code]);
    expect(Object.fromEntries(codes)).toEqual(CODES);
  });

  test('no two share a code', () => {
    expect(new Set(Object.values(CODES)).size).toBe(Object.keys(CODES).length);
  });

  test.each(errorClasses)('%s is a QueueError with its own name', (name, Class) => {
    const error = new Class('a', 'b', ['c'], 'd');
    expect(error).toBeInstanceOf(QueueError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(error.message).not.toBe('');
    expect(String(error)).toContain(name);
  });

  test('a bad value is shown, whatever it is, and never at length', () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const values = [undefined, null, Number.NaN, 10n, Symbol('s'), () => 1, circular, { n: 1n }, { a: 1 }];
    const messages = values.map((value) => new InvalidOptionError('x', value, 'y').message);
    expect(messages).toEqual([
      'x is undefined, allowed: y',
      'x is null, allowed: y',
      'x is NaN, allowed: y',
      'x is 10, allowed: y',
      'x is Symbol(s), allowed: y',
      'x is a function, allowed: y',
      'x is a value of type Object, allowed: y',
      'x is a value of type Object, allowed: y',
      'x is {"a":1}, allowed: y',
    ]);
    for (const long of ['x'.repeat(10_000), { text: 'x'.repeat(10_000) }]) {
      expect(new InvalidOptionError('x', long, 'y').message.length).toBeLessThan(300);
    }
  });

  test('what was thrown instead of an error is its cause', () => {
    expect(new NonErrorThrownError('text')).toMatchObject({
      cause: 'text',
      message: 'handler threw "text" instead of an Error',
    });
    expect(new NonErrorThrownError(undefined).cause).toBeUndefined();
  });
});
