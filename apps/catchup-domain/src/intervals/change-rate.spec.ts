import fc from 'fast-check';
import { estimateChangeRate, type Poll } from './change-rate.js';

const prior = { intervalSeconds: 1800 };
const regular = (found: number, of: number, afterSeconds = prior.intervalSeconds): Poll[] =>
  Array.from({ length: of }, (_, at) => ({ afterSeconds, foundChanges: at < found }));

const polls = fc.array(
  fc.record<Poll>({ afterSeconds: fc.integer({ min: 1, max: 1_000_000 }), foundChanges: fc.boolean() }),
  { maxLength: 60 },
);

test('at regular distances it is the closed form of the paper', () => {
  for (const [found, of] of [
    [0, 0],
    [0, 10],
    [10, 10],
    [3, 40],
  ] as const) {
    const closed = Math.log((of + 1) / (of - found + 0.5)) / prior.intervalSeconds;
    expect(estimateChangeRate(regular(found, of), prior)).toBeCloseTo(closed, 12);
  }
});

test('nothing known means that a change is as likely as not within the interval of the prior', () => {
  expect(estimateChangeRate([], prior) * prior.intervalSeconds).toBeCloseTo(Math.LN2, 9);
});

test('finds the rate again that polls were drawn from', () => {
  // Every 600 s, at 4 changes an hour: a share of 1 − e^(−2/3) finds some.
  const of = 3000;
  const found = Math.round(of * (1 - Math.exp(-2 / 3)));
  expect(estimateChangeRate(regular(found, of, 600), prior) * 3600).toBeCloseTo(4, 1);
});

test('is finite and above 0 for any history', () => {
  fc.assert(
    fc.property(polls, fc.integer({ min: 1, max: 1_000_000 }), (history, intervalSeconds) => {
      const rate = estimateChangeRate(history, { intervalSeconds });
      expect(rate).toBeGreaterThan(0);
      expect(Number.isFinite(rate)).toBe(true);
    }),
  );
});

test('one more poll that found something never lowers the rate, one that found nothing never raises it', () => {
  fc.assert(
    fc.property(polls, fc.integer({ min: 1, max: 1_000_000 }), (history, afterSeconds) => {
      const rate = estimateChangeRate(history, prior);
      const more = estimateChangeRate([...history, { afterSeconds, foundChanges: true }], prior);
      const less = estimateChangeRate([...history, { afterSeconds, foundChanges: false }], prior);
      expect(more).toBeGreaterThanOrEqual(rate * (1 - 1e-9));
      expect(less).toBeLessThanOrEqual(rate * (1 + 1e-9));
    }),
  );
});

test('the order of polls does not matter', () => {
  fc.assert(
    fc.property(polls, (history) => {
      const forward = estimateChangeRate(history, prior);
      expect(estimateChangeRate([...history].reverse(), prior) / forward).toBeCloseTo(1, 6);
    }),
  );
});
