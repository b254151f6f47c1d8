import type { ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';
import { every } from '../schedule-firings.js';

const needs = ['schedules'] as const;

export const suspendCases: readonly ContractCase[] = [
  {
    title: 'suspend answers the schedule and takes it away with its pending firing: nothing fires',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      let firings = 0;
      await consume(queue, () => void firings++);
      const active = await queue.schedules.upsert(every('tick'));
      expect(await queue.schedules.suspend('tick')).toEqual(active);
      expect(await queue.schedules.get('tick')).toBeNull();
      expect(await queue.schedules.list()).toEqual([]);
      expect(await queue.schedules.suspended()).toEqual([active]);
      expect((await queue.inspector.counts()).delayed).toBe(0);
      await quiet(active.nextRunAtMs + 300 - Date.now());
      expect(firings).toBe(0);
    },
  },
  {
    title: 'resume before the due time puts the schedule back as it was, on its grid',
    needs,
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare());
      const firedAtMs: number[] = [];
      await consume(queue, () => void firedAtMs.push(Date.now()));
      const active = await queue.schedules.upsert(
        { ...every('tick'), remainingRuns: 3 },
        { firstRunAtMs: Date.now() + 2000 },
      );
      await queue.schedules.suspend('tick');
      expect(await queue.schedules.resume('tick')).toEqual(active);
      expect(await queue.schedules.list()).toEqual([active]);
      expect(await queue.schedules.suspended()).toEqual([]);
      await eventually('it fires twice', () => firedAtMs.length === 2);
      expect(firedAtMs[0]).toBeGreaterThanOrEqual(active.nextRunAtMs - 1);
      expect(firedAtMs[1]).toBeGreaterThanOrEqual(active.nextRunAtMs + 999);
      expect(firedAtMs[1]).toBeLessThan(active.nextRunAtMs + 1900 + lostMs());
    },
  },
  {
    title: 'a firing that came due while its schedule was suspended happens at once on resume, once',
    needs,
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare());
      const fired: unknown[] = [];
      await consume(queue, ({ scheduleId }) => fired.push(scheduleId));
      const { nextRunAtMs } = await queue.schedules.upsert(
        { ...every('hourly'), rule: { everyMs: 3_600_000 } },
        { firstRunAtMs: Date.now() + 1500 },
      );
      await queue.schedules.suspend('hourly');
      await quiet(nextRunAtMs + 200 - Date.now());
      expect(fired).toEqual([]);
      const resumedAtMs = Date.now();
      expect(await queue.schedules.resume('hourly')).toMatchObject({ id: 'hourly' });
      await eventually('it fires', () => fired.length === 1);
      expect(Date.now() - resumedAtMs).toBeLessThan(1500 + lostMs());
      await eventually(
        'its next slot is on the grid',
        () => queue.schedules.get('hourly'),
        (schedule) => schedule?.nextRunAtMs === nextRunAtMs + 3_600_000,
      );
      await quiet(100);
      expect(fired).toEqual(['hourly']);
    },
  },
  {
    title: 'what was suspended outlives its engine: another instance lists, resumes and forgets it',
    needs,
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const first = await another();
      const yearly = { ...every('b'), rule: { cron: '0 0 1 1 *', timeZone: 'Asia/Tokyo' } };
      const a = await first.queue(definition).schedules.upsert(every('a'));
      const b = await first.queue(definition).schedules.upsert(yearly);
      await first.queue(definition).schedules.suspend('a');
      await first.queue(definition).schedules.suspend('b');
      await first.close();
      const queue = engine.queue(definition);
      const suspended = [...(await queue.schedules.suspended())].sort((x, y) => (x.id < y.id ? -1 : 1));
      expect(suspended).toEqual([a, b]);
      let firings = 0;
      await consume(queue, () => void firings++);
      await queue.schedules.forget('b');
      expect(await queue.schedules.suspended()).toEqual([a]);
      await queue.schedules.resume('a');
      await eventually('it fires', () => firings > 0);
      expect(await queue.schedules.suspended()).toEqual([]);
    },
  },
  {
    title: 'what was forgotten does not come back',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      let firings = 0;
      await consume(queue, () => void firings++);
      const { nextRunAtMs } = await queue.schedules.upsert(every('tick'));
      await queue.schedules.suspend('tick');
      await queue.schedules.forget('tick');
      await queue.schedules.forget('tick');
      expect(await queue.schedules.suspended()).toEqual([]);
      expect(await queue.schedules.resume('tick')).toBeNull();
      expect(await queue.schedules.list()).toEqual([]);
      await quiet(nextRunAtMs + 300 - Date.now());
      expect(firings).toBe(0);
    },
  },
  {
    title: 'upsert takes over from a suspended schedule: it fires, and nothing is left to resume',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const fired: unknown[] = [];
      await consume(queue, ({ data }) => fired.push(data));
      await queue.schedules.upsert({ ...every('tick'), data: 'old' });
      await queue.schedules.suspend('tick');
      await queue.schedules.upsert({ ...every('tick'), data: 'new' });
      expect(await queue.schedules.suspended()).toEqual([]);
      await eventually('it fires', () => fired.length > 0);
      expect(fired).not.toContain('old');
    },
  },
  {
    title: 'suspend and resume answer null when there is nothing to suspend or resume',
    needs,
    async run({ engine, declare }) {
      const { schedules } = engine.queue(declare());
      expect(await schedules.suspend('missing')).toBeNull();
      expect(await schedules.resume('missing')).toBeNull();
      expect(await schedules.suspended()).toEqual([]);
      await schedules.upsert(every('active'));
      expect(await schedules.resume('active')).toBeNull();
      expect(await schedules.list()).toHaveLength(1);
    },
  },
  {
    title: 'suspending and resuming all the while neither loses a firing nor doubles it',
    needs,
    async run({ engine, another, declare, consume, lostMs }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition).schedules;
      const firedAtMs: number[] = [];
      await consume(queue, () => void firedAtMs.push(Date.now()));
      const { nextRunAtMs } = await queue.schedules.upsert(every('tick'));
      await eventually('three slots are over', async () => {
        await elsewhere.suspend('tick');
        await elsewhere.resume('tick');
        return firedAtMs.length >= 3 && Date.now() > nextRunAtMs + 2500;
      });
      await elsewhere.remove('tick');
      await quiet(100);
      const slots = firedAtMs.map((atMs) => Math.floor((atMs + 1 - nextRunAtMs) / 1000));
      expect(new Set(slots).size).toBe(slots.length);
      // Of slots that go by while a machine stands still, one firing is made up for.
      expect(slots[2]).toBeLessThanOrEqual(2 + Math.round(lostMs() / 1000));
    },
  },
  {
    title: 'suspending one schedule leaves the others alone',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const fired: unknown[] = [];
      await consume(queue, ({ scheduleId }) => fired.push(scheduleId));
      await queue.schedules.upsert(every('a'));
      await queue.schedules.upsert(every('b'));
      await queue.schedules.suspend('a');
      await eventually('the other fires twice', () => fired.length === 2);
      expect(fired).toEqual(['b', 'b']);
    },
  },
];
