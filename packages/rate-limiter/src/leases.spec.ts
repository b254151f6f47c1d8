import { createLeases } from './leases.js';
import type { Verdict } from './limit-counter.js';
import type { WindowRule } from './rule.js';

const lease = { units: 5, leaseMs: 1000 };
const rule: WindowRule = { kind: 'window', limit: 100, windowMs: 10_000, grainMs: 1, lease };
const granted = (leased: number): Verdict => ({
  fits: true,
  remaining: 50,
  resetAfterMs: 11_000,
  retryAfterMs: 0,
  nextAfterMs: 0,
  leased,
});

let clock: { nowMs: number; wallMs: number };
const open = (maxKeys = 10) => createLeases(maxKeys, { now: () => clock.nowMs, wallNow: () => clock.wallMs });
const pass = (ms: number) => {
  clock.nowMs += ms;
  clock.wallMs += ms;
};
beforeEach(() => {
  clock = { nowMs: 77, wallMs: 1e12 };
});

describe('units on lease', () => {
  it('are used once each, and tell what is left in Redis and here', () => {
    const leases = open();
    leases.expect('k', rule, lease, 1).arrive(granted(4));
    expect(leases.take('k', rule, 1)).toEqual({ ...granted(0), remaining: 53 });
    expect(leases.take('k', rule, 4)).toBeUndefined();
    expect(leases.take('k', rule, 3)).toMatchObject({ remaining: 50 });
    expect(leases.take('k', rule, 1)).toBeUndefined();
  });

  it('are taken from several leases where one is too small', () => {
    const leases = open();
    leases.expect('k', rule, lease, 1).arrive(granted(2));
    leases.expect('k', rule, lease, 1).arrive(granted(2));
    expect(leases.take('k', rule, 3)).toBeDefined();
    expect(leases.take('k', rule, 2)).toBeUndefined();
    expect(leases.take('k', rule, 1)).toBeDefined();
  });

  it('are given up before their time is over, counted from when they were asked for', () => {
    const leases = open();
    const asked = leases.expect('k', rule, lease, 1);
    pass(600);
    asked.arrive(granted(4));
    pass(397);
    expect(leases.take('k', rule, 1)).toBeDefined();
    pass(1);
    expect(leases.take('k', rule, 1)).toBeUndefined();
    expect(leases.size).toBe(0);
  });

  it('are given up when the machine slept meanwhile', () => {
    const leases = open();
    leases.expect('k', rule, lease, 1).arrive(granted(4));
    clock.wallMs += 1000;
    expect(leases.take('k', rule, 1)).toBeUndefined();
  });

  it('are not kept longer when the wall clock was set back', () => {
    const leases = open();
    leases.expect('k', rule, lease, 1).arrive(granted(4));
    clock.nowMs += 1000;
    clock.wallMs -= 60_000;
    expect(leases.take('k', rule, 1)).toBeUndefined();
  });

  it('are of one key and tier', () => {
    const leases = open();
    leases.expect('k', rule, lease, 1).arrive(granted(4));
    expect(leases.take('other', rule, 1)).toBeUndefined();
    expect(leases.take('k', { ...rule, limit: 200 }, 1)).toBeUndefined();
    leases.forget('k');
    expect(leases.take('k', rule, 1)).toBeUndefined();
  });

  it('are given up for the least used key when there are too many', () => {
    const leases = open(2);
    for (const key of ['a', 'b', 'c']) leases.expect(key, rule, lease, 1).arrive(granted(4));
    expect(leases.size).toBe(2);
    expect(leases.take('a', rule, 1)).toBeUndefined();
  });
});

describe('a request under way', () => {
  it('is waited for by as many as it may serve', async () => {
    const leases = open();
    expect(leases.wait('k', rule, 1)).toBeUndefined();
    const asked = leases.expect('k', rule, lease, 1);
    const waits = [1, 2, 1].map((units) => leases.wait('k', rule, units));
    expect(waits).not.toContain(undefined);
    expect(leases.wait('k', rule, 1)).toBeUndefined();
    asked.arrive(granted(4));
    await Promise.all(waits);
    expect(leases.take('k', rule, 4)).toBeDefined();
  });

  it('is not waited for once it has ended', () => {
    const leases = open();
    leases.expect('k', rule, lease, 1).arrive(granted(0));
    expect(leases.wait('k', rule, 1)).toBeUndefined();
  });

  it('fails for those who wait as it fails for its sender', async () => {
    const leases = open();
    const asked = leases.expect('k', rule, lease, 1);
    const wait = leases.wait('k', rule, 1);
    asked.fail(new Error('down'));
    await expect(wait).rejects.toThrow('down');
    expect(leases.wait('k', rule, 1)).toBeUndefined();
  });

  it('brings nothing to wait for when its sender needs all of it', () => {
    const leases = open();
    leases.expect('k', rule, lease, 7);
    expect(leases.wait('k', rule, 1)).toBeUndefined();
  });
});
