import type { Claim } from './idempotency.js';
import type { ClaimsContext } from './claims.js';
import { ClaimLostError } from './errors.js';
import { createTwoSteps } from './two-steps.js';

describe('claims between two steps', () => {
  function twoSteps(hasLapsed: (number: number) => boolean, complete = async () => undefined) {
    let taken = 0;
    const released: number[] = [];
    const take = async (): Promise<Claim> => {
      const number = taken++;
      return {
        state: 'fresh',
        token: String(number),
        leaseLeftMs: () => (hasLapsed(number) ? 0 : 1000),
        complete,
        fail: async () => undefined,
        renew: async () => undefined,
        release: async () => released.push(number) > 0,
      };
    };
    const context = { namespace: 'app' } as ClaimsContext;
    return { steps: createTwoSteps(context, take), released };
  }

  it('are forgotten beyond ten thousand once they have lapsed, and none whose lease still runs', async () => {
    const { steps, released } = twoSteps((number) => number < 3);
    for (let n = 0; n < 10_010; n++) await steps.check('queue', String(n), { leaseMs: 1000 });
    for (const n of [0, 2, 3, 10_009]) await steps.release('queue', String(n));
    expect(released).toEqual([3, 10_009]);
  });

  it('are forgotten although one among them lasts long', async () => {
    const { steps, released } = twoSteps((number) => number > 0);
    for (let n = 0; n < 10_010; n++) await steps.check('queue', String(n), { leaseMs: 1000 });
    for (const n of [0, 1, 9000]) await steps.release('queue', String(n));
    expect(released).toEqual([0]);
  });

  it('are forgotten once they are marked, lost or released', async () => {
    const lost = new ClaimLostError('lost', 'end');
    for (const complete of [async () => undefined, () => Promise.reject(lost)]) {
      const { steps, released } = twoSteps(() => false, complete);
      await steps.check('queue', 'marked', { leaseMs: 1000 });
      await steps.mark('queue', 'marked', 1).catch((error) => expect(error).toBe(lost));
      expect(await steps.release('queue', 'marked')).toBe(false);
      expect(released).toEqual([]);
    }
    const { steps, released } = twoSteps(() => false);
    await steps.check('queue', 'released', { leaseMs: 1000 });
    expect(await steps.release('queue', 'released')).toBe(true);
    expect(await steps.release('queue', 'released')).toBe(false);
    expect(released).toEqual([0]);
  });
});
