import { InvalidOptionError } from './errors.js';
import { MAX_WAIT_MS, resolveWait } from './wait-request.js';

const reference = { id: '7', name: 'welcome', queue: 'mail' };

describe('resolveWait', () => {
  test.each([[reference], ['7']])('takes the job %j', (job) => {
    expect(resolveWait('mail', job, { timeoutMs: 5 })).toEqual({ id: '7', timeoutMs: 5 });
  });

  test.each([0.5, 1, MAX_WAIT_MS])('takes a limit of %d ms', (timeoutMs) => {
    expect(resolveWait('mail', '7', { timeoutMs }).timeoutMs).toBe(timeoutMs);
  });

  test.each([undefined, null, 0, -1, Number.NaN, Infinity, MAX_WAIT_MS + 1, '5'])(
    'refuses a limit of %p',
    (timeoutMs) => {
      const options = { timeoutMs } as { timeoutMs: number };
      expect(() => resolveWait('mail', '7', options)).toThrow(InvalidOptionError);
      expect(() => resolveWait('mail', '7', options)).toThrow('timeoutMs of waitForEnd of queue "mail"');
    },
  );

  test('refuses a call without options', () => {
    const options = undefined as unknown as { timeoutMs: number };
    expect(() => resolveWait('mail', '7', options)).toThrow(InvalidOptionError);
  });

  test("refuses another queue's job", () => {
    expect(() => resolveWait('sms', reference, { timeoutMs: 5 })).toThrow(
      new InvalidOptionError('queue of job "7"', 'mail', '"sms"'),
    );
  });
});
