import { DAY_MS } from '../../durations.js';
import { composeReminder } from './processor.js';

const NOW_MS = 100 * DAY_MS;
const suggestion = (contactName: string, daysAgo: number, more: object = {}) => ({
  suggestionId: contactName.toLowerCase(),
  contactName,
  shownAtMs: NOW_MS - daysAgo * DAY_MS,
  actedOn: false,
  reminders: 0,
  ...more,
});
const compose = (...suggestions: ReturnType<typeof suggestion>[]) =>
  composeReminder({ userId: 'u', nowMs: NOW_MS, remindAfterMs: 2 * DAY_MS, suggestions });

test('reminds of what nobody acted on for long enough, the oldest first', () => {
  expect(compose(suggestion('Ada', 3), suggestion('Bo', 5), suggestion('New', 1))).toEqual({
    suggestionIds: ['bo', 'ada'],
    text: 'You wanted to catch up with Bo and Ada.',
  });
});

test('says nothing when all was acted on', () => {
  expect(compose(suggestion('Ada', 3, { actedOn: true }))).toEqual({ suggestionIds: [], text: null });
});

test('every reminder doubles the wait, three are the most', () => {
  expect(compose(suggestion('Ada', 3, { reminders: 1 })).text).toBeNull();
  expect(compose(suggestion('Ada', 4, { reminders: 1 })).text).toContain('Ada');
  expect(compose(suggestion('Ada', 99, { reminders: 3 })).text).toBeNull();
});

test('many are summed up', () => {
  expect(compose(suggestion('Ada', 5), suggestion('Bo', 4), suggestion('Cy', 3)).text).toBe(
    'You wanted to catch up with Ada and 2 others.',
  );
});
