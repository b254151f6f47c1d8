import { ended, type ContractCase } from '../contract-case.js';
import { eventually } from '../eventually.js';

export const deduplicationCases: readonly ContractCase[] = [
  {
    title: 'adds under one de-duplication id are one job until it completes',
    needs: ['deduplication'],
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const options = { deduplication: { id: 'user:7' } };
      const first = await queue.producer.add('work', 'first', options);
      const second = await elsewhere.producer.add('work', 'second', options);
      const [third] = await queue.producer.addMany([{ name: 'work', data: 'third', options }]);
      const other = await queue.producer.add('work', 'other', { deduplication: { id: 'user:8' } });
      expect([second.id, third?.id]).toEqual([first.id, first.id]);
      expect(other.id).not.toBe(first.id);
      expect((await queue.inspector.counts()).waiting).toBe(2);
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => ran.push(data));
      await ended(queue, first.id);
      await ended(queue, other.id);
      const again = await queue.producer.add('work', 'again', options);
      expect(again.id).not.toBe(first.id);
      await ended(queue, again.id);
      expect(ran).toEqual(['first', 'other', 'again']);
    },
  },
  {
    title: '[9] de-duplication ids are any strings, and no two are taken for one',
    needs: ['deduplication'],
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      const ids = [
        '1',
        '01',
        '~1',
        'a:b',
        'a%3Ab',
        '~a%3Ab',
        ' ',
        ':',
        'wait',
        '1:lock',
        'é',
        'e\u0301',
        '{}',
      ];
      const add = async (id: string) => (await queue.producer.add('work', id, { deduplication: { id } })).id;
      const firsts: string[] = [];
      for (const id of ids) firsts.push(await add(id));
      expect(new Set(firsts).size).toBe(ids.length);
      const seconds: string[] = [];
      for (const id of ids) seconds.push(await add(id));
      expect(seconds).toEqual(firsts);
      expect((await queue.inspector.counts()).waiting).toBe(ids.length);
    },
  },
  {
    title: 'a failed job keeps its de-duplication id until its last attempt, then frees it',
    needs: ['deduplication'],
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const options = {
        deduplication: { id: 'x' },
        attempts: 2,
        backoff: { type: 'fixed' as const, delayMs: 2000 },
      };
      await consume(queue, () => {
        throw new Error('no');
      });
      const first = await queue.producer.add('work', null, options);
      await eventually(
        'its first attempt failed',
        () => queue.inspector.job(first.id),
        (job) => job?.state === 'delayed',
      );
      expect((await queue.producer.add('work', null, options)).id).toBe(first.id);
      await ended(queue, first.id);
      expect((await queue.producer.add('work', null, options)).id).not.toBe(first.id);
    },
  },
  {
    title: 'removing a job frees its de-duplication id',
    needs: ['deduplication'],
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      const options = { deduplication: { id: 'x' } };
      const first = await queue.producer.add('work', null, options);
      await queue.inspector.remove(first.id);
      const second = await queue.producer.add('work', null, options);
      expect(second.id).not.toBe(first.id);
      expect((await queue.inspector.counts()).waiting).toBe(1);
    },
  },
  {
    title: 'with a ttl it holds for so long, even when the first has ended, and no longer',
    needs: ['deduplication'],
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const first = await queue.producer.add('work', 1, { deduplication: { id: 'short', ttlMs: 1500 } });
      const second = await queue.producer.add('work', 2, { deduplication: { id: 'short', ttlMs: 1500 } });
      expect(second.id).toBe(first.id);
      const later = await eventually(
        'the time to live is over',
        () => queue.producer.add('work', 3, { deduplication: { id: 'short', ttlMs: 1500 } }),
        ({ id }) => id !== first.id,
      );
      expect(await queue.inspector.job(later.id)).toMatchObject({ data: 3, state: 'waiting' });
      const long = { deduplication: { id: 'long', ttlMs: 60_000 } };
      const done = await queue.producer.add('work', 4, long);
      await consume(queue, () => null);
      await ended(queue, done.id);
      expect((await queue.producer.add('work', 5, long)).id).toBe(done.id);
      expect((await queue.inspector.counts()).waiting).toBe(0);
    },
  },
  {
    title: 'which job adds under a de-duplication id are one with can be asked for, in any instance',
    needs: ['deduplication'],
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const { inspector } = (await another()).queue(definition);
      expect(await inspector.deduplicated('d:1')).toBe(null);
      const first = await queue.producer.add('work', 1, { id: '17', deduplication: { id: 'd:1' } });
      const delayed = await queue.producer.add('work', 2, { delayMs: 60_000, deduplication: { id: 'wait' } });
      const long = await queue.producer.add('work', 3, { deduplication: { id: 'l', ttlMs: 60_000 } });
      expect(await inspector.deduplicated('d:1')).toBe(first.id);
      expect(await inspector.deduplicated('wait')).toBe(delayed.id);
      expect(await inspector.deduplicated('d:2')).toBe(null);
      await consume(queue, () => null);
      await ended(queue, first.id);
      await ended(queue, long.id);
      expect(await inspector.deduplicated('d:1')).toBe(null);
      expect(await inspector.deduplicated('l')).toBe(long.id);
      await queue.inspector.remove(delayed.id);
      expect(await inspector.deduplicated('wait')).toBe(null);
    },
  },
];
