import fc from 'fast-check';
import {
  decideSyncInterval,
  DEFAULT_SYNC_INTERVAL_LIMITS as limits,
  type PushState,
  type SyncHistory,
} from './sync-interval.js';

const quiet: SyncHistory = { polls: [], failuresInARow: 0, push: 'none' };
const polled = (found: number, of: number, afterSeconds = 1800): SyncHistory => ({
  ...quiet,
  polls: Array.from({ length: of }, (_, at) => ({ afterSeconds, foundChanges: at < found })),
});
const kinds = (history: SyncHistory) => decideSyncInterval(history).reasons.map(({ kind }) => kind);

describe('what is no history', () => {
  test.each([0, -1, Number.NaN, Infinity])(
    'a poll after %p seconds is refused, with the value',
    (afterSeconds) => {
      const polls = [{ afterSeconds, foundChanges: true }];
      expect(() => decideSyncInterval({ ...quiet, polls })).toThrow(`not ${afterSeconds}`);
    },
  );

  test('limits that cross are refused, with both', () => {
    expect(() => decideSyncInterval(quiet, { ...limits, minSeconds: 700, maxSeconds: 600 })).toThrow(
      'minSeconds 700 must not exceed maxSeconds 600',
    );
  });
});

test('nothing known: the initial interval', () => {
  expect(decideSyncInterval(quiet)).toEqual({
    intervalSeconds: limits.initialSeconds,
    reasons: [{ kind: 'nothing-known' }],
  });
});

test('data that changes between any two polls is looked at more and more often, down to the minimum', () => {
  let current = limits.initialSeconds;
  const polls: { afterSeconds: number; foundChanges: boolean }[] = [];
  for (let round = 0; round < 12; round++) {
    polls.push({ afterSeconds: current, foundChanges: true });
    const next = decideSyncInterval({ ...quiet, polls, currentSeconds: current }).intervalSeconds;
    expect(next).toBeLessThanOrEqual(current);
    current = next;
  }
  expect(current).toBe(limits.minSeconds);
});

test('data that never changes is looked at ever less, up to the maximum', () => {
  expect(decideSyncInterval(polled(0, 40)).intervalSeconds).toBe(limits.maxSeconds);
  expect(kinds(polled(0, 40))).toEqual(['changes', 'at-maximum']);
});

test('says how much changed', () => {
  const [reason] = decideSyncInterval(polled(1, 2)).reasons;
  // ln(3 / 1.5) in half an hour.
  expect(reason).toEqual({ kind: 'changes', found: 1, polls: 2, perDay: 33 });
});

test('working push makes polls eight times as rare, silent push does not', () => {
  const plain = decideSyncInterval(polled(20, 20)).intervalSeconds;
  const pushed = decideSyncInterval({ ...polled(20, 20), push: 'working' });
  expect(pushed.intervalSeconds / plain).toBeCloseTo(8, 1);
  const silent = decideSyncInterval({ ...polled(20, 20), push: 'silent' });
  expect(silent.intervalSeconds).toBe(plain);
  expect(silent.reasons).toContainEqual({ kind: 'push-is-silent' });
});

test('each failure in a row doubles it, up to the maximum', () => {
  const after = (failuresInARow: number) => decideSyncInterval({ ...quiet, failuresInARow }).intervalSeconds;
  expect([after(1), after(2), after(50)]).toEqual([3600, 7200, limits.maxSeconds]);
});

test('what would hardly change stays', () => {
  const { intervalSeconds, reasons } = decideSyncInterval({ ...quiet, currentSeconds: 2000 });
  expect(intervalSeconds).toBe(2000);
  expect(reasons.at(-1)).toEqual({ kind: 'close-to-current', wouldBeSeconds: 1800 });
});

test('what was decided under other limits does not stay, however close it is', () => {
  const history = { ...quiet, currentSeconds: 22_000 };
  const { intervalSeconds } = decideSyncInterval(history, { ...limits, initialSeconds: 21_000 });
  expect(intervalSeconds).toBe(21_000);
});

test('deciding again with what was decided decides the same, whatever the history', () => {
  const history = fc.record<SyncHistory>({
    polls: fc.array(
      fc.record({ afterSeconds: fc.integer({ min: 1, max: 200_000 }), foundChanges: fc.boolean() }),
      { maxLength: 60 },
    ),
    failuresInARow: fc.nat({ max: 30 }),
    push: fc.constantFrom<PushState>('working', 'silent', 'none'),
    currentSeconds: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(history, (before) => {
      const { intervalSeconds } = decideSyncInterval(before);
      expect(intervalSeconds).toBeGreaterThanOrEqual(limits.minSeconds);
      expect(intervalSeconds).toBeLessThanOrEqual(limits.maxSeconds);
      const again = decideSyncInterval({ ...before, currentSeconds: intervalSeconds });
      expect(again.intervalSeconds).toBe(intervalSeconds);
    }),
  );
});
