import { InvalidOptionError, MAX_PRIORITY } from '@switchyard/queue-contract';
import type { ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

export const orderCases: readonly ContractCase[] = [
  {
    title: '[5] priority 1 runs first, higher numbers later, none last; equals in the order they were added',
    needs: ['priorities'],
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare({ priorities: true }));
      await queue.producer.add('work', 'none');
      await queue.producer.add('work', 'last number', { priority: MAX_PRIORITY });
      await queue.producer.add('work', '5', { priority: 5 });
      await queue.producer.addMany([
        { name: 'work', data: '1', options: { priority: 1 } },
        { name: 'work', data: '1 again', options: { priority: 1 } },
        { name: 'work', data: 'none again' },
        { name: 'work', data: '5 again', options: { priority: 5 } },
        { name: 'work', data: '2', options: { priority: 2 } },
      ]);
      const order = ['1', '1 again', '2', '5', '5 again', 'last number', 'none', 'none again'];
      const waiting = await queue.inspector.jobs(['waiting']);
      expect(waiting.map(({ data }) => data)).toEqual(order);
      expect(waiting.map(({ priority }) => priority)).toEqual([1, 1, 2, 5, 5, MAX_PRIORITY, null, null]);
      expect((await queue.inspector.counts()).waiting).toBe(8);
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => ran.push(data));
      await eventually('eight jobs ran', () => ran.length === 8);
      expect(ran).toEqual(order);
    },
  },
  {
    title: '[5] a job of priority 1 added while others wait goes before them',
    needs: ['priorities'],
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare({ priorities: true }));
      const go = latch();
      const ran: unknown[] = [];
      await consume(queue, async ({ data }) => {
        ran.push(data);
        await go.opened;
      });
      await queue.producer.add('work', 'running');
      await eventually('it runs', () => ran.length === 1);
      await queue.producer.add('work', 'none');
      await queue.producer.add('work', 'urgent', { priority: 1 });
      go.open();
      await eventually('three jobs ran', () => ran.length === 3);
      expect(ran).toEqual(['running', 'urgent', 'none']);
    },
  },
  {
    title: '[5] a delayed job goes by its priority once it is due',
    needs: ['priorities'],
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare({ priorities: true }));
      const go = latch();
      const ran: unknown[] = [];
      await consume(queue, async ({ data }) => {
        ran.push(data);
        await go.opened;
      });
      await queue.producer.add('work', 'running');
      await eventually('it runs', () => ran.length === 1);
      const due = await queue.producer.add('work', 'due', { priority: 1, delayMs: 1500 });
      await queue.producer.add('work', 'none');
      await queue.producer.add('work', '2', { priority: 2 });
      expect(await queue.inspector.job(due.id)).toMatchObject({ state: 'delayed', priority: 1 });
      await quiet(1800);
      go.open();
      await eventually('four jobs ran', () => ran.length === 4);
      expect(ran).toEqual(['running', 'due', '2', 'none']);
    },
  },
  {
    title: '[5] a job keeps its priority through a retry, a promotion and a pause',
    needs: ['priorities', 'pause'],
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare({ priorities: true }));
      await queue.control.pause();
      await queue.producer.addMany([
        { name: 'work', data: 'none' },
        { name: 'work', data: '3', options: { priority: 3 } },
        { name: 'work', data: 'fails once', options: { priority: 1, attempts: 2 } },
        { name: 'work', data: 'promoted', options: { id: 'x', priority: 2, delayMs: 60_000 } },
      ]);
      await queue.inspector.promote('x');
      const ran: unknown[] = [];
      await consume(queue, ({ data, attempt }) => {
        ran.push(data);
        if (data === 'fails once' && attempt === 1) throw new Error('once');
      });
      await queue.control.resume();
      await eventually('five attempts were made', () => ran.length === 5);
      expect(ran).toEqual(['fails once', 'fails once', 'promoted', '3', 'none']);
    },
  },
  {
    title: '[5] a priority that is none is refused where priorities are declared, and lifo is, too',
    needs: ['priorities'],
    async run({ engine, declare }) {
      const queue = engine.queue(declare({ priorities: true }));
      const notAllowed: readonly object[] = [
        ...[0, -1, 1.5, MAX_PRIORITY + 1, Number.NaN, '1', null].map((priority) => ({ priority })),
        { lifo: true },
      ];
      for (const options of notAllowed) {
        const adding = queue.producer.add('work', null, options);
        const error = await adding.catch((thrown: unknown) => thrown);
        expect([options, error]).toEqual([options, expect.any(InvalidOptionError)]);
      }
      expect((await queue.inspector.counts()).waiting).toBe(0);
    },
  },
  {
    title: '[5] a queue that does not declare priorities refuses them',
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      const adding = queue.producer.add('work', null, { priority: 1 });
      await expect(adding).rejects.toBeInstanceOf(InvalidOptionError);
      expect((await queue.inspector.counts()).waiting).toBe(0);
    },
  },
  {
    title: '[22] a lifo job runs before those that wait, the latest first',
    needs: ['lifo'],
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      await queue.producer.addMany([
        { name: 'work', data: 'a' },
        { name: 'work', data: 'b' },
        { name: 'work', data: 'x', options: { lifo: true } },
      ]);
      await queue.producer.add('work', 'y', { lifo: true });
      const order = ['y', 'x', 'a', 'b'];
      expect((await queue.inspector.jobs(['waiting'])).map(({ data }) => data)).toEqual(order);
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => ran.push(data));
      await eventually('four jobs ran', () => ran.length === 4);
      expect(ran).toEqual(order);
    },
  },
];
