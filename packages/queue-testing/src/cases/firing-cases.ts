import { defineQueue, type RunningJob } from '@switchyard/queue-contract';
import type { ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';
import { withDefault } from '../payload-schemas.js';
import { every, EVERY_MS, expectAt, LATE_MS, nextAfterFiring, recordFirings } from '../schedule-firings.js';

const needs = ['schedules'] as const;

export const firingCases: readonly ContractCase[] = [
  {
    title: 'an interval fires on its grid, the first time one interval from now',
    needs,
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      const { nextRunAtMs } = await queue.schedules.upsert(every('tick'));
      await eventually('it fires three times', () => firings.length === 3);
      for (const [n, firing] of firings.entries()) expectAt(firing, nextRunAtMs + n * EVERY_MS, lostMs());
      expect(firings[0]?.job).toMatchObject({ name: 'work', data: 'tick', scheduleId: 'tick', attempt: 1 });
      expect(new Set(firings.map(({ job }) => job.id)).size).toBe(3);
      const next = await queue.schedules.get('tick');
      expect(((next?.nextRunAtMs ?? 0) - nextRunAtMs) % EVERY_MS).toBe(0);
      const job = await queue.inspector.job(firings[0]?.job.id ?? '');
      expect(job?.scheduleId).toBe('tick');
    },
  },
  {
    title: 'a schedule goes on when its firing fails',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      let firings = 0;
      await consume(queue, () => {
        firings++;
        throw new Error('every time');
      });
      await queue.schedules.upsert(every('tick'));
      await eventually('it fires three times', () => firings >= 3);
    },
  },
  {
    title: 'a cron expression of six fields has seconds, and fires on them',
    needs,
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      const { nextRunAtMs } = await queue.schedules.upsert({
        ...every('seconds'),
        rule: { cron: '*/2 * * * * *' },
      });
      expect(nextRunAtMs % 2000).toBe(0);
      await eventually('it fires twice', () => firings.length === 2);
      expectAt(firings[0], nextRunAtMs, lostMs());
      expectAt(firings[1], nextRunAtMs + 2000, lostMs());
    },
  },
  {
    title: 'a fired job has the options of its schedule and what the schema makes of its data',
    needs,
    async run({ engine, queueName, afterwards }) {
      const queue = engine.queue(
        defineQueue({
          name: queueName,
          tier: 'medium',
          jobs: { notify: withDefault },
          defaults: { attempts: 2 },
        }),
      );
      const handled: RunningJob[] = [];
      const consumer = queue.consumer.consume({ notify: (job) => void handled.push(job) });
      afterwards(() => consumer.close());
      const schedule = { rule: { everyMs: EVERY_MS }, name: 'notify', data: { to: 'x' } } as const;
      await queue.schedules.upsert({ ...schedule, id: 'own', options: { attempts: 4 } });
      await queue.schedules.upsert({ ...schedule, id: 'preset' });
      await eventually('both fired', () => new Set(handled.map(({ scheduleId }) => scheduleId)).size === 2);
      for (const { scheduleId, attempts, data } of handled) {
        expect(attempts).toBe(scheduleId === 'own' ? 4 : 2);
        expect(data).toEqual({ to: 'x', channel: 'sms' });
      }
    },
  },
  {
    title: 'firstRunAtMs is when an interval fires first, and its grid counts from there',
    needs,
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      const firstRunAtMs = Date.now() + 437;
      const active = await queue.schedules.upsert(every('tick'), { firstRunAtMs });
      expect(active.nextRunAtMs).toBe(firstRunAtMs);
      await eventually('it fires twice', () => firings.length === 2);
      expectAt(firings[0], firstRunAtMs, lostMs());
      expectAt(firings[1], firstRunAtMs + EVERY_MS, lostMs());
    },
  },
  {
    title: 'firstRunAtMs is when a cron schedule fires first; then its rule holds',
    needs,
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      const firstRunAtMs = Date.now() + 700;
      const yearly = { ...every('yearly'), rule: { cron: '0 0 1 1 *' } };
      const active = await queue.schedules.upsert(yearly, { firstRunAtMs });
      expect(active.nextRunAtMs).toBe(firstRunAtMs);
      await eventually('it fires', () => firings.length === 1);
      expectAt(firings[0], firstRunAtMs, lostMs());
      const { nextRunAtMs } = await nextAfterFiring(queue, 'yearly', firstRunAtMs);
      expect(nextRunAtMs).toBe(Date.UTC(new Date(firstRunAtMs).getUTCFullYear() + 1, 0, 1));
      await quiet(200);
      expect(firings).toHaveLength(1);
    },
  },
  {
    title: 'a firstRunAtMs that has passed fires once, at once, and keeps the grid',
    needs,
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      const nowMs = Date.now();
      const firstRunAtMs = nowMs - 4500;
      await queue.schedules.upsert({ ...every('late'), rule: { everyMs: 3000 } }, { firstRunAtMs });
      await eventually('it fires', () => firings.length === 1);
      expect(firings[0]?.atMs).toBeLessThan(nowMs + LATE_MS + lostMs());
      await eventually('it fires on its grid', () => firings.length === 2);
      // Of the slots missed only one is made up for; the next on the grid is the third.
      expectAt(firings[1], firstRunAtMs + 6000, lostMs());
    },
  },
  {
    title: 'a firstRunAtMs is honoured once: the same upsert after it, as after a crash, changes nothing',
    needs,
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      const hourly = {
        ...every('hourly'),
        rule: { everyMs: 3_600_000 },
        options: { removeOnComplete: true },
      };
      const firstRunAtMs = Date.now() + 2000;
      const first = await queue.schedules.upsert(hourly, { firstRunAtMs });
      expect(await elsewhere.schedules.upsert(hourly, { firstRunAtMs })).toEqual(first);
      await eventually('it fires', () => firings.length === 1);
      const { nextRunAtMs } = await nextAfterFiring(queue, 'hourly', firstRunAtMs);
      expect(nextRunAtMs).toBe(firstRunAtMs + 3_600_000);
      expect((await elsewhere.schedules.upsert(hourly, { firstRunAtMs })).nextRunAtMs).toBe(nextRunAtMs);
      await quiet(300);
      expect(firings).toHaveLength(1);
    },
  },
  {
    title: 'slots that nobody was there to consume fire once, and the grid goes on',
    needs,
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      const { nextRunAtMs } = await queue.schedules.upsert(every('tick'));
      await quiet(nextRunAtMs + 1400 - Date.now());
      await consume(queue, handler);
      const startedAtMs = Date.now();
      await eventually('it fires', () => firings.length === 1);
      expect(firings[0]?.atMs).toBeLessThan(startedAtMs + LATE_MS + lostMs());
      await eventually('it fires on its grid', () => firings.length === 2);
      const slotMs = (firings[1]?.atMs ?? 0) - nextRunAtMs;
      expect(slotMs).toBeGreaterThanOrEqual(2 * EVERY_MS - 1);
      expect((slotMs + 1) % EVERY_MS).toBeLessThan(LATE_MS + lostMs());
    },
  },
  {
    title: 'a firing that came due while nobody consumed outlives the upserts of the next start',
    needs,
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const stopped = (await another()).queue(definition);
      const schedules = [
        { ...every('hourly'), rule: { everyMs: 3_600_000 } },
        { ...every('yearly'), rule: { cron: '0 0 1 1 *' } },
      ];
      const firstRunAtMs = Date.now() + 500;
      for (const schedule of schedules) await stopped.schedules.upsert(schedule, { firstRunAtMs });
      await quiet(firstRunAtMs + 300 - Date.now());
      const queue = engine.queue(definition);
      for (const schedule of schedules) await queue.schedules.upsert(schedule);
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      await eventually('both fire', () => firings.length === 2);
      for (const schedule of schedules) await queue.schedules.upsert(schedule);
      await quiet(200);
      expect(firings.map(({ job }) => job.scheduleId).sort()).toEqual(['hourly', 'yearly']);
      const next = await queue.schedules.get('hourly');
      expect(next?.nextRunAtMs).toBe(firstRunAtMs + 3_600_000);
    },
  },
  {
    title: 'a paused queue fires no schedule, and once for what it missed when it is resumed',
    needs: ['schedules', 'pause'],
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      await queue.control.pause();
      const hourly = { ...every('hourly'), rule: { everyMs: 3_600_000 } };
      const firstRunAtMs = Date.now() + 300;
      await queue.schedules.upsert(hourly, { firstRunAtMs });
      await quiet(600);
      expect(firings).toEqual([]);
      await queue.control.resume();
      await eventually('it fires', () => firings.length === 1);
      await quiet(200);
      expect(firings).toHaveLength(1);
      expect((await queue.schedules.get('hourly'))?.nextRunAtMs).toBe(firstRunAtMs + 3_600_000);
    },
  },
  {
    title: 'remainingRuns counts down, and the schedule is gone after the last',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const { nextRunAtMs } = await queue.schedules.upsert({ ...every('twice'), remainingRuns: 2 });
      const left: unknown[] = [];
      let firings = 0;
      await consume(queue, async () => {
        // While the first is at work, the second waits for it.
        if (++firings === 1) left.push((await nextAfterFiring(queue, 'twice', nextRunAtMs)).remainingRuns);
      });
      await eventually('it fires twice', () => firings === 2);
      expect(left).toEqual([1]);
      await eventually('it is gone', async () => (await queue.schedules.get('twice')) === null);
      await quiet(EVERY_MS + 300);
      expect(firings).toBe(2);
      expect(await queue.schedules.list()).toEqual([]);
    },
  },
  {
    title: 'a firing that is made up for counts as one of remainingRuns',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      const twice = { ...every('twice'), remainingRuns: 2 };
      await queue.schedules.upsert(twice, { firstRunAtMs: Date.now() - 400 });
      await eventually('it fires twice', () => firings.length === 2);
      await eventually('it is gone', async () => (await queue.schedules.get('twice')) === null);
      const once = { ...every('once'), remainingRuns: 1 };
      await queue.schedules.upsert(once, { firstRunAtMs: Date.now() - 400 });
      await eventually('it fires', () => firings.length === 3);
      await quiet(EVERY_MS + 200);
      expect(firings.map(({ job }) => job.scheduleId)).toEqual(['twice', 'twice', 'once']);
      expect(await queue.schedules.list()).toEqual([]);
    },
  },
  {
    title: 'endAtMs ends a schedule',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      await queue.schedules.upsert({ ...every('soon over'), endAtMs: Date.now() + 1900 });
      await eventually('it fires', () => firings.length === 1);
      await eventually('it is gone', async () => (await queue.schedules.get('soon over')) === null);
      await quiet(EVERY_MS + 300);
      expect(firings).toHaveLength(1);
    },
  },
];
