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
      await consume(queue, ({ data }) => {
        if (data === 'fail') throw new Error('no');
      });
      const long = { ageSeconds: 60 };
      const short = { ageSeconds: 1 };
      const run = async (id: string, retention: { ageSeconds: number; count?: number }) => {
        await queue.producer.add('work', 'pass', { id: `${id} passed`, removeOnComplete: retention });
        await queue.producer.add('work', 'fail', { id: `${id} failed`, removeOnFail: retention });
        return (await ended(queue, `${id} failed`)).finishedAtMs ?? 0;
      };
      const endedAtMs = await run('old', short);
      await run('young', long);
      expect(await queue.inspector.counts()).toMatchObject({ completed: 2, failed: 2 });
      await quiet(endedAtMs + 2100 - Date.now());
      await queue.producer.add('work', 'pass', { id: 'next passed', removeOnComplete: short });
      await queue.producer.add('work', 'fail', { id: 'next failed', removeOnFail: { ...short, count: 50 } });
      await ended(queue, 'next failed');
      for (const how of ['passed', 'failed']) {
        await eventually('it is gone', async () => (await queue.inspector.job(`old ${how}`)) === null);
        expect(await queue.inspector.job(`next ${how}`)).not.toBeNull();
      }
    },
  },
];
