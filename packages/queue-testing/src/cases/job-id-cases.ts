import { ended, type ContractCase } from '../contract-case.js';
import { eventually } from '../eventually.js';

/** Ids that one store or another would mistake for a number, for an index or for a key of its own. */
const STRANGE_IDS: readonly string[] = [
  '0',
  '1',
  '007',
  '-1',
  '1e3',
  '18446744073709551616',
  '0:1',
  'a:b',
  'a:b:c',
  ':',
  '::',
  'repeat:x:1',
  'wait',
  'active',
  'delayed',
  'completed',
  'meta',
  'id',
  'events',
  '1:lock',
  '__proto__',
  'with space\n',
  '%3A',
  'a%3Ab:c',
  '~',
  '~a:b',
  '%',
  'grüße-日本-😀',
  '*',
  '{tag}',
  'x'.repeat(512),
  'é'.repeat(256),
];

export const jobIdCases: readonly ContractCase[] = [
  {
    title: '[9] any id of 1 to 512 bytes is the same id everywhere: reference, handler, events, inspector',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const references = await queue.producer.addMany(
        STRANGE_IDS.map((id) => ({ name: 'work' as const, data: { id }, options: { id } })),
      );
      expect(references.map(({ id }) => id)).toEqual(STRANGE_IDS);
      const waiting = await queue.inspector.jobs(['waiting']);
      expect(waiting.map(({ id }) => id)).toEqual(STRANGE_IDS);
      const handled: string[] = [];
      const completed: string[] = [];
      const consumer = await consume(queue, async ({ id, data, log }) => {
        expect(data).toEqual({ id });
        await log(`ran ${id}`);
        handled.push(id);
      });
      consumer.on('completed', ({ jobId }) => completed.push(jobId));
      for (const id of STRANGE_IDS) {
        expect(await ended(queue, id)).toMatchObject({ id, state: 'completed', data: { id } });
        expect(await queue.inspector.logs(id)).toEqual([`ran ${id}`]);
      }
      expect(handled).toEqual(STRANGE_IDS);
      await eventually('all were reported', () => completed.length === STRANGE_IDS.length);
      expect(completed).toEqual(STRANGE_IDS);
    },
  },
  {
    title: '[9] strange ids survive clean, remove, retry and promote',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      for (const id of STRANGE_IDS) {
        await queue.producer.add('work', id, { id, delayMs: 60_000 });
        await queue.inspector.promote(id);
      }
      let fails = true;
      const consumer = await consume(queue, () => {
        if (fails) throw new Error('once');
      });
      for (const id of STRANGE_IDS) expect((await ended(queue, id)).state).toBe('failed');
      fails = false;
      for (const id of STRANGE_IDS.slice(0, 10)) await queue.inspector.retry(id);
      for (const id of STRANGE_IDS.slice(0, 10)) {
        await eventually(
          `"${id}" completes`,
          () => queue.inspector.job(id),
          (job) => job?.state === 'completed',
        );
      }
      await consumer.close();
      const cleaned = await queue.inspector.clean('failed', { olderThanMs: 0 });
      expect([...cleaned].sort()).toEqual(STRANGE_IDS.slice(10).sort());
      for (const id of STRANGE_IDS.slice(0, 10)) expect(await queue.inspector.remove(id)).toBe(true);
      expect(await queue.inspector.counts()).toEqual({
        waiting: 0,
        delayed: 0,
        active: 0,
        completed: 0,
        failed: 0,
      });
    },
  },
  {
    title: 'a second add under an id that the queue still knows is a no-op, from whichever instance',
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      expect((await queue.producer.add('work', 'first', { id: 'same' })).id).toBe('same');
      expect((await elsewhere.producer.add('work', 'second', { id: 'same' })).id).toBe('same');
      const [third] = await queue.producer.addMany([
        { name: 'work', data: 'third', options: { id: 'same' } },
      ]);
      expect(third?.id).toBe('same');
      expect((await queue.inspector.counts()).waiting).toBe(1);
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => ran.push(data));
      await ended(queue, 'same');
      await elsewhere.producer.add('work', 'fourth', { id: 'same' });
      const probe = await queue.producer.add('work', 'probe');
      await ended(queue, probe.id);
      expect(ran).toEqual(['first', 'probe']);
    },
  },
  {
    title: 'one addMany with an id twice queues one job',
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      const references = await queue.producer.addMany([
        { name: 'work', data: 1, options: { id: 'twice' } },
        { name: 'work', data: 2, options: { id: 'twice' } },
        { name: 'work', data: 3 },
      ]);
      expect(references.map(({ id }) => id)).toEqual(['twice', 'twice', expect.any(String)]);
      expect((await queue.inspector.jobs(['waiting'])).map(({ data }) => data)).toEqual([1, 3]);
    },
  },
  {
    title: 'an id is free again when its job is gone',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const ran: unknown[] = [];
      await consume(queue, ({ data }) => ran.push(data));
      await queue.producer.add('work', 1, { id: 'again', removeOnComplete: true });
      await eventually('it is gone', async () => (await queue.inspector.job('again')) === null);
      await queue.producer.add('work', 2, { id: 'again', removeOnComplete: true });
      await eventually('the second ran', () => ran.length === 2);
      expect(ran).toEqual([1, 2]);
    },
  },
];
