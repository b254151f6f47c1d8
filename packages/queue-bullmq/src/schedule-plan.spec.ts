import { InvalidOptionError } from '@switchyard/queue-contract';
import { planSchedule, type PlanRequest } from './schedule-plan.js';

const NOW = Date.UTC(2026, 0, 1, 12);
const every = { everyMs: 60_000 };
const hourly = { cron: '0 * * * *' };
const plan = (schedule: Partial<PlanRequest['schedule']>, request: Partial<PlanRequest> = {}) =>
  planSchedule({ schedule: { id: 'x', rule: every, ...schedule }, nowMs: NOW, ...request });

describe('planSchedule', () => {
  test('an interval fires first one interval from now', () => {
    expect(plan({})).toEqual({ startMs: NOW + 60_000 });
  });

  test('a cron schedule fires first at its next slot', () => {
    expect(plan({ rule: hourly })).toEqual({ startMs: NOW + 3_600_000 });
  });

  test.each([every, hourly])('%j: a first run to come is honoured exactly', (rule) => {
    expect(plan({ rule }, { firstRunAtMs: NOW + 123 })).toEqual({ startMs: NOW + 123 });
  });

  test('a change of payload keeps the pending slot, even one that is due', () => {
    expect(plan({}, { keptSlotMs: NOW - 5 })).toEqual({ overdueMs: NOW - 5, startMs: NOW + 59_995 });
    expect(plan({ rule: hourly }, { keptSlotMs: NOW + 5 })).toEqual({ startMs: NOW + 5 });
  });

  test('an overdue interval fires once, and its grid goes on where it would have been', () => {
    expect(plan({}, { firstRunAtMs: NOW - 1 })).toEqual({ overdueMs: NOW - 1, startMs: NOW + 59_999 });
    expect(plan({}, { firstRunAtMs: NOW - 150_000 })).toEqual({
      overdueMs: NOW - 150_000,
      startMs: NOW + 30_000,
    });
    expect(plan({}, { firstRunAtMs: NOW })).toEqual({ overdueMs: NOW, startMs: NOW + 60_000 });
  });

  test('an overdue cron firing happens once, and its rule goes on', () => {
    expect(plan({ rule: hourly }, { firstRunAtMs: NOW - 7_200_000 })).toEqual({
      overdueMs: NOW - 7_200_000,
      startMs: NOW + 3_600_000,
    });
  });

  test('the overdue firing is one of the runs that remain', () => {
    expect(plan({ remainingRuns: 3 }, { firstRunAtMs: NOW - 1 })).toMatchObject({ limit: 2 });
    expect(plan({ remainingRuns: 1 }, { firstRunAtMs: NOW - 1 })).toEqual({ overdueMs: NOW - 1 });
    expect(plan({ remainingRuns: 3 })).toMatchObject({ limit: 3 });
  });

  test('an end before the first run is refused; one before the second leaves only the first', () => {
    expect(() => plan({ endAtMs: NOW + 59_999 })).toThrow(InvalidOptionError);
    expect(plan({ endAtMs: NOW + 60_000 })).toEqual({ startMs: NOW + 60_000 });
    expect(plan({ endAtMs: NOW + 10 }, { firstRunAtMs: NOW - 1 })).toEqual({ overdueMs: NOW - 1 });
    expect(() => plan({ endAtMs: NOW - 10 }, { firstRunAtMs: NOW - 1 })).toThrow(InvalidOptionError);
  });
});
