import type { Claim } from './idempotency.js';
import type { ClaimsContext } from './claims.js';
import { createTwoSteps } from './two-steps.js';

describe('claims between two steps', () => {
  /** Claims of which the first have run out. */
  function twoSteps(lapsed: number) {
    let taken = 0;
    const released: number[] = [];
    const take = async (): Promise<Claim> => {
      const number = taken++;
      return {
        state: 'fresh',
        token: String(number),
        leaseLeftMs: () => (number < lapsed ? 0 : 1000),
        complete: async () => undefined,
        fail: async () => undefined,
        renew: async () => undefined,
        release: async () => released.push(number) > 0,
      };
    };
    const context = { namespace: 'app' } as ClaimsContext;
    return { steps: createTwoSteps(context, take), released };
  }

  it('are forgotten beyond ten thousand, oldest first, but none whose lease still runs', async () => {
    const { steps, released } = twoSteps(3);
    for (let n = 0; n < 10_010; n++) await steps.check('queue', String(n), { leaseMs: 1000 });
    for (const n of [0, 2, 3, 10_009]) await steps.release('queue', String(n));
    expect(released).toEqual([3, 10_009]);
  });
});
