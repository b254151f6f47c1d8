import { defineQueue, InvalidPayloadError } from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';
import { eventually } from '../eventually.js';
import { anything, withDefault } from '../payload-schemas.js';

export const runningJobCases: readonly ContractCase[] = [
  {
    title: '[22] progress is any JSON value, the last one wins; logs keep their order',
    async run({ engine, another, declare, consume, latch }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const go = latch();
      const consumer = await consume(queue, async (job) => {
        await job.updateProgress(10);
        await job.log('first line');
        await job.updateProgress({ step: 'half', at: 0.5 });
        await job.log('zweite Zeile ✓');
        await go.opened;
      });
      const heard: unknown[] = [];
      consumer.on('progress', ({ jobId, progress }) => heard.push([jobId, progress]));
      const { id } = await queue.producer.add('work', null);
      await eventually('it logged', async () => (await elsewhere.inspector.logs(id)).length === 2);
      expect(await elsewhere.inspector.logs(id)).toEqual(['first line', 'zweite Zeile ✓']);
      expect(await elsewhere.inspector.job(id)).toMatchObject({
        state: 'active',
        progress: { step: 'half', at: 0.5 },
      });
      go.open();
      expect((await ended(queue, id)).progress).toEqual({ step: 'half', at: 0.5 });
      await eventually('progress was reported', () => heard.length === 2);
      expect(heard).toEqual([
        [id, 10],
        [id, { step: 'half', at: 0.5 }],
      ]);
    },
  },
  {
    title: '[22] a falsy progress is told from none',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const values = [0, false, ''];
      await consume(queue, async ({ data, updateProgress }) => {
        if (typeof data === 'number') await updateProgress(values[data]);
      });
      for (const [n, value] of values.entries()) {
        const { id } = await queue.producer.add('work', n);
        expect((await ended(queue, id)).progress).toBe(value);
      }
      const { id } = await queue.producer.add('work', 'says nothing');
      expect((await ended(queue, id)).progress).toBeNull();
    },
  },
  {
    title:
      '[12] [22] progress and results that JSON has no word for are null; those who listen or wait go on hearing',
    needs: ['queue-events'],
    async run({ engine, another, declare, consume, afterwards }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const wordless = [() => 1, Symbol('x'), { toJSON: () => undefined }, undefined];
      const told: unknown[] = [];
      const local: unknown[] = [];
      afterwards(await elsewhere.events.on('progress', ({ progress }) => told.push(progress)));
      afterwards(await elsewhere.events.on('completed', ({ result }) => told.push(result)));
      const consumer = await consume(queue, async ({ data, updateProgress }) => {
        await updateProgress(wordless[data as number]);
        return wordless[data as number];
      });
      consumer.on('progress', ({ progress }) => local.push(progress));
      consumer.on('completed', ({ result }) => local.push(result));
      for (const n of wordless.keys()) {
        const job = await queue.producer.add('work', n);
        expect(await elsewhere.events.waitForEnd(job, { timeoutMs: 10_000 })).toBeNull();
        expect(await elsewhere.inspector.job(job.id)).toMatchObject({ progress: null, result: null });
      }
      const nulls = Array.from({ length: 2 * wordless.length }, () => null);
      await eventually('all were told', () => told.length === nulls.length && local.length === nulls.length);
      expect([told, local]).toEqual([nulls, nulls]);
    },
  },
  {
    title: '[12] a result that JSON cannot carry fails its attempt, like any error of the handler',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const errors: unknown[] = [];
      const consumer = await consume(queue, ({ attempt }) => (attempt < 2 ? 10n : 'fine'));
      consumer.on('error', ({ error }) => errors.push(error));
      const { id } = await queue.producer.add('work', null, { attempts: 2 });
      const hopeless = await queue.producer.add('work', null);
      expect(await ended(queue, id)).toMatchObject({ state: 'completed', result: 'fine' });
      expect(await ended(queue, hopeless.id)).toMatchObject({
        state: 'failed',
        failedReason: expect.stringContaining('BigInt'),
      });
      expect(errors).toEqual([]);
    },
  },
  {
    title: '[22] updateData replaces the payload for later attempts and all who look, falsy values too',
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const steps = [{ step: 1, text: 'ünï' }, null, 0, '', false, [], undefined, 'end'];
      const stored: unknown[] = [];
      const seen: unknown[] = [];
      await consume(queue, async ({ id, data, attempt, updateData }) => {
        seen.push(data);
        if (attempt > steps.length) return data;
        await updateData(steps[attempt - 1]);
        stored.push((await elsewhere.inspector.job(id))?.data);
        throw new Error('to be continued');
      });
      const { id } = await queue.producer.add('work', 'begin', { attempts: steps.length + 1 });
      const expected = steps.map((step) => step ?? null);
      expect(await ended(queue, id)).toMatchObject({ state: 'completed', data: 'end', result: 'end' });
      expect(stored).toEqual(expected);
      expect(seen).toEqual(['begin', ...expected]);
    },
  },
  {
    title: '[22] updateData refuses what an add would refuse, and the payload stays as it was',
    async run({ engine, queueName, afterwards }) {
      const definition = defineQueue({
        name: queueName,
        tier: 'medium',
        jobs: { notify: withDefault, any: anything },
      });
      const queue = engine.queue(definition);
      const refused: unknown[] = [];
      const consumer = queue.consumer.consume({
        async notify({ data, updateData }) {
          await updateData({ to: 'grace' });
          await updateData({ from: 'nobody' } as unknown as { to: string }).catch((error) =>
            refused.push(error),
          );
          return data;
        },
        async any({ updateData }) {
          await updateData(10n).catch((error) => refused.push(error));
        },
      });
      afterwards(() => consumer.close());
      const { id } = await queue.producer.add('notify', { to: 'ada' });
      const other = await queue.producer.add('any', 'kept');
      // What the handler holds is its own; what is kept is as it was given, without what the schema makes of it.
      expect(await ended(queue, id)).toMatchObject({
        data: { to: 'grace' },
        result: { to: 'ada', channel: 'sms' },
      });
      expect(await ended(queue, other.id)).toMatchObject({ state: 'completed', data: 'kept' });
      expect(refused).toEqual([expect.any(InvalidPayloadError), expect.any(InvalidPayloadError)]);
    },
  },
];
