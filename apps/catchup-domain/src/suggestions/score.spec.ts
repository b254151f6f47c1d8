import fc from 'fast-check';
import { rank, score, SUGGESTION_THRESHOLD, usualDaysBetween, type Candidate } from './score.js';

const close: Candidate = { contactId: 'ada', closeness: 1, isReachable: true, daysSinceContact: 0 };
const closeness = fc.double({ min: 0, max: 1, noNaN: true });
const days = fc.option(fc.nat({ max: 4000 }), { nil: undefined });
const candidates = fc.record<Candidate>({
  contactId: fc.uuid(),
  closeness,
  isReachable: fc.boolean(),
  daysSinceContact: days,
  daysSinceMeeting: days,
  daysToMeeting: days,
  daysToBirthday: fc.option(fc.nat({ max: 366 }), { nil: undefined }),
  daysSinceDismissal: days,
  ignoredInARow: fc.nat({ max: 20 }),
});

test.each([
  ['closeness', 1.1, 'closeness must be from 0 to 1, not 1.1'],
  ['closeness', Number.NaN, 'closeness must be from 0 to 1, not NaN'],
  ['daysSinceContact', -1, 'daysSinceContact must be a whole number from 0, not -1'],
  ['daysToBirthday', 0.5, 'daysToBirthday must be a whole number from 0, not 0.5'],
])('refuses %s = %p', (name, value, message) => {
  expect(() => score({ ...close, [name]: value })).toThrow(message);
});

describe('who', () => {
  test('nobody who was talked to within the usual time', () => {
    expect(score({ ...close, daysSinceContact: 9 })).toEqual({ contactId: 'ada', score: 0, reasons: [] });
  });

  test('somebody from the day it is due', () => {
    expect(score({ ...close, daysSinceContact: 10 })).toEqual({
      contactId: 'ada',
      score: 20,
      reasons: [{ kind: 'overdue', points: 20, days: 10, usualDays: 10 }],
    });
  });

  test('the one who waits longer, measured by how close they are', () => {
    const ranked = rank([
      { contactId: 'distant', closeness: 0, isReachable: true, daysSinceContact: 200 },
      { contactId: 'close', closeness: 1, isReachable: true, daysSinceContact: 20 },
    ]);
    expect(ranked.map(({ contactId }) => contactId)).toEqual(['close', 'distant']);
  });

  test('somebody whose birthday is today, though they talked lately', () => {
    expect(score({ ...close, daysSinceContact: 2, daysToBirthday: 0 }).score).toBe(40);
  });

  test('nobody whom the user is about to meet, or has just met', () => {
    const due = { ...close, daysSinceContact: 15 };
    expect(rank([due])).toHaveLength(1);
    expect(rank([{ ...due, daysToMeeting: 1 }])).toEqual([]);
    expect(rank([{ ...due, daysSinceMeeting: 1 }])).toEqual([]);
  });

  test('somebody never talked to only when they are close', () => {
    const never = { contactId: 'new', isReachable: true };
    expect(rank([{ ...never, closeness: 0.3 }])).toEqual([]);
    expect(rank([{ ...never, closeness: 0.7 }])[0]?.reasons).toEqual([
      { kind: 'never-in-touch', points: 28 },
    ]);
  });

  test('nobody who cannot be reached', () => {
    expect(rank([{ ...close, daysSinceContact: 500, isReachable: false }])).toEqual([]);
  });

  test('nobody who was dismissed yesterday, but a month later again', () => {
    const due = { ...close, daysSinceContact: 60 };
    expect(rank([{ ...due, daysSinceDismissal: 1 }])).toEqual([]);
    expect(rank([{ ...due, daysSinceDismissal: 30 }])).toHaveLength(1);
  });

  test('somebody ignored ever more seldom', () => {
    const due = { ...close, daysSinceContact: 12 };
    expect(rank([{ ...due, ignoredInARow: 1 }])).toHaveLength(1);
    expect(rank([{ ...due, ignoredInARow: 3 }])).toEqual([]);
  });
});

test('the reasons add up to the score, weightiest first', () => {
  fc.assert(
    fc.property(candidates, (candidate) => {
      const scored = score(candidate);
      expect(scored.reasons.reduce((sum, { points }) => sum + points, 0)).toBe(scored.score);
      const weights = scored.reasons.map(({ points }) => Math.abs(points));
      expect(weights).toEqual([...weights].sort((a, b) => b - a));
      expect(weights).not.toContain(0);
      expect(Number.isSafeInteger(scored.score)).toBe(true);
    }),
  );
});

test('a day more without a word never lowers the score', () => {
  fc.assert(
    fc.property(candidates, fc.nat({ max: 4000 }), (candidate, daysSinceContact) => {
      const today = score({ ...candidate, daysSinceContact });
      const tomorrow = score({ ...candidate, daysSinceContact: daysSinceContact + 1 });
      expect(tomorrow.score).toBeGreaterThanOrEqual(today.score);
    }),
  );
});

test('who waits as many times the usual time is as overdue, however close', () => {
  fc.assert(
    fc.property(closeness, fc.integer({ min: 1, max: 6 }), (level, times) => {
      const overdueBy = (one: number) =>
        score({ ...close, closeness: one, daysSinceContact: usualDaysBetween(one) * times }).score;
      expect(overdueBy(level)).toBe(overdueBy(1));
    }),
  );
});

test('the closer, the more often', () => {
  expect([0, 0.25, 0.5, 0.75, 1].map(usualDaysBetween)).toEqual([180, 87, 42, 21, 10]);
});

test('a ranking does not depend on the order it is asked in, and holds nobody below the threshold', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(candidates, { selector: ({ contactId }) => contactId, maxLength: 20 }),
      (all) => {
        const ranked = rank(all);
        expect(rank([...all].reverse())).toEqual(ranked);
        for (const { score: points } of ranked) expect(points).toBeGreaterThanOrEqual(SUGGESTION_THRESHOLD);
      },
    ),
  );
});
