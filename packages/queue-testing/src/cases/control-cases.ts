import { ended, type ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

const needs = ['pause'] as const;

export const controlCases: readonly ContractCase[] = [
  {
    title: "[17] pause stops every instance's consumers, resume starts them again, and all see it",
    needs,
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => ran.push(data));
      await consume(elsewhere, ({ data }) => ran.push(data));
      expect(await queue.control.isPaused()).toBe(false);
      expect(await queue.control.pause()).toBeUndefined();
      await queue.control.pause();
      expect(await queue.control.isPaused()).toBe(true);
      expect(await elsewhere.control.isPaused()).toBe(true);
      for (let n = 0; n < 10; n++) await elsewhere.producer.add('work', n);
      await quiet(300);
      expect(ran).toEqual([]);
      expect((await queue.inspector.counts()).waiting).toBe(10);
      expect(await elsewhere.control.resume()).toBeUndefined();
      await elsewhere.control.resume();
      await eventually('all ran', () => ran.length === 10);
      expect(await queue.control.isPaused()).toBe(false);
      expect([...ran].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    },
  },
  {
    title: '[17] what runs when a queue is paused finishes',
    needs,
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const go = latch();
      const consumer = await consume(queue, () => go.opened);
      const running = await queue.producer.add('work', 1);
      const waiting = await queue.producer.add('work', 2);
      await eventually('it runs', () => consumer.running === 1);
      await queue.control.pause();
      go.open();
      expect((await ended(queue, running.id)).state).toBe('completed');
      await quiet(200);
      expect((await queue.inspector.job(waiting.id))?.state).toBe('waiting');
      await queue.control.resume();
      expect((await ended(queue, waiting.id)).state).toBe('completed');
    },
  },
  {
    title: '[17] jobs added, retried, promoted or due while a queue is paused wait, and all run on resume',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const ran: unknown[] = [];
      const failing = await consume(queue, () => {
        throw new Error('no');
      });
      await queue.producer.add('work', 'retried', { id: 'retried' });
      await ended(queue, 'retried');
      await failing.close();
      await queue.producer.add('work', 'before');
      await queue.producer.add('work', 'due meanwhile', { delayMs: 400, id: 'due' });
      await queue.producer.add('work', 'promoted', { delayMs: 60_000, id: 'promoted' });
      await queue.control.pause();
      await consume(queue, ({ data }) => ran.push(data));
      await queue.producer.add('work', 'after');
      await queue.inspector.retry('retried');
      await queue.inspector.promote('promoted');
      const due = await queue.inspector.job('due');
      await quiet((due?.createdAtMs ?? 0) + 700 - Date.now());
      expect(ran).toEqual([]);
      await queue.control.resume();
      await eventually('all ran', () => ran.length === 5);
      expect(ran.filter((data) => data === 'before' || data === 'after')).toEqual(['before', 'after']);
      expect([...ran].sort()).toEqual(['after', 'before', 'due meanwhile', 'promoted', 'retried']);
    },
  },
  {
    title: '[5] [17] priorities hold in a paused queue',
    needs: ['pause', 'priorities'],
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare({ priorities: true }));
      await queue.control.pause();
      await queue.producer.add('work', 'none');
      await queue.producer.add('work', '2', { priority: 2 });
      await queue.producer.add('work', '1', { priority: 1 });
      expect((await queue.inspector.counts()).waiting).toBe(3);
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => ran.push(data));
      await quiet(200);
      expect(ran).toEqual([]);
      await queue.control.resume();
      await eventually('all ran', () => ran.length === 3);
      expect(ran).toEqual(['1', '2', 'none']);
    },
  },
  {
    title: 'pausing one queue leaves the others running',
    needs,
    async run({ engine, declare, queueName, consume }) {
      const paused = engine.queue(declare());
      const other = engine.queue({ ...declare(), name: `${queueName}-other` });
      await consume(paused, () => null);
      await consume(other, () => 'ran');
      await paused.control.pause();
      expect(await other.control.isPaused()).toBe(false);
      expect((await ended(other, (await other.producer.add('work', null)).id)).result).toBe('ran');
    },
  },
  {
    title: 'removeWaiting removes what waits, with its ids; delayed, active and ended jobs stay',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const go = latch();
      const ran: unknown[] = [];
      const consumer = await consume(queue, async ({ data }) => {
        ran.push(data);
        if (data === 'active') await go.opened;
      });
      await queue.producer.add('work', 'ended', { id: 'ended' });
      await ended(queue, 'ended');
      await queue.producer.add('work', 'active', { id: 'active' });
      await eventually('it runs', () => consumer.running === 1);
      await queue.producer.add('work', 'waiting', { id: 'waiting' });
      await queue.producer.add('work', 'delayed', { id: 'delayed', delayMs: 60_000 });
      await queue.control.removeWaiting();
      expect(await queue.inspector.counts()).toEqual({
        waiting: 0,
        delayed: 1,
        active: 1,
        completed: 1,
        failed: 0,
      });
      expect(await queue.inspector.job('waiting')).toBeNull();
      go.open();
      expect((await ended(queue, 'active')).state).toBe('completed');
      await queue.producer.add('work', 'waiting again', { id: 'waiting' });
      await ended(queue, 'waiting');
      expect(ran).toEqual(['ended', 'active', 'waiting again']);
    },
  },
  {
    title: 'removeWaiting removes delayed jobs when asked, and jobs with a priority',
    needs: ['priorities'],
    async run({ engine, declare }) {
      const queue = engine.queue(declare({ priorities: true }));
      await queue.producer.add('work', 1, { priority: 1 });
      await queue.producer.add('work', 2);
      await queue.producer.add('work', 3, { delayMs: 60_000, id: 'delayed' });
      await queue.control.removeWaiting({ delayed: true });
      expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 0 });
      expect(await queue.inspector.job('delayed')).toBeNull();
    },
  },
  {
    title: 'removeWaiting empties a paused queue, which stays paused',
    needs,
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      await queue.producer.add('work', 1);
      await queue.control.pause();
      await queue.producer.add('work', 2);
      await queue.control.removeWaiting();
      expect((await queue.inspector.counts()).waiting).toBe(0);
      expect(await queue.control.isPaused()).toBe(true);
    },
  },
  {
    title: 'removeWaiting leaves schedules and their pending firing alone, even with delayed jobs',
    needs: ['schedules'],
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare());
      const { nextRunAtMs } = await queue.schedules.upsert({
        id: 'tick',
        rule: { everyMs: 1000 },
        name: 'work',
        data: null,
      });
      await queue.producer.add('work', null, { delayMs: 60_000 });
      await queue.control.removeWaiting({ delayed: true });
      expect(await queue.schedules.list()).toMatchObject([{ id: 'tick', nextRunAtMs }]);
      const fired: unknown[] = [];
      await consume(queue, ({ scheduleId }) => fired.push(scheduleId));
      await eventually('it fires', () => fired.length > 0);
      expect(Date.now()).toBeLessThan(nextRunAtMs + 900 + lostMs());
      expect(fired).toEqual(['tick']);
    },
  },
];
