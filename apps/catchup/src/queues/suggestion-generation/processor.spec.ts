import { DAY_MS } from '../../durations.js';
import { suggest } from './processor.js';

const NOW_MS = 100 * DAY_MS;
const contact = (contactId: string, daysAgo: number | null, wantedEveryDays: number, closeness: number) => ({
  contactId,
  lastContactAtMs: daysAgo === null ? null : NOW_MS - daysAgo * DAY_MS,
  wantedEveryMs: wantedEveryDays * DAY_MS,
  closeness,
});
const request = (contacts: ReturnType<typeof contact>[], maxSuggestions = 5) =>
  suggest({ userId: 'u', nowMs: NOW_MS, maxSuggestions, contacts });

test('weighs how overdue somebody is by how close', () => {
  expect(request([contact('ada', 14, 7, 0.5), contact('bo', 10, 10, 0.9)])).toEqual([
    { contactId: 'ada', score: 1 },
    { contactId: 'bo', score: 0.9 },
  ]);
});

test('nobody is suggested too early or without any closeness', () => {
  expect(request([contact('early', 3, 10, 1), contact('stranger', 50, 10, 0)])).toEqual([]);
});

test('years of silence count as three missed turns', () => {
  expect(request([contact('ada', 99, 1, 0.2)])).toEqual([{ contactId: 'ada', score: 0.6 }]);
});

test('a contact never called is due once, and only so many are suggested', () => {
  const contacts = [contact('c', null, 7, 0.4), contact('b', null, 7, 0.4), contact('a', null, 7, 0.3)];
  expect(request(contacts, 2)).toEqual([
    { contactId: 'b', score: 0.4 },
    { contactId: 'c', score: 0.4 },
  ]);
});
