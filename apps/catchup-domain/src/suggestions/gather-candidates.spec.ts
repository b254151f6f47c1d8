import type { Contact, Suggestion } from '@switchyard/catchup-data';
import { gatherCandidates, type Acquaintance, type CandidateInput } from './gather-candidates.js';

const now = new Date('2026-03-02T09:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const contact = (change: Partial<Contact> = {}): Contact => ({
  id: 'ada',
  userId: 'u',
  displayName: 'Ada',
  givenName: null,
  familyName: null,
  nickname: null,
  organization: null,
  jobTitle: null,
  birthday: null,
  photoUrl: null,
  notes: null,
  starred: false,
  lastContactedAt: null,
  closeness: null,
  muted: false,
  deletedAt: null,
  createdAt: daysAgo(500),
  updatedAt: daysAgo(500),
  ...change,
});
const ada = (change: Partial<Contact> = {}): Acquaintance => ({
  contact: contact(change),
  emails: ['ada@example.com', 'ada@work.example'],
  phones: ['+493012345'],
});
const suggestion = (change: Partial<Suggestion>): Suggestion => ({
  id: 's',
  userId: 'u',
  contactId: 'ada',
  dedupeKey: 'k',
  score: 50,
  reasons: [],
  slotStartAt: daysAgo(5),
  slotEndAt: daysAgo(5),
  status: 'expired',
  decidedAt: null,
  expiresAt: daysAgo(5),
  reminderCount: 0,
  lastRemindedAt: null,
  createdAt: daysAgo(9),
  updatedAt: daysAgo(5),
  ...change,
});
const candidate = (change: Partial<CandidateInput> = {}) =>
  gatherCandidates({
    acquaintances: [ada()],
    meetings: [],
    suggestions: [],
    now,
    timeZone: 'Europe/Berlin',
    ...change,
  })[0];
const meeting = (fromDaysAgo: number, emails = ['ada@example.com']) => ({
  start: daysAgo(fromDaysAgo),
  end: new Date(daysAgo(fromDaysAgo).getTime() + 3_600_000),
  emails,
});

test('nobody who is muted or gone', () => {
  expect(candidate({ acquaintances: [ada({ muted: true })] })).toBeUndefined();
  expect(candidate({ acquaintances: [ada({ deletedAt: now })] })).toBeUndefined();
});

test('who has no phone number cannot be reached', () => {
  expect(candidate({ acquaintances: [{ ...ada(), phones: [] }] })?.isReachable).toBe(false);
});

test('closeness as the user said, else by the star', () => {
  expect(candidate({ acquaintances: [ada({ closeness: 0, starred: true })] })?.closeness).toBe(0);
  expect(candidate({ acquaintances: [ada({ starred: true })] })?.closeness).toBe(0.7);
  expect(candidate()?.closeness).toBe(0.3);
});

test('never in touch is not the same as long ago', () => {
  expect(candidate()?.daysSinceContact).toBeUndefined();
  expect(candidate({ acquaintances: [ada({ lastContactedAt: daysAgo(400) })] })?.daysSinceContact).toBe(400);
});

test('a meeting, under any of the addresses, counts as being in touch', () => {
  const met = candidate({
    acquaintances: [ada({ lastContactedAt: daysAgo(30) })],
    meetings: [meeting(20), meeting(3, ['bob@example.com', 'ada@work.example']), meeting(-2)],
  });
  expect(met).toMatchObject({ daysSinceContact: 3, daysSinceMeeting: 3, daysToMeeting: 2 });
});

test('a meeting that is under way is today’s', () => {
  expect(candidate({ meetings: [{ ...meeting(1), end: meeting(-1).end }] })).toMatchObject({
    daysSinceMeeting: undefined,
    daysToMeeting: 0,
  });
});

test('a meeting of many is nobody’s talk', () => {
  const many = ['ada@example.com', ...Array.from({ length: 8 }, (_, at) => `${at}@example.com`)];
  expect(candidate({ meetings: [meeting(1, many)] })?.daysSinceMeeting).toBeUndefined();
});

test('a birthday, with or without a year', () => {
  expect(candidate({ acquaintances: [ada({ birthday: '1815-03-04' })] })?.daysToBirthday).toBe(2);
  expect(candidate({ acquaintances: [ada({ birthday: '--03-02' })] })?.daysToBirthday).toBe(0);
});

test('the last dismissal counts', () => {
  const dismissed = (days: number) => suggestion({ status: 'dismissed', decidedAt: daysAgo(days) });
  expect(candidate({ suggestions: [dismissed(9), dismissed(4)] })?.daysSinceDismissal).toBe(4);
});

test('those that passed without an answer, up to the last answer', () => {
  const passed = (days: number) => suggestion({ createdAt: daysAgo(days) });
  const accepted = suggestion({ status: 'accepted', decidedAt: daysAgo(20), createdAt: daysAgo(21) });
  expect(candidate({ suggestions: [passed(30), accepted, passed(9), passed(7)] })?.ignoredInARow).toBe(2);
});

test('one that was withdrawn before its time, or still waits, was not ignored', () => {
  const withdrawn = suggestion({ updatedAt: daysAgo(7) });
  const waiting = suggestion({ status: 'pending' });
  expect(candidate({ suggestions: [withdrawn, waiting] })?.ignoredInARow).toBe(0);
});
