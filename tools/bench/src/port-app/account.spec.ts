import type { Run } from './app-operations.js';
import { Account } from './account.js';

const LOCK_MS = 5000;

function accountOf(...notes: { added?: string[]; refused?: string[]; runs?: [string, number][] }[]): Account {
  const account = new Account();
  for (const { added = [], refused = [], runs = [] } of notes) {
    account.note({
      type: 'account',
      added,
      refused,
      runs: runs.map(([id, atMs]): Run => ({ id, queue: 0, startedAtMs: atMs, endedAtMs: atMs + 10 })),
    });
  }
  return account;
}

describe('Account', () => {
  it('counts what was added and has run, in whatever order it hears of it', () => {
    const account = accountOf(
      { added: ['a', 'b'], runs: [['c', 1]] },
      { added: ['c'], runs: [['a', 2]] },
      { runs: [['b', 3]] },
    );
    expect(account.missing).toBe(0);
    expect(account.summary([], LOCK_MS)).toEqual({
      added: 3,
      refused: 0,
      ranThoughRefused: 0,
      lost: 0,
      doubled: 0,
      reruns: 0,
    });
  });

  it('misses what was added and did not run', () => {
    const account = accountOf({ added: ['a', 'b'], runs: [['a', 1]] });
    expect(account.missing).toBe(1);
    expect(account.missingIds()).toEqual(['b']);
    expect(account.summary([], LOCK_MS).lost).toBe(1);
  });

  it('wants nothing of a refused add', () => {
    const account = accountOf({ refused: ['a', 'b'], runs: [['a', 1]] });
    expect(account.summary([], LOCK_MS)).toMatchObject({
      added: 0,
      refused: 2,
      ranThoughRefused: 1,
      lost: 0,
    });
  });

  it('calls two successes doubled, unless the first was told too late because of a long disturbance', () => {
    const twice = () => accountOf({ added: ['a'], runs: [['a', 10_000]] }, { runs: [['a', 20_000]] });
    const summary = (fromMs: number, toMs: number) => twice().summary([{ fromMs, toMs }], LOCK_MS);
    expect(twice().summary([], LOCK_MS)).toMatchObject({ doubled: 1, reruns: 0 });
    expect(summary(10_005, 16_000)).toMatchObject({ doubled: 0, reruns: 1 });
    // Over before it began.
    expect(summary(1_000, 9_000)).toMatchObject({ doubled: 1, reruns: 0 });
    // Long after it was told.
    expect(summary(12_000, 19_000)).toMatchObject({ doubled: 1, reruns: 0 });
    // Shorter than a lock.
    expect(summary(10_005, 12_000)).toMatchObject({ doubled: 1, reruns: 0 });
  });
});
