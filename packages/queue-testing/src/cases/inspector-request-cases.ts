import { InvalidOptionError, type JobState } from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';

const NO_COUNTS = [-1, 1.5, NaN, Infinity, 2 ** 60];

export const inspectorRequestCases: readonly ContractCase[] = [
  {
    title: '[22] clean removes nothing up to a limit of 0, and refuses what is no age, limit or end',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      await consume(queue, () => null);
      const { id } = await queue.producer.add('work', null);
      await ended(queue, id);
      const { clean } = queue.inspector;
      expect(await clean('completed', { olderThanMs: 0, limit: 0 })).toEqual([]);
      for (const wrong of NO_COUNTS) {
        await expect(clean('completed', { olderThanMs: wrong })).rejects.toBeInstanceOf(InvalidOptionError);
        const limited = clean('completed', { olderThanMs: 0, limit: wrong });
        await expect(limited).rejects.toBeInstanceOf(InvalidOptionError);
      }
      for (const [state, options] of [
        ['completed', {}],
        ['waiting', { olderThanMs: 0 }],
        ['delayed', { olderThanMs: 0 }],
      ]) {
        const refused = clean(state as 'completed', options as { olderThanMs: number });
        await expect(refused).rejects.toBeInstanceOf(InvalidOptionError);
      }
      expect((await queue.inspector.counts()).completed).toBe(1);
    },
  },
  {
    title: 'jobs refuses what is no page or state; a state that is named twice is shown once',
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      await queue.producer.addMany(Array.from({ length: 3 }, (_, n) => ({ name: 'work', data: n })));
      await queue.producer.add('work', 3, { delayMs: 60_000 });
      const { jobs } = queue.inspector;
      for (const wrong of NO_COUNTS) {
        await expect(jobs(['waiting'], { offset: wrong })).rejects.toBeInstanceOf(InvalidOptionError);
        await expect(jobs(['waiting'], { limit: wrong })).rejects.toBeInstanceOf(InvalidOptionError);
      }
      await expect(jobs(['paused' as JobState])).rejects.toBeInstanceOf(InvalidOptionError);
      const states = ['waiting', 'delayed', 'waiting'] as const;
      const data = async (offset: number, limit: number) =>
        (await jobs(states, { offset, limit })).map((job) => job.data);
      expect(await data(0, 10)).toEqual([0, 1, 2, 3]);
      expect(await data(2, 10)).toEqual([2, 3]);
      expect(await data(2, 0)).toEqual([]);
    },
  },
];
