import fc from 'fast-check';
import { afterQuietHours } from './quiet-hours.js';
import { dueRound, reminderRounds } from './reminder-rounds.js';

const rounds = (createdAt: string, startsAt: string, zone = 'Europe/Berlin') =>
  reminderRounds({ createdAt: new Date(createdAt), startsAt: new Date(startsAt) }, zone).map(
    ({ round, dueAt }) => `${round} ${dueAt.toISOString()}`,
  );

test('a day and two hours before the call', () => {
  expect(rounds('2026-01-10T09:00:00Z', '2026-01-15T14:00:00Z')).toEqual([
    '1 2026-01-14T14:00:00.000Z',
    '2 2026-01-15T12:00:00.000Z',
  ]);
});

test('waits for the end of the quiet hours', () => {
  expect(rounds('2026-01-10T09:00:00Z', '2026-01-15T08:30:00Z')).toEqual([
    '1 2026-01-14T08:30:00.000Z',
    '2 2026-01-15T07:00:00.000Z',
  ]);
});

test('not when the quiet hours end with the call', () => {
  expect(rounds('2026-01-10T09:00:00Z', '2026-01-15T07:00:00Z')).toEqual(['1 2026-01-14T07:00:00.000Z']);
});

test('no round within an hour of the suggestion', () => {
  expect(rounds('2026-01-14T13:30:00Z', '2026-01-15T14:00:00Z')).toEqual(['2 2026-01-15T12:00:00.000Z']);
});

test('the last round due is sent, one that was missed is not', () => {
  const both = reminderRounds(
    { createdAt: new Date('2026-01-10T09:00:00Z'), startsAt: new Date('2026-01-15T14:00:00Z') },
    'Europe/Berlin',
  );
  expect(dueRound(both, new Date('2026-01-14T13:59:59Z'))).toBeUndefined();
  expect(dueRound(both, new Date('2026-01-14T14:00:00Z'))?.round).toBe(1);
  expect(dueRound(both, new Date('2026-01-15T13:00:00Z'))?.round).toBe(2);
});

test('rounds are in order, apart, before the call and never in the quiet hours', () => {
  const date = fc.date({
    min: new Date('2026-01-01'),
    max: new Date('2027-01-01'),
    noInvalidDate: true,
  });
  const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
  fc.assert(
    fc.property(date, date, zone, (createdAt, startsAt, timeZone) => {
      const all = reminderRounds({ createdAt, startsAt }, timeZone);
      for (const [index, { dueAt }] of all.entries()) {
        expect(dueAt.getTime()).toBeLessThan(startsAt.getTime());
        expect(dueAt.getTime()).toBeGreaterThan(createdAt.getTime());
        expect(afterQuietHours(dueAt, timeZone)).toEqual(dueAt);
        const next = all[index + 1];
        if (next) expect(next.dueAt.getTime()).toBeGreaterThan(dueAt.getTime());
      }
    }),
  );
});
