import type { JobEvents, QueueEvents } from '@switchyard/queue-contract';
import { ended, type CaseContext, type ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

const needs = ['queue-events'] as const;
const EVENTS = ['waiting', 'active', 'progress', 'completed', 'failed'] as const;

export const eventCases: readonly ContractCase[] = [
  {
    title: "[15] what another instance's jobs go through is heard, with their ids and content",
    needs,
    async run({ engine, another, declare, consume, afterwards }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const heard = await listen(queue.events, afterwards, EVENTS);
      await consume(elsewhere, async ({ data, updateProgress }) => {
        await updateProgress({ at: 0.5 });
        if (data === 'bad') throw new Error('broken');
        return { fine: true };
      });
      await elsewhere.producer.add('work', 'good', { id: '7' });
      await elsewhere.producer.add('work', 'bad', { id: 'a:b' });
      const of = (id: string) => heard.filter(({ payload }) => payload.jobId === id);
      await eventually('all were heard', () => of('7').length === 4 && of('a:b').length === 4);
      expect(of('7')).toEqual([
        { event: 'waiting', payload: { jobId: '7' } },
        { event: 'active', payload: { jobId: '7' } },
        { event: 'progress', payload: { jobId: '7', progress: { at: 0.5 } } },
        { event: 'completed', payload: { jobId: '7', result: { fine: true } } },
      ]);
      expect(of('a:b')).toEqual([
        { event: 'waiting', payload: { jobId: 'a:b' } },
        { event: 'active', payload: { jobId: 'a:b' } },
        { event: 'progress', payload: { jobId: 'a:b', progress: { at: 0.5 } } },
        { event: 'failed', payload: { jobId: 'a:b', reason: 'broken' } },
      ]);
    },
  },
  {
    title: '[15] failed is heard once a job, when it failed for good',
    needs,
    async run({ engine, declare, consume, afterwards }) {
      const queue = engine.queue(declare());
      const heard = await listen(queue.events, afterwards, ['failed', 'completed']);
      await consume(queue, ({ data, attempt }) => {
        if (data === 'never' || attempt < 3) throw new Error(`attempt ${attempt}`);
      });
      const never = await queue.producer.add('work', 'never', { attempts: 3 });
      const third = await queue.producer.add('work', 'third time', { attempts: 3 });
      await ended(queue, never.id);
      await ended(queue, third.id);
      await eventually('both were heard', () => heard.length >= 2);
      await quiet(100);
      const byId = new Map(heard.map((entry) => [entry.payload.jobId, entry]));
      expect(heard).toHaveLength(2);
      expect(byId.get(never.id)).toEqual({
        event: 'failed',
        payload: { jobId: never.id, reason: 'attempt 3' },
      });
      expect(byId.get(third.id)).toEqual({
        event: 'completed',
        payload: { jobId: third.id, result: null },
      });
    },
  },
  {
    title: 'drained is heard when the last waiting job has been taken',
    needs,
    async run({ engine, another, declare, consume, afterwards }) {
      const definition = declare();
      const queue = engine.queue(definition);
      let drained = 0;
      const stop = await queue.events.on('drained', () => drained++);
      afterwards(stop);
      await queue.producer.addMany(Array.from({ length: 3 }, (_, n) => ({ name: 'work', data: n })));
      await quiet(50);
      expect(drained).toBe(0);
      await consume((await another()).queue(definition), () => null);
      await eventually('it is drained', () => drained > 0);
    },
  },
  {
    title: '[15] a subscription hears what happens from when it is live, of its queue only, until it ends',
    needs,
    async run({ engine, declare, consume, queueName }) {
      const queue = engine.queue(declare());
      const other = engine.queue({ ...declare(), name: `${queueName}-other` });
      await consume(queue, () => null);
      await consume(other, () => null);
      const run = async (on: typeof queue) => {
        const { id } = await on.producer.add('work', null);
        await ended(on, id);
        return id;
      };
      await run(queue);
      const first: string[] = [];
      const second: string[] = [];
      const stopFirst = await queue.events.on('completed', ({ jobId }) => first.push(jobId));
      const stopSecond = await queue.events.on('completed', ({ jobId }) => second.push(jobId));
      await run(other);
      const a = await run(queue);
      await eventually('both heard it', () => first.length > 0 && second.length > 0);
      await stopFirst();
      await stopFirst();
      const b = await run(queue);
      await eventually('the other heard it', () => second.length === 2);
      await stopSecond();
      await run(queue);
      await quiet(100);
      const third: string[] = [];
      const stopThird = await queue.events.on('completed', ({ jobId }) => third.push(jobId));
      const c = await run(queue);
      await eventually('a later subscription hears again', () => third.length > 0);
      await stopThird();
      expect([first, second, third]).toEqual([[a], [a, b], [c]]);
    },
  },
  {
    title: '[15] many listeners on many queues are all served',
    needs,
    async run({ engine, another, declare, queueName, consume, afterwards }) {
      const elsewhere = await another();
      const heard = new Set<string>();
      const producers = await Promise.all(
        Array.from({ length: 11 }, async (_, n) => {
          const definition = { ...declare(), name: `${queueName}-${n}` };
          const { events } = engine.queue(definition);
          afterwards(await events.on('completed', ({ jobId }) => heard.add(`${n} ${jobId}`)));
          const queue = elsewhere.queue(definition);
          await consume(queue, () => null);
          return queue.producer;
        }),
      );
      await Promise.all(producers.map((producer, n) => producer.add('work', null, { id: `job ${n}` })));
      await eventually('all eleven were heard', () => heard.size === 11);
      expect([...heard].sort()).toEqual(Array.from({ length: 11 }, (_, n) => `${n} job ${n}`).sort());
    },
  },
];

interface Heard {
  readonly event: keyof QueueEvents;
  readonly payload: { readonly jobId: string };
}

async function listen(
  events: JobEvents,
  afterwards: CaseContext['afterwards'],
  names: readonly (typeof EVENTS)[number][],
): Promise<Heard[]> {
  const heard: Heard[] = [];
  for (const event of names) {
    afterwards(await events.on(event, (payload) => heard.push({ event, payload })));
  }
  return heard;
}
