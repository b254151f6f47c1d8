import type { ContractCase } from '../contract-case.js';
import { eventually } from '../eventually.js';
import { nextAfterFiring } from '../schedule-firings.js';
import { nextClockChanges, nextTimeOnTheClock, wallClock } from '../wall-clock.js';

const needs = ['schedules'] as const;
const DAY_MS = 24 * 3600 * 1000;
const HALF_HOUR_MS = 1_800_000;

export const timeZoneCases: readonly ContractCase[] = [
  {
    title: '[14] a cron rule reads the clocks of its IANA time zone, default UTC',
    needs,
    async run({ engine, declare }) {
      const { schedules } = engine.queue(declare());
      for (const timeZone of [undefined, 'UTC', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/New_York']) {
        const nowMs = Date.now();
        const { nextRunAtMs } = await schedules.upsert({
          id: `at 9:15 in ${timeZone}`,
          rule: { cron: '15 9 * * *', ...(timeZone && { timeZone }) },
          name: 'work',
          data: null,
        });
        const expectedMs = nextTimeOnTheClock({ hour: 9, minute: 15 }, timeZone ?? 'UTC', nowMs);
        expect([timeZone, iso(nextRunAtMs)]).toEqual([timeZone, iso(expectedMs)]);
      }
    },
  },
  {
    title: '[14] the slot after a firing reads the same clocks',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      let fired = 0;
      await consume(queue, () => void fired++);
      const firstRunAtMs = Date.now() + 400;
      const timeZones = ['Asia/Kolkata', 'America/New_York'];
      for (const timeZone of timeZones) {
        const rule = { cron: '15 9 * * *', timeZone };
        await queue.schedules.upsert({ id: timeZone, rule, name: 'work', data: null }, { firstRunAtMs });
      }
      await eventually('both fired', () => fired === 2);
      for (const timeZone of timeZones) {
        const next = await nextAfterFiring(queue, timeZone, firstRunAtMs);
        const expectedMs = nextTimeOnTheClock({ hour: 9, minute: 15 }, timeZone, firstRunAtMs);
        expect([timeZone, iso(next.nextRunAtMs)]).toEqual([timeZone, iso(expectedMs)]);
      }
    },
  },
  {
    title: '[14] the day clocks are put forward, and the day they are put back, noon is noon',
    needs,
    async run({ engine, declare }) {
      const { schedules } = engine.queue(declare());
      for (const timeZone of ['Europe/Berlin', 'America/New_York', 'Pacific/Auckland']) {
        const nowMs = Date.now();
        const { forward, back } = nextClockChanges(timeZone, nowMs + 2 * DAY_MS);
        for (const dayMs of [forward - DAY_MS, forward, back - DAY_MS, back]) {
          const { month, day } = wallClock(dayMs, timeZone);
          const { nextRunAtMs } = await schedules.upsert({
            id: `noon ${month}-${day} in ${timeZone}`,
            rule: { cron: `0 12 ${day} ${month} *`, timeZone },
            name: 'work',
            data: null,
          });
          const noon = { month, day, hour: 12, minute: 0 };
          const expectedMs = nextTimeOnTheClock(noon, timeZone, dayMs - 2 * DAY_MS);
          expect([timeZone, iso(nextRunAtMs)]).toEqual([timeZone, iso(expectedMs)]);
        }
      }
    },
  },
  {
    title:
      '[14] a time that clocks skip fires as much later; a time that they show twice fires the first time',
    needs,
    async run({ engine, declare }) {
      const { schedules } = engine.queue(declare());
      const timeZone = 'Europe/Berlin';
      const { forward, back } = nextClockChanges(timeZone, Date.now() + 2 * DAY_MS);
      const halfPastTwo = async (dayMs: number) => {
        const { month, day } = wallClock(dayMs, timeZone);
        const { nextRunAtMs } = await schedules.upsert({
          id: `half past two, ${month}-${day}`,
          rule: { cron: `30 2 ${day} ${month} *`, timeZone },
          name: 'work',
          data: null,
        });
        return iso(nextRunAtMs);
      };
      expect(await halfPastTwo(forward)).toBe(iso(forward + HALF_HOUR_MS));
      expect(await halfPastTwo(back)).toBe(iso(back - HALF_HOUR_MS));
    },
  },
];

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
