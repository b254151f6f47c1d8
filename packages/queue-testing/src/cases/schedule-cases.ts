import {
  defineQueue,
  InvalidOptionError,
  InvalidPayloadError,
  UnknownJobNameError,
  type JobSchedules,
  type Schedule,
} from '@switchyard/queue-contract';
import type { ContractCase, WorkJobs } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';
import { anything, counted } from '../payload-schemas.js';
import { every, EVERY_MS, expectAt, recordFirings } from '../schedule-firings.js';

const needs = ['schedules'] as const;

export const scheduleCases: readonly ContractCase[] = [
  {
    title: 'upsert answers the schedule with its next slot; get and list show the same',
    needs,
    async run({ engine, another, declare }) {
      const definition = declare();
      const { schedules } = engine.queue(definition);
      const before = Date.now();
      const endAtMs = before + 24 * 3600 * 1000;
      const nightly: Schedule<WorkJobs> = {
        id: 'nightly',
        rule: { cron: '30 3 * * *', timeZone: 'Europe/Berlin' },
        name: 'other',
        data: { list: [], none: null },
        options: { attempts: 3, backoff: { type: 'exponential', delayMs: 1000 }, removeOnComplete: true },
      };
      const limited: Schedule<WorkJobs> = {
        id: 'limited',
        rule: { everyMs: 60_000 },
        name: 'work',
        data: 0,
        endAtMs,
        remainingRuns: 5,
      };
      const first = await schedules.upsert(nightly);
      const second = await schedules.upsert(limited);
      expect(first).toMatchObject({ ...nightly, engine: engine.name });
      expect(second).toMatchObject({ ...limited, engine: engine.name });
      expect(second.nextRunAtMs).toBeGreaterThanOrEqual(before + 60_000);
      expect(second.nextRunAtMs).toBeLessThanOrEqual(Date.now() + 60_000);
      expect(await schedules.get('nightly')).toEqual(first);
      expect(await schedules.get('missing')).toBeNull();
      const elsewhere = (await another()).queue(definition).schedules;
      const list = [...(await elsewhere.list())].sort((a, b) => (a.id < b.id ? 1 : -1));
      expect(list).toEqual([first, second]);
    },
  },
  {
    title: 'upsert of the same content changes nothing, from however many instances at once',
    needs,
    async run({ engine, another, declare, consume, lostMs }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const { firings, handler } = recordFirings();
      await Promise.all([consume(queue, handler), consume(elsewhere, handler)]);
      const answers = await Promise.all(
        [queue, elsewhere, queue, elsewhere].map(({ schedules }) => schedules.upsert(every('tick'))),
      );
      const dueMs = answers[0]?.nextRunAtMs ?? 0;
      expect(answers.map(({ nextRunAtMs }) => nextRunAtMs)).toEqual([dueMs, dueMs, dueMs, dueMs]);
      await quiet(300);
      // The next slot of the same grid, where this takes until the first has fired.
      expect(((await elsewhere.schedules.upsert(every('tick'))).nextRunAtMs - dueMs) % EVERY_MS).toBe(0);
      expect(await queue.schedules.list()).toHaveLength(1);
      await eventually('it fires twice', () => firings.length >= 2);
      await queue.schedules.upsert(every('tick'));
      await eventually('it fires again', () => firings.length >= 3);
      for (const [n, firing] of firings.entries()) expectAt(firing, dueMs + n * EVERY_MS, lostMs());
    },
  },
  {
    title: "the queue's defaults are part of a schedule: its next upsert brings those that changed",
    needs,
    async run({ engine, declare }) {
      const first = declare({ defaults: { attempts: 2 } });
      const yearly = { ...every('yearly'), rule: { cron: '0 0 1 1 *' } };
      const before = await engine.queue(first).schedules.upsert(yearly);
      expect(before).toEqual({
        ...yearly,
        rule: { cron: '0 0 1 1 *', timeZone: 'UTC' },
        options: { attempts: 2, removeOnComplete: { count: 1000 }, removeOnFail: { count: 5000 } },
        engine: engine.name,
        nextRunAtMs: before.nextRunAtMs,
      });
      const queue = engine.queue(
        defineQueue({ ...first, defaults: { attempts: 7, timeoutMs: 5000, removeOnComplete: true } }),
      );
      const after = await queue.schedules.upsert(yearly);
      const options = { attempts: 7, timeoutMs: 5000, removeOnComplete: true, removeOnFail: { count: 5000 } };
      expect(after).toEqual({ ...before, options });
      expect(await queue.schedules.list()).toEqual([after]);
      const firings = await queue.inspector.jobs(['delayed']);
      expect(firings.map(({ attempts }) => attempts)).toEqual([7]);
    },
  },
  {
    title: 'upsert of a cron schedule does not lose its due firing, nor double it',
    needs,
    async run({ engine, another, declare, consume, lostMs }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      const seconds = { ...every('seconds'), rule: { cron: '* * * * * *' } };
      const { nextRunAtMs } = await queue.schedules.upsert(seconds);
      await eventually('it fires three times, upserted all the while', async () => {
        await elsewhere.schedules.upsert(seconds);
        return firings.length >= 3;
      });
      for (const [n, firing] of firings.entries()) expectAt(firing, nextRunAtMs + n * 1000, lostMs());
    },
  },
  {
    title: 'upsert of other content under the same id replaces rule and data; the old firing is gone',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      await queue.schedules.upsert({ ...every('x'), data: 'old' });
      const slow = await queue.schedules.upsert({
        ...every('x'),
        data: 'slow',
        rule: { everyMs: 3_600_000 },
      });
      expect(slow.nextRunAtMs).toBeGreaterThan(Date.now() + 3_500_000);
      await quiet(EVERY_MS + 300);
      expect(firings).toEqual([]);
      await queue.schedules.upsert({ ...every('x'), data: 'new' });
      await eventually('it fires', () => firings.length === 1);
      expect(firings[0]?.job.data).toBe('new');
      expect(await queue.schedules.list()).toEqual([expect.objectContaining({ id: 'x', data: 'new' })]);
    },
  },
  {
    title: 'upsert of the same content with another first run to come moves the pending firing there',
    needs,
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      const yearly = { ...every('yearly'), rule: { cron: '0 0 1 1 *' } };
      const minutely = { ...every('minutely'), rule: { everyMs: 60_000 } };
      for (const schedule of [minutely, yearly]) await queue.schedules.upsert(schedule);
      const firstRunAtMs = Date.now() + 1_234_567;
      for (const schedule of [minutely, yearly]) {
        const moved = await queue.schedules.upsert(schedule, { firstRunAtMs });
        expect(moved).toMatchObject({ ...schedule, nextRunAtMs: firstRunAtMs });
        expect(await queue.schedules.upsert(schedule)).toEqual(moved);
        expect(await queue.schedules.get(schedule.id)).toEqual(moved);
      }
      expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 2 });
    },
  },
  {
    title: 'remove takes the pending firing along and answers whether there was a schedule',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const { firings, handler } = recordFirings();
      await consume(queue, handler);
      await queue.schedules.upsert(every('tick'));
      await queue.schedules.upsert({ ...every('stays'), rule: { everyMs: 3_600_000 } });
      expect(await queue.schedules.remove('tick')).toBe(true);
      expect(await queue.schedules.remove('tick')).toBe(false);
      expect(await queue.schedules.get('tick')).toBeNull();
      expect((await queue.schedules.list()).map(({ id }) => id)).toEqual(['stays']);
      await quiet(EVERY_MS + 300);
      expect(firings).toEqual([]);
    },
  },
  {
    title: '[9] [11] ids of schedules are any strings, and falsy payloads are kept',
    needs,
    async run({ engine, declare }) {
      const { schedules } = engine.queue(declare());
      const ids = ['1', 'a:b', 'a:b:c', 'grüße-😀', 'repeat:x', '__proto__', 'x'.repeat(512)];
      const payloads = [0, '', false, null, [], {}, { list: [] }];
      for (const [n, id] of ids.entries()) {
        await schedules.upsert({ ...every(id), data: payloads[n], rule: { everyMs: 3_600_000 } });
      }
      const list = new Map((await schedules.list()).map((schedule) => [schedule.id, schedule.data]));
      expect([...list.keys()].sort()).toEqual([...ids].sort());
      for (const [n, id] of ids.entries()) {
        expect(list.get(id)).toEqual(payloads[n]);
        expect((await schedules.get(id))?.id).toBe(id);
        expect(await schedules.remove(id)).toBe(true);
      }
      expect(await schedules.list()).toEqual([]);
    },
  },
  {
    title: '[3] [13] [14] a schedule that is not allowed is refused with a typed error, nothing is ignored',
    needs,
    async run({ engine, queueName }) {
      const queue = engine.queue(
        defineQueue({ name: queueName, tier: 'medium', jobs: { count: counted, work: anything } }),
      );
      const schedules = queue.schedules as unknown as JobSchedules;
      const good = { id: 'x', rule: { everyMs: EVERY_MS }, name: 'work', data: null };
      const notAllowed: readonly object[] = [
        { id: '' },
        { id: 'x'.repeat(513) },
        // Half a surrogate pair would not come back as it was.
        { id: '\ud800' },
        { rule: { everyMs: 999 } },
        { rule: { everyMs: Number.NaN } },
        { rule: { cron: '* * * *' } },
        { rule: { cron: '61 * * * *' } },
        { rule: { cron: 'a b c d e' } },
        { rule: { cron: 'H 0 * * *' } },
        { rule: { cron: '0 0 30 2 *' } },
        { rule: { cron: '0 0 * * *', timeZone: 'Europe/Atlantis' } },
        { options: { id: 'x' } },
        { options: { delayMs: 5 } },
        { options: { deduplication: { id: 'x' } } },
        { options: { attempts: 0 } },
        { options: { priority: 1 } },
        // As other libraries spell it: ignored, it would fire at another time, or for ever.
        { rule: { cron: '0 9 * * *', tz: 'Europe/Berlin' } },
        { rule: { cron: '0 9 * * *', utc: true } },
        { rule: { everyMs: EVERY_MS, immediately: true } },
        { limit: 3 },
        { options: { repeat: { every: 1000 } } },
        { options: { timeout: 5 } },
        { remainingRuns: 0 },
        { endAtMs: Number.NaN },
      ];
      for (const change of notAllowed) {
        const upserting = schedules.upsert({ ...good, ...change } as Schedule);
        const error = await upserting.catch((thrown: unknown) => thrown);
        expect([change, error]).toEqual([change, expect.any(InvalidOptionError)]);
      }
      for (const firstRunAtMs of [-5, Number.NaN, Infinity]) {
        await expect(schedules.upsert(good, { firstRunAtMs })).rejects.toBeInstanceOf(InvalidOptionError);
      }
      for (const name of ['missing', undefined, null, ['work']] as unknown as readonly string[]) {
        await expect(schedules.upsert({ ...good, name })).rejects.toBeInstanceOf(UnknownJobNameError);
      }
      await expect(schedules.upsert({ ...good, name: 'count' })).rejects.toBeInstanceOf(InvalidPayloadError);
      expect(await schedules.list()).toEqual([]);
      expect((await queue.inspector.counts()).delayed).toBe(0);
    },
  },
];
