import fc from 'fast-check';
import type { FreeTime } from './choose-slots.js';
import { planSuggestions, type PendingSuggestion, type SuggestionInput } from './plan-suggestions.js';
import { score, type Scored } from './score.js';

const now = new Date('2026-03-02T09:00:00Z');
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const time = (from: number, to: number): FreeTime => ({ start: at(from), end: at(to) });
const due = (contactId: string, daysSinceContact = 30): Scored =>
  score({ contactId, closeness: 1, isReachable: true, daysSinceContact });
const input = (change: Partial<SuggestionInput>): SuggestionInput => ({
  ranked: [],
  pending: [],
  free: [time(60, 600)],
  callMinutes: 30,
  limit: 5,
  preferredDays: new Map(),
  now,
  ...change,
});
const settle = (before: SuggestionInput): PendingSuggestion[] => {
  const { create, update, unchanged } = planSuggestions(before);
  return [
    ...create.map((draft) => ({ ...draft, id: `id of ${draft.contactId}` })),
    ...update,
    ...before.pending.filter(({ id }) => unchanged.includes(id)),
  ];
};
const [ada] = settle(input({ ranked: [due('ada')] })) as [PendingSuggestion];

test('says who, when and why', () => {
  const { create } = planSuggestions(input({ ranked: [due('ada')] }));
  expect(create).toEqual([
    {
      contactId: 'ada',
      score: 70,
      reasons: [
        {
          code: 'overdue',
          points: 70,
          text: '30 days since you were last in touch, about 10 are usual for you two',
        },
        { code: 'time-earliest', points: 0, text: 'It is the first time you are free' },
      ],
      slotStartAt: at(60),
      slotEndAt: at(90),
    },
  ]);
});

test('suggests nobody without a free time, and no more than the limit', () => {
  const ranked = ['a', 'b', 'c'].map((id) => due(id));
  expect(planSuggestions(input({ ranked, free: [] })).create).toEqual([]);
  expect(planSuggestions(input({ ranked, limit: 2 })).create).toHaveLength(2);
  expect(planSuggestions(input({ ranked, limit: -1 })).create).toEqual([]);
});

test.each([
  ['its-time-passed', { ranked: [due('ada')], now: at(60) }],
  ['not-worth-it-any-more', { ranked: [] }],
  ['no-free-time', { ranked: [due('ada')], free: [] }],
  [
    'others-are-better',
    { ranked: [due('ada'), due('bob', 400)], limit: 1, pending: [{ ...ada, score: 20 }] },
  ],
] as const)('gives a pending one up: %s', (because, change) => {
  const ranked = because === 'others-are-better' ? [due('ada', 10), due('bob', 400)] : change.ranked;
  const plan = planSuggestions(input({ pending: [ada], ...change, ranked }));
  expect(plan.expire).toEqual([{ id: ada.id, because }]);
});

test('what is pending does not give way to what is hardly better', () => {
  const plan = planSuggestions(input({ ranked: [due('ada', 25), due('bob', 30)], pending: [ada], limit: 1 }));
  expect(plan.create).toEqual([]);
  expect(plan.expire).toEqual([]);
});

test('keeps the time, and the reason it was chosen for, when only the score moves', () => {
  const plan = planSuggestions(input({ ranked: [due('ada', 31)], pending: [ada], free: [time(30, 600)] }));
  expect(plan.update).toMatchObject([{ id: ada.id, score: 71, slotStartAt: at(60) }]);
  expect(plan.update[0]?.reasons.at(-1)).toEqual(ada.reasons.at(-1));
});

test('finds another time when an event came in between', () => {
  const plan = planSuggestions(input({ ranked: [due('ada')], pending: [ada], free: [time(75, 600)] }));
  expect(plan.update).toMatchObject([{ id: ada.id, slotStartAt: at(75) }]);
});

const worlds = fc
  .record({
    contacts: fc.uniqueArray(
      fc.record({ contactId: fc.constantFrom(...'abcdefghij'), days: fc.integer({ min: 10, max: 400 }) }),
      { selector: ({ contactId }) => contactId },
    ),
    free: fc.array(fc.tuple(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 8 })), { maxLength: 6 }),
    limit: fc.nat({ max: 6 }),
  })
  .map(({ contacts, free, limit }) => {
    let cursor = 10;
    const times = free.map(([pause, slots]) => {
      const start = cursor + pause;
      cursor = start + slots * 15;
      return time(start, cursor);
    });
    return { ranked: contacts.map(({ contactId, days }) => due(contactId, days)), free: times, limit };
  });

test('planning again changes nothing, and accounts for every pending suggestion once, from any state', () => {
  fc.assert(
    fc.property(worlds, worlds, (before, after) => {
      const pending = settle(input(before));
      const plan = planSuggestions(input({ ...after, pending }));
      const accounted = [...plan.update, ...plan.expire].map(({ id }) => id).concat(plan.unchanged);
      expect(accounted.sort()).toEqual(pending.map(({ id }) => id).sort());

      const settled = settle(input({ ...after, pending }));
      expect(settled.length).toBeLessThanOrEqual(after.limit);
      const again = planSuggestions(input({ ...after, pending: settled }));
      expect({ ...again, unchanged: [] }).toEqual({ create: [], update: [], unchanged: [], expire: [] });
    }),
  );
});
