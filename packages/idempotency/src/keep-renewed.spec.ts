import { jest } from '@jest/globals';
import { ClaimLostError } from './errors.js';
import type { Claim } from './idempotency.js';
import { keepRenewed } from './keep-renewed.js';

const LEASE_MS = 1000;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A claim whose renewals answer as `renew` does. */
function leased(renew: () => Promise<void>) {
  const renewedAtMs: number[] = [];
  const startMs = performance.now();
  let endsAtMs = startMs + LEASE_MS;
  const claim: Claim = {
    state: 'fresh',
    token: 't',
    leaseLeftMs: () => Math.max(0, endsAtMs - performance.now()),
    complete: async () => undefined,
    fail: async () => undefined,
    release: async () => true,
    async renew() {
      const sentAtMs = performance.now();
      renewedAtMs.push(sentAtMs - startMs);
      await renew();
      endsAtMs = sentAtMs + LEASE_MS;
    },
  };
  return { lease: keepRenewed(claim, 'key', LEASE_MS), renewedAtMs };
}

describe('keepRenewed', () => {
  it('renews at every half of the lease and leaves no timer when it is stopped', async () => {
    const { lease, renewedAtMs } = leased(async () => undefined);
    await jest.advanceTimersByTimeAsync(2200);
    expect(renewedAtMs).toEqual([500, 1000, 1500, 2000]);
    expect(lease.lost.aborted).toBe(false);
    lease.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tries a renewal that failed again, and gives up when the lease may have run out', async () => {
    const failure = new Error('no answer');
    const { lease, renewedAtMs } = leased(() => Promise.reject(failure));
    await jest.advanceTimersByTimeAsync(999);
    expect(renewedAtMs).toEqual([500, 600, 700, 800, 900]);
    expect(lease.lost.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(lease.lost.reason).toMatchObject({ foundInstead: 'unknown', cause: failure });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives up in time although the renewal hangs, and minds no answer that comes later', async () => {
    let answer = () => {};
    const { lease } = leased(() => new Promise<void>((resolve) => (answer = resolve)));
    await jest.advanceTimersByTimeAsync(1000);
    expect(lease.lost.aborted).toBe(true);
    answer();
    await jest.advanceTimersByTimeAsync(5000);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives up at once when somebody else has the key', async () => {
    const lost = new ClaimLostError('key', 'claim');
    const { lease, renewedAtMs } = leased(() => Promise.reject(lost));
    await jest.advanceTimersByTimeAsync(500);
    expect(lease.lost.reason).toBe(lost);
    await jest.advanceTimersByTimeAsync(5000);
    expect(renewedAtMs).toEqual([500]);
  });

  it.each([
    ['succeeds', () => Promise.resolve()],
    ['fails', () => Promise.reject(new Error('no answer'))],
    ['is lost', () => Promise.reject(new ClaimLostError('key', 'end'))],
  ])('arms nothing when a renewal %s after it was stopped', async (_, answer) => {
    const { lease } = leased(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await answer();
    });
    await jest.advanceTimersByTimeAsync(550);
    lease.stop();
    await jest.advanceTimersByTimeAsync(100);
    expect(jest.getTimerCount()).toBe(0);
    expect(lease.lost.aborted).toBe(false);
  });
});
