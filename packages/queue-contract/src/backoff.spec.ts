import fc from 'fast-check';
import { backoffDelayMs } from './backoff.js';

const error = new Error('again');
const five = [1, 2, 3, 4, 5];

describe('backoffDelayMs', () => {
  test('is 0 without a backoff', () => {
    expect(five.map((n) => backoffDelayMs(undefined, n, error))).toEqual([0, 0, 0, 0, 0]);
  });

  test('fixed waits the same every time', () => {
    const waits = five.map((n) => backoffDelayMs({ type: 'fixed', delayMs: 70 }, n, error));
    expect(waits).toEqual([70, 70, 70, 70, 70]);
  });

  test('exponential starts at its delay and doubles', () => {
    const waits = five.map((n) => backoffDelayMs({ type: 'exponential', delayMs: 100 }, n, error));
    expect(waits).toEqual([100, 200, 400, 800, 1600]);
  });

  test('exponential is twice the wait before, however often', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 100_000 }), (n, delayMs) => {
        const wait = (attempts: number) => backoffDelayMs({ type: 'exponential', delayMs }, attempts, error);
        expect(wait(n + 1)).toBe(2 * wait(n));
      }),
    );
  });

  test('custom asks the function with the attempts made and the error', () => {
    const asked: unknown[] = [];
    const custom = (attemptsMade: number, reason: Error) => {
      asked.push([attemptsMade, reason]);
      return attemptsMade * 7;
    };
    expect(backoffDelayMs({ type: 'custom' }, 3, error, custom)).toBe(21);
    expect(asked).toEqual([[3, error]]);
  });

  test.each([-1, Number.NaN, undefined, null])('custom that answers %p waits 0', (answer) => {
    expect(backoffDelayMs({ type: 'custom' }, 1, error, () => answer as number)).toBe(0);
  });

  test('custom without a function waits 0', () => {
    expect(backoffDelayMs({ type: 'custom' }, 1, error)).toBe(0);
  });
});
