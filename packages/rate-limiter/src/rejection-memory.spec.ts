import type { Demand, Verdict } from './limit-counter.js';
import { createRejectionMemory } from './rejection-memory.js';
import type { WindowRule } from './rule.js';

const rule: WindowRule = { kind: 'window', limit: 10, windowMs: 1000, grainMs: 1, lease: null };
const demand = (units = 1, parts: Partial<Demand> = {}): Demand => ({
  key: 'k',
  rule,
  units,
  leasable: 0,
  ...parts,
});
const rejection = (retryAfterMs: number): Verdict => ({
  fits: false,
  remaining: 2,
  resetAfterMs: 900,
  retryAfterMs,
  nextAfterMs: 0,
  leased: 0,
});

let nowMs: number;
const open = ({ maxKeys = 10, maxMs = 10_000 } = {}) => createRejectionMemory(maxKeys, maxMs, () => nowMs);
beforeEach(() => {
  nowMs = 5000;
});

describe('what Redis rejected', () => {
  it('is remembered until it can fit, with what is left of the wait', () => {
    const memory = open();
    memory.expect().arrive(demand(), rejection(100));
    nowMs += 99.5;
    expect(memory.find(demand())).toEqual({ ...rejection(1), resetAfterMs: 801 });
    nowMs += 0.5;
    expect(memory.find(demand())).toBeUndefined();
    expect(memory.size).toBe(0);
  });

  it('is not counted when it is over, even if nobody asked since', () => {
    const memory = open();
    memory.expect().arrive(demand(), rejection(100));
    memory.expect().arrive(demand(1, { key: 'other' }), rejection(200));
    nowMs += 150;
    expect(memory.size).toBe(1);
  });

  it('says nothing about fewer units, another key or another tier', () => {
    const memory = open();
    memory.expect().arrive(demand(5), rejection(100));
    expect(memory.find(demand(4))).toBeUndefined();
    expect(memory.find(demand(6))).toMatchObject({ retryAfterMs: 100 });
    expect(memory.find(demand(5, { key: 'other' }))).toBeUndefined();
    expect(memory.find(demand(5, { rule: { ...rule, limit: 20 } }))).toBeUndefined();
  });

  it('is believed no longer than it may be', () => {
    const memory = open({ maxMs: 50 });
    memory.expect().arrive(demand(), rejection(100));
    nowMs += 49;
    expect(memory.find(demand())).toBeDefined();
    nowMs += 1;
    expect(memory.find(demand())).toBeUndefined();
  });

  it('is not believed at all where that is none', () => {
    const memory = open({ maxMs: 0 });
    memory.expect().arrive(demand(), rejection(100));
    expect(memory.find(demand())).toBeUndefined();
  });

  it('is forgotten for every tier of a key', () => {
    const memory = open();
    memory.expect().arrive(demand(), rejection(100));
    memory.expect().arrive(demand(1, { rule: { ...rule, limit: 20 } }), rejection(100));
    memory.forget('k');
    expect(memory.find(demand())).toBeUndefined();
    expect(memory.size).toBe(0);
  });

  it('is forgotten for the least used key when there are too many', () => {
    const memory = open({ maxKeys: 2 });
    for (const key of ['a', 'b', 'c']) memory.expect().arrive(demand(1, { key }), rejection(100));
    expect(['a', 'b', 'c'].map((key) => memory.find(demand(1, { key })) !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
  });
});
