import type { ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';
import { every, nextAfterFiring, recordFirings } from '../schedule-firings.js';

const needs = ['schedules'] as const;

/** A firing that is due and that nobody has taken yet. */
export const dueFiringCases: readonly ContractCase[] = [
  {
    title: 'a schedule whose firing is due goes with it: remove leaves no job behind',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const hourly = { ...every('hourly'), rule: { everyMs: 3_600_000 } };
      const firstRunAtMs = Date.now() - 1000;
      const due = await queue.schedules.upsert(hourly, { firstRunAtMs });
      expect(due.nextRunAtMs).toBe(firstRunAtMs);
      expect(await queue.schedules.get('hourly')).toEqual(due);
      expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 1 });
      expect(await queue.schedules.remove('hourly')).toBe(true);
      expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 0 });
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      await quiet(200);
      expect(firings).toEqual([]);
    },
  },
  {
    title: 'a firing that is due gets the payload of a change, and happens once',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const schedules = [
        { ...every('hourly'), rule: { everyMs: 3_600_000 } },
        { ...every('yearly'), rule: { cron: '0 0 1 1 *' } },
      ];
      const firstRunAtMs = Date.now() - 1000;
      for (const schedule of schedules) {
        await queue.schedules.upsert({ ...schedule, data: 'old' }, { firstRunAtMs });
        const changed = await queue.schedules.upsert({ ...schedule, data: 'new' });
        expect(changed).toMatchObject({ data: 'new', nextRunAtMs: firstRunAtMs });
      }
      expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 2 });
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      await eventually('both fire', () => firings.length === 2);
      await quiet(200);
      expect(firings.map(({ job }) => job.data)).toEqual(['new', 'new']);
      expect((await nextAfterFiring(queue, 'hourly', firstRunAtMs)).nextRunAtMs).toBe(
        firstRunAtMs + 3_600_000,
      );
    },
  },
  {
    title: 'the last firing of a schedule belongs to it while it is due: it is listed, suspended and resumed',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const once = { ...every('once'), rule: { everyMs: 60_000 }, remainingRuns: 1 };
      const ends = { ...every('ends'), rule: { everyMs: 60_000 }, endAtMs: Date.now() - 500 };
      const firstRunAtMs = Date.now() - 1000;
      for (const last of [once, ends]) {
        const before = await queue.inspector.counts();
        const due = await queue.schedules.upsert(last, { firstRunAtMs });
        expect(due).toMatchObject({ ...last, nextRunAtMs: firstRunAtMs });
        expect(await queue.schedules.get(last.id)).toEqual(due);
        expect(await queue.schedules.suspend(last.id)).toEqual(due);
        expect(await queue.inspector.counts()).toEqual(before);
        expect(await queue.schedules.resume(last.id)).toEqual(due);
        expect(await queue.schedules.suspended()).toEqual([]);
      }
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      await eventually('both fire', () => firings.length === 2);
      await eventually('they are gone', async () => (await queue.schedules.list()).length === 0);
      await quiet(200);
      expect(firings.map(({ job }) => job.scheduleId).sort()).toEqual(['ends', 'once']);
      expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 0 });
    },
  },
  {
    title:
      'a firing that is removed is skipped, and its schedule goes on with the next; the last takes it along',
    needs,
    async run({ engine, declare }) {
      const { schedules, inspector } = engine.queue(declare());
      const firstRunAtMs = Date.now() + 60_000;
      const minutely = { ...every('minutely'), rule: { everyMs: 60_000 }, remainingRuns: 2 };
      const yearly = { ...every('yearly'), rule: { cron: '0 0 1 1 *' } };
      const newYearMs = Date.UTC(new Date(firstRunAtMs).getUTCFullYear() + 1, 0, 1);
      for (const schedule of [minutely, yearly]) await schedules.upsert(schedule, { firstRunAtMs });
      for (const { id } of await inspector.jobs(['delayed'])) expect(await inspector.remove(id)).toBe(true);
      expect(await schedules.get('minutely')).toMatchObject({
        nextRunAtMs: firstRunAtMs + 60_000,
        remainingRuns: 1,
      });
      expect(await schedules.get('yearly')).toMatchObject({ nextRunAtMs: newYearMs });
      const firings = await inspector.jobs(['delayed']);
      expect(firings.map(({ scheduleId }) => scheduleId).sort()).toEqual(['minutely', 'yearly']);
      const last = firings.find(({ scheduleId }) => scheduleId === 'minutely');
      expect(await inspector.remove(last?.id ?? '')).toBe(true);
      expect((await schedules.list()).map(({ id }) => id)).toEqual(['yearly']);
      expect(await inspector.counts()).toMatchObject({ waiting: 0, delayed: 1 });
    },
  },
  {
    title: 'removeWaiting removes a firing that waits, and its schedule goes on with the next',
    needs,
    async run({ engine, declare }) {
      const { schedules, inspector, control, producer } = engine.queue(declare());
      const firstRunAtMs = Date.now() + 60_000;
      await schedules.upsert({ ...every('minutely'), rule: { everyMs: 60_000 } }, { firstRunAtMs });
      const [firing] = await inspector.jobs(['delayed']);
      await producer.add('work', 'before');
      await inspector.promote(firing?.id ?? '');
      await producer.add('work', 'after');
      expect(await inspector.counts()).toMatchObject({ waiting: 3, delayed: 0 });
      await control.removeWaiting();
      expect(await inspector.counts()).toMatchObject({ waiting: 0, delayed: 1 });
      expect(await inspector.job(firing?.id ?? '')).toBeNull();
      expect(await schedules.get('minutely')).toMatchObject({ nextRunAtMs: firstRunAtMs + 60_000 });
    },
  },
];
