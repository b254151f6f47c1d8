import type { Job } from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

const DAY_MS = 24 * 3600 * 1000;

export const addCases: readonly ContractCase[] = [
  {
    title: 'add answers id, name and queue, and the job waits as it was given',
    async run({ engine, declare, queueName }) {
      const queue = engine.queue(declare());
      const before = Date.now();
      const reference = await queue.producer.add('work', { to: 'ünï ✓', list: [], nested: { none: null } });
      expect(reference).toEqual({ id: expect.any(String), name: 'work', queue: queueName });
      const job = await queue.inspector.job(reference.id);
      expect(job).toEqual<Job>({
        ...reference,
        data: { to: 'ünï ✓', list: [], nested: { none: null } },
        state: 'waiting',
        engine: engine.name,
        priority: null,
        delayMs: 0,
        attempts: 1,
        attemptsMade: 0,
        createdAtMs: expect.any(Number),
        processedAtMs: null,
        finishedAtMs: null,
        scheduleId: null,
        progress: null,
        result: null,
        failedReason: null,
        stackTraces: [],
      });
      expect(job?.createdAtMs).toBeGreaterThanOrEqual(before);
      expect(job?.createdAtMs).toBeLessThanOrEqual(Date.now());
    },
  },
  {
    title: 'ids that the engine makes up are unique, whichever instance adds',
    async run({ engine, another, declare }) {
      const definition = declare();
      const queues = [engine.queue(definition), (await another()).queue(definition)];
      const references = await Promise.all(
        Array.from({ length: 200 }, (_, n) => queues[n % 2]?.producer.add('work', n)),
      );
      expect(new Set(references.map((reference) => reference?.id)).size).toBe(200);
    },
  },
  {
    title: 'jobs run in the order they were added',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      for (let n = 0; n < 30; n++) await queue.producer.add('work', n);
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => ran.push(data));
      await eventually('30 jobs ran', () => ran.length === 30);
      expect(ran).toEqual(Array.from({ length: 30 }, (_, n) => n));
    },
  },
  {
    title: 'addMany answers references in order and keeps the order, options and names of its jobs',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const references = await queue.producer.addMany([
        { name: 'work', data: 'a', options: { id: 'first' } },
        { name: 'other', data: 'b', options: { attempts: 7 } },
        { name: 'work', data: 'c', options: { delayMs: 60_000 } },
        { name: 'work', data: 'd' },
      ]);
      expect(references.map(({ name }) => name)).toEqual(['work', 'other', 'work', 'work']);
      expect(references[0]?.id).toBe('first');
      const jobs = await Promise.all(references.map(({ id }) => queue.inspector.job(id)));
      expect(jobs.map((job) => job?.data)).toEqual(['a', 'b', 'c', 'd']);
      expect(jobs.map((job) => job?.attempts)).toEqual([1, 7, 1, 1]);
      expect(jobs.map((job) => job?.state)).toEqual(['waiting', 'waiting', 'delayed', 'waiting']);
      const ran: unknown[] = [];
      await consume(queue, ({ name, data }) => ran.push([name, data]));
      await eventually('three jobs ran', () => ran.length === 3);
      expect(ran).toEqual([
        ['work', 'a'],
        ['other', 'b'],
        ['work', 'd'],
      ]);
    },
  },
  {
    title: 'addMany of nothing queues nothing',
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      expect(await queue.producer.addMany([])).toEqual([]);
      expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 0 });
    },
  },
  {
    title: '10 000 jobs in one addMany all run, each once',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const references = await queue.producer.addMany(
        Array.from({ length: 10_000 }, (_, n) => ({ name: 'work' as const, data: n })),
      );
      expect(new Set(references.map(({ id }) => id)).size).toBe(10_000);
      expect((await queue.inspector.counts()).waiting).toBe(10_000);
      const firsts = await queue.inspector.jobs(['waiting'], { limit: 3 });
      expect(firsts.map(({ data }) => data)).toEqual([0, 1, 2]);
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => void ran.push(data), { concurrency: 50 });
      await eventually('10 000 jobs ran', () => ran.length >= 10_000, Boolean, 30_000);
      expect(new Set(ran).size).toBe(10_000);
      expect(ran).toHaveLength(10_000);
    },
  },
  {
    title: 'a job of 1 MB arrives whole, and so does a result of 1 MB',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const text = 'é'.repeat(512 * 1024);
      await consume(queue, ({ data }) => data);
      const { id } = await queue.producer.add('work', { text });
      const job = await ended(queue, id);
      expect(job.state).toBe('completed');
      expect((job.data as { text: string }).text === text).toBe(true);
      expect((job.result as { text: string }).text === text).toBe(true);
    },
  },
  {
    title: 'a delayed job waits out its delay, and not much longer',
    async run({ engine, declare, consume, lostMs }) {
      const queue = engine.queue(declare());
      const ranAtMs: number[] = [];
      await consume(queue, () => void ranAtMs.push(Date.now()));
      const far = await queue.producer.add('work', null, { delayMs: 60_000 });
      const { id } = await queue.producer.add('work', null, { delayMs: 700 });
      expect(await queue.inspector.job(far.id)).toMatchObject({ state: 'delayed', delayMs: 60_000 });
      const job = await ended(queue, id);
      const waitedMs = (ranAtMs[0] ?? 0) - job.createdAtMs;
      expect(waitedMs).toBeGreaterThanOrEqual(700);
      expect(waitedMs).toBeLessThan(3000 + lostMs());
      expect(job.delayMs).toBe(700);
    },
  },
  {
    title: 'delayed jobs run in the order they fall due, not the order they were added',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => ran.push(data));
      // In one call: from one by one, the last might fall due before the first is there.
      await queue.producer.addMany([
        { name: 'work', data: 'last', options: { delayMs: 900 } },
        { name: 'work', data: 'first', options: { delayMs: 300 } },
        { name: 'work', data: 'second', options: { delayMs: 600 } },
      ]);
      await eventually('three jobs ran', () => ran.length === 3);
      expect(ran).toEqual(['first', 'second', 'last']);
    },
  },
  {
    title: 'a delay beyond the range of a timer (24.8 days) does not run at once',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => ran.push(data));
      const far = await queue.producer.add('work', 'far', { delayMs: 30 * DAY_MS });
      const years = await queue.producer.add('work', 'years', { delayMs: 3650 * DAY_MS });
      await queue.producer.add('work', 'soon', { delayMs: 200 });
      await eventually('the near one ran', () => ran.length > 0);
      await quiet(200);
      expect(ran).toEqual(['soon']);
      for (const { id } of [far, years]) {
        expect((await queue.inspector.job(id))?.state).toBe('delayed');
      }
    },
  },
];
