import type { ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

export const drainedCases: readonly ContractCase[] = [
  {
    title:
      'a consumer that finds nothing at its start has not drained anything; each time it runs dry, it has',
    async run({ engine, declare, afterwards }) {
      const queue = engine.queue(declare());
      const handlers = { work: () => null, other: () => null };
      const consumer = queue.consumer.consume(handlers, { concurrency: 2 });
      let drained = 0;
      consumer.on('drained', () => drained++);
      afterwards(() => consumer.close({ timeoutMs: 1000 }));
      await consumer.ready();
      await quiet(300);
      expect(drained).toBe(0);
      for (const round of [1, 2]) {
        await queue.producer.add('work', round);
        await eventually('it is drained', () => drained === round);
      }
      await quiet(100);
      expect(drained).toBe(2);
    },
  },
  {
    title: 'drained is heard although jobs are delayed, by who consumes and by all who listen',
    needs: ['queue-events'],
    async run({ engine, another, declare, afterwards, latch }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const slow = latch();
      let everywhere = 0;
      let here = 0;
      afterwards(await queue.events.on('drained', () => everywhere++));
      await queue.producer.add('work', 'later', { delayMs: 60_000 });
      await queue.producer.addMany([
        { name: 'work', data: 'quick' },
        { name: 'work', data: 'slow' },
      ]);
      const elsewhere = (await another()).queue(definition);
      const work = ({ data }: { readonly data: unknown }) => (data === 'slow' ? slow.opened : null);
      const consumer = elsewhere.consumer.consume({ work, other: work }, { concurrency: 2 });
      afterwards(() => consumer.close({ timeoutMs: 1000 }));
      consumer.on('drained', () => here++);
      await eventually(
        'the quick one has ended',
        async () => (await queue.inspector.counts()).completed === 1,
      );
      slow.open();
      await eventually('all have heard it', () => everywhere > 0 && here > 0);
      expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 1 });
    },
  },
];
