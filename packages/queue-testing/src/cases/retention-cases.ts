import { ended, type ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

export const retentionCases: readonly ContractCase[] = [
  {
    title: '[21] removeOnComplete true leaves nothing of the job, false keeps it',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const consumer = await consume(queue, () => 'done');
      const completed: string[] = [];
      consumer.on('completed', ({ jobId }) => completed.push(jobId));
      await queue.producer.add('work', null, { id: 'gone', removeOnComplete: true });
      await queue.producer.add('work', null, { id: 'kept', removeOnComplete: false });
      expect((await ended(queue, 'kept')).result).toBe('done');
      expect(await queue.inspector.job('gone')).toBeNull();
      await eventually('both were reported', () => completed.length === 2);
      expect(completed).toEqual(['gone', 'kept']);
      expect((await queue.inspector.counts()).completed).toBe(1);
    },
  },
  {
    title: '[21] removeOnFail true leaves nothing of the job, false keeps it',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      await consume(queue, () => {
        throw new Error('no');
      });
      await queue.producer.add('work', null, { id: 'gone', removeOnFail: true, attempts: 2 });
      await queue.producer.add('work', null, { id: 'kept', removeOnFail: false });
      expect((await ended(queue, 'kept')).state).toBe('failed');
      await eventually('it is gone', async () => (await queue.inspector.job('gone')) === null);
      expect((await queue.inspector.counts()).failed).toBe(1);
    },
  },
  {
    title: '[21] { count } keeps the newest, { count: 0 } none',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      await consume(queue, ({ data }) => {
        if (data === 'fail') throw new Error('no');
      });
      for (let n = 1; n <= 5; n++) {
        await queue.producer.add('work', null, { id: `c${n}`, removeOnComplete: { count: 2 } });
      }
      for (let n = 1; n <= 5; n++) {
        await queue.producer.add('work', 'fail', { id: `f${n}`, removeOnFail: { count: 3 } });
      }
      await ended(queue, 'f5');
      const kept = async (state: 'completed' | 'failed') =>
        (await queue.inspector.jobs([state])).map(({ id }) => id);
      expect(await kept('completed')).toEqual(['c5', 'c4']);
      expect(await kept('failed')).toEqual(['f5', 'f4', 'f3']);
      await queue.producer.add('work', null, { id: 'zero', removeOnComplete: { count: 0 } });
      await eventually('it is gone', async () => (await queue.inspector.job('zero')) === null);
    },
  },
  {
    title: '[21] { ageSeconds } drops what is older, in seconds, when the next one ends',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      await consume(queue, () => null);
      await queue.producer.add('work', null, { id: 'old', removeOnComplete: { ageSeconds: 1 } });
      const endedAtMs = (await ended(queue, 'old')).finishedAtMs ?? 0;
      await queue.producer.add('work', null, { id: 'young', removeOnComplete: { ageSeconds: 60 } });
      await ended(queue, 'young');
      expect(await queue.inspector.job('old')).not.toBeNull();
      await quiet(endedAtMs + 2100 - Date.now());
      await queue.producer.add('work', null, { id: 'next', removeOnComplete: { ageSeconds: 1 } });
      await ended(queue, 'next');
      await eventually('it is gone', async () => (await queue.inspector.job('old')) === null);
    },
  },
];
