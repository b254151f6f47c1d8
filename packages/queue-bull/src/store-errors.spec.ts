import { ClosedError, EngineUnavailableError } from '@switchyard/queue-contract';
import { asQueueError, isConnectionError, isUnrecoverableConnectionError } from './store-errors.js';

const withCode = (code: string, extra: object = {}) => Object.assign(new Error(code), { code, ...extra });

describe('errors of the store', () => {
  test.each([
    ['WRONGPASS invalid username-password pair or user is disabled.', 'refuses the user name or password'],
    ['ERR invalid password', 'refuses the user name or password'],
    ['NOAUTH Authentication required.', 'wants a password'],
    ['Ready check failed: NOAUTH Authentication required.', 'wants a password'],
    ["READONLY You can't write against a read only replica.", 'read-only'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'out of memory'],
    ['LOADING Redis is loading the dataset in memory', 'loading'],
    ['Connection is closed.', 'failed'],
  ])('%s makes it unavailable', (message, problem) => {
    const cause = new Error(message);
    const error = asQueueError('bull', cause);
    expect(error).toBeInstanceOf(EngineUnavailableError);
    expect((error as Error).message).toContain(problem);
    expect((error as Error).cause).toBe(cause);
  });

  test('an address that does not answer is named', () => {
    const error = asQueueError(
      'bull',
      withCode('ECONNREFUSED', { address: '10.0.0.1', port: 6379 }),
    ) as Error;
    expect(error.message).toContain('10.0.0.1:6379');
  });

  test('errors of the port and of programs stay what they are', () => {
    for (const error of [
      new ClosedError('x'),
      new TypeError('x'),
      new Error('ERR unknown command'),
      'text',
    ]) {
      expect(asQueueError('bull', error)).toBe(error);
    }
  });

  test('only a broken connection leaves open whether a command was carried out', () => {
    expect(isConnectionError(withCode('ECONNRESET'))).toBe(true);
    expect(isConnectionError(new Error('Command aborted due to connection close'))).toBe(true);
    expect(isConnectionError(new Error('OOM command not allowed'))).toBe(false);
    expect(isConnectionError('ECONNRESET')).toBe(false);
  });

  test('only a login does not get better by itself', () => {
    expect(isUnrecoverableConnectionError(new Error('WRONGPASS no'))).toBe(true);
    expect(isUnrecoverableConnectionError(withCode('ECONNREFUSED'))).toBe(false);
  });
});
