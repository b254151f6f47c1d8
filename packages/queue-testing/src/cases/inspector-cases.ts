import { JobNotFoundError, JobStateError, type JobState } from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

export const inspectorCases: readonly ContractCase[] = [
  {
    title: 'job, jobs and counts agree on every state, from whichever instance one looks',
    async run({ engine, another, declare, consume, latch }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const { inspector } = (await another()).queue(definition);
      const go = latch();
      await consume(queue, ({ data }) => {
        if (data === 'bad') throw new Error('no');
        if (data === 'slow') return go.opened;
        return 'ok';
      });
      await queue.producer.addMany([
        { name: 'work', data: 'good', options: { id: 'completed' } },
        { name: 'work', data: 'bad', options: { id: 'failed' } },
        { name: 'work', data: 'slow', options: { id: 'active' } },
        { name: 'work', data: 'good', options: { id: 'waiting' } },
        { name: 'work', data: 'good', options: { id: 'delayed', delayMs: 60_000 } },
      ]);
      await eventually('one runs', async () => (await inspector.job('active'))?.state === 'active');
      const states: readonly JobState[] = ['waiting', 'delayed', 'active', 'completed', 'failed'];
      for (const state of states) {
        expect(await inspector.job(state)).toMatchObject({ id: state, state });
        expect((await inspector.jobs([state])).map(({ id, state: at }) => [id, at])).toEqual([
          [state, state],
        ]);
      }
      const all = await inspector.jobs(states);
      expect(all.map(({ id }) => id).sort()).toEqual([...states].sort());
      expect(await inspector.counts()).toEqual({
        waiting: 1,
        delayed: 1,
        active: 1,
        completed: 1,
        failed: 1,
      });
      const active = await inspector.job('active');
      expect(active).toMatchObject({ finishedAtMs: null, attemptsMade: 0, result: null, failedReason: null });
      expect(active?.processedAtMs).toBeGreaterThanOrEqual(active?.createdAtMs ?? Infinity);
    },
  },
  {
    title: 'a job that is not there is null, and an empty queue counts nothing',
    async run({ engine, declare }) {
      const { inspector } = engine.queue(declare());
      expect(await inspector.job('missing')).toBeNull();
      expect(await inspector.jobs(['waiting', 'failed'])).toEqual([]);
      expect(await inspector.counts()).toEqual({
        waiting: 0,
        delayed: 0,
        active: 0,
        completed: 0,
        failed: 0,
      });
    },
  },
  {
    title: 'waiting jobs are listed in the order they will run, by page; a page has 100 unless told',
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      await queue.producer.addMany(
        Array.from({ length: 120 }, (_, n) => ({ name: 'work' as const, data: n })),
      );
      const data = async (page?: { offset?: number; limit?: number }) =>
        (await queue.inspector.jobs(['waiting'], page)).map((job) => job.data);
      const all = Array.from({ length: 120 }, (_, n) => n);
      expect(await data()).toEqual(all.slice(0, 100));
      expect(await data({ offset: 100 })).toEqual(all.slice(100));
      expect(await data({ offset: 5, limit: 3 })).toEqual([5, 6, 7]);
      expect(await data({ offset: 500 })).toEqual([]);
    },
  },
  {
    title: 'pages over several states show every job once',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const consumer = await consume(queue, () => null);
      for (let n = 0; n < 5; n++) await ended(queue, (await queue.producer.add('work', n)).id);
      await consumer.close();
      for (let n = 5; n < 8; n++) await queue.producer.add('work', n);
      for (let n = 8; n < 12; n++) await queue.producer.add('work', n, { delayMs: 60_000 });
      const seen: unknown[] = [];
      for (let offset = 0; offset < 16; offset += 2) {
        const states = ['completed', 'waiting', 'delayed'] as const;
        const page = await queue.inspector.jobs(states, { offset, limit: 2 });
        seen.push(...page.map(({ data }) => data));
      }
      expect(seen).toHaveLength(12);
      expect(new Set(seen)).toEqual(new Set(Array.from({ length: 12 }, (_, n) => n)));
    },
  },
  {
    title: 'jobs that ended are listed newest first, by page',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      await consume(queue, ({ data }) => {
        if (data === 'bad') throw new Error('no');
      });
      for (let n = 1; n <= 4; n++) {
        await queue.producer.add('work', 'good', { id: `good ${n}` });
        await queue.producer.add('work', 'bad', { id: `bad ${n}` });
        await ended(queue, `bad ${n}`);
      }
      const ids = async (state: JobState, page?: { offset?: number; limit?: number }) =>
        (await queue.inspector.jobs([state], page)).map(({ id }) => id);
      expect(await ids('completed')).toEqual(['good 4', 'good 3', 'good 2', 'good 1']);
      expect(await ids('failed', { offset: 1, limit: 2 })).toEqual(['bad 3', 'bad 2']);
    },
  },
  {
    title: '[17] a paused queue counts and lists its jobs as waiting',
    needs: ['pause'],
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      const before = await queue.producer.add('work', 'before');
      await queue.control.pause();
      const after = await queue.producer.add('work', 'after');
      expect(await queue.inspector.counts()).toMatchObject({ waiting: 2, delayed: 0 });
      const waiting = await queue.inspector.jobs(['waiting']);
      expect(waiting.map(({ data, state }) => [data, state])).toEqual([
        ['before', 'waiting'],
        ['after', 'waiting'],
      ]);
      for (const { id } of [before, after]) expect((await queue.inspector.job(id))?.state).toBe('waiting');
    },
  },
  {
    title: '[22] retry puts a failed job back to wait, and it may pass; other jobs it refuses',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      let fails = true;
      await consume(queue, () => {
        if (fails) throw new Error('not yet');
        return 'now';
      });
      await queue.producer.add('work', 'kept', { id: 'x', attempts: 2 });
      expect((await ended(queue, 'x')).state).toBe('failed');
      await queue.inspector.retry('x');
      await eventually(
        'it fails again',
        () => queue.inspector.job('x'),
        (job) => job?.state === 'failed' && job.stackTraces.length >= 3,
      );
      fails = false;
      await queue.inspector.retry('x');
      const job = await eventually(
        'it completes',
        () => queue.inspector.job('x'),
        (found) => found?.state === 'completed',
      );
      expect(job).toMatchObject({ data: 'kept', result: 'now', failedReason: null });
      const delayed = await queue.producer.add('work', null, { delayMs: 60_000 });
      for (const id of ['x', delayed.id]) {
        await expect(queue.inspector.retry(id)).rejects.toBeInstanceOf(JobStateError);
      }
      await expect(queue.inspector.retry('missing')).rejects.toBeInstanceOf(JobNotFoundError);
    },
  },
  {
    title: '[22] promote makes a delayed job wait no longer; other jobs it refuses',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const { id } = await queue.producer.add('work', 'x', { delayMs: 60_000 });
      await queue.inspector.promote(id);
      expect((await queue.inspector.job(id))?.state).toBe('waiting');
      await expect(queue.inspector.promote(id)).rejects.toBeInstanceOf(JobStateError);
      await expect(queue.inspector.promote('missing')).rejects.toBeInstanceOf(JobNotFoundError);
      await consume(queue, () => 'ran');
      expect((await ended(queue, id)).result).toBe('ran');
      await expect(queue.inspector.promote(id)).rejects.toBeInstanceOf(JobStateError);
      const later = await queue.producer.add('work', 'y', { delayMs: 60_000 });
      await queue.inspector.promote(later.id);
      expect((await ended(queue, later.id)).result).toBe('ran');
    },
  },
  {
    title: 'remove removes a job in any state but active, and answers whether there was one',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const go = latch();
      const ran: unknown[] = [];
      const add = (id: string, delayMs = 0) => queue.producer.add('work', id, { id, delayMs });
      await add('active');
      await add('waiting');
      await add('delayed', 700);
      await consume(queue, async ({ data }) => {
        ran.push(data);
        if (data === 'active') await go.opened;
        if (data === 'failed') throw new Error('no');
      });
      await eventually('one runs', () => ran.length === 1);
      await expect(queue.inspector.remove('active')).rejects.toBeInstanceOf(JobStateError);
      expect(await queue.inspector.remove('waiting')).toBe(true);
      expect(await queue.inspector.remove('delayed')).toBe(true);
      expect(await queue.inspector.remove('waiting')).toBe(false);
      expect(await queue.inspector.remove('missing')).toBe(false);
      await quiet(900);
      go.open();
      expect((await ended(queue, 'active')).state).toBe('completed');
      await add('failed');
      await ended(queue, 'failed');
      expect(await queue.inspector.remove('active')).toBe(true);
      expect(await queue.inspector.remove('failed')).toBe(true);
      expect(ran).toEqual(['active', 'failed']);
      expect(await queue.inspector.counts()).toEqual({
        waiting: 0,
        delayed: 0,
        active: 0,
        completed: 0,
        failed: 0,
      });
      expect(await queue.inspector.job('active')).toBeNull();
    },
  },
  {
    title: 'remove takes a job with a priority out of its order',
    needs: ['priorities'],
    async run({ engine, declare }) {
      const queue = engine.queue(declare({ priorities: true }));
      await queue.producer.add('work', 'a', { id: 'a', priority: 1 });
      await queue.producer.add('work', 'b', { id: 'b' });
      await queue.producer.add('work', 'c', { id: 'c', priority: 2 });
      expect(await queue.inspector.remove('a')).toBe(true);
      expect((await queue.inspector.jobs(['waiting'])).map(({ id }) => id)).toEqual(['c', 'b']);
    },
  },
  {
    title: '[22] clean removes what ended long enough ago, up to a limit, and answers the ids',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      await consume(queue, ({ data }) => {
        if (data === 'bad') throw new Error('no');
      });
      await queue.producer.add('work', 'bad', { id: 'f1' });
      for (let n = 1; n <= 5; n++) await queue.producer.add('work', 'good', { id: `c${n}` });
      await ended(queue, 'c5');
      expect(await queue.inspector.clean('completed', { olderThanMs: 60_000 })).toEqual([]);
      const firsts = await queue.inspector.clean('completed', { olderThanMs: 0, limit: 2 });
      expect(firsts).toHaveLength(2);
      const rest = await queue.inspector.clean('completed', { olderThanMs: 0 });
      expect([...firsts, ...rest].sort()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5']);
      expect(await queue.inspector.counts()).toMatchObject({ completed: 0, failed: 1 });
      expect(await queue.inspector.clean('failed', { olderThanMs: 0 })).toEqual(['f1']);
      expect(await queue.inspector.job('f1')).toBeNull();
      expect(await queue.inspector.job('c1')).toBeNull();
    },
  },
  {
    title: '[22] a job without logs has none, and logs go with their job',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      await consume(queue, async ({ data, log }) => {
        if (data === 'talks') await log('hello');
      });
      await queue.producer.add('work', 'is silent', { id: 'silent' });
      await queue.producer.add('work', 'talks', { id: 'x' });
      await ended(queue, 'x');
      expect(await queue.inspector.logs('silent')).toEqual([]);
      expect(await queue.inspector.logs('x')).toEqual(['hello']);
      await queue.inspector.remove('x');
      await queue.producer.add('work', 'is silent', { id: 'x' });
      await ended(queue, 'x');
      expect(await queue.inspector.logs('x')).toEqual([]);
    },
  },
];
