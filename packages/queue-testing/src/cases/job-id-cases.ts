import { InvalidOptionError } from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';
import { eventually } from '../eventually.js';

/**
 * Ids that one store or another would mistake for a number, for an index, for a key of its own, for its own way to
 * write another one of them, or for its neighbour. All are added to one queue, so that two which fall together show.
 */
const STRANGE_IDS: readonly string[] = [
  '0',
  '1',
  '007',
  '00',
  '01',
  '+1',
  '-0',
  '-1',
  '1.0',
  '1e3',
  '0x10',
  ' 1',
  '1 ',
  'NaN',
  'Infinity',
  'null',
  'undefined',
  'true',
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
  '1:logs',
  'de:x',
  'limiter:x',
  '__proto__',
  'constructor',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\u0000',
  'nul\u0000within',
  '\u00a0',
  '\ufeff',
  'with space\n',
  '%3A',
  '%253A',
  'a%3Ab:c',
  '~',
  '~~',
  '~1',
  '~%31',
  '~a:b',
  '~a%3Ab',
  'switchyard:id:1',
  'switchyard:id:switchyard:id:1',
  'switchyard:suspended',
  '%',
  '%%',
  '"quoted"',
  'back\\slash',
  "it's",
  '{"json":1}',
  '[1]',
  // One letter, written in two ways: two ids.
  'caf\u00e9',
  'cafe\u0301',
  'UPPER',
  'upper',
  'grüße-日本-😀',
  '*',
  '?',
  '[a-z]',
  '{tag}',
  '{}',
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
      const waiting = await queue.inspector.jobs(['waiting'], { limit: STRANGE_IDS.length });
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
    title: '[9] [16] whatever its id, the end of a job can be waited for, and queue-wide events tell it',
    needs: ['queue-events'],
    async run({ engine, another, declare, consume, afterwards }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const told: string[] = [];
      afterwards(await queue.events.on('completed', ({ jobId }) => told.push(jobId)));
      const references = await queue.producer.addMany(
        STRANGE_IDS.map((id) => ({ name: 'work' as const, data: null, options: { id } })),
      );
      const waiting = references.map((job) => queue.events.waitForEnd(job, { timeoutMs: 30_000 }));
      await consume(elsewhere, ({ id }) => id);
      expect(await Promise.all(waiting)).toEqual(STRANGE_IDS);
      await eventually('all were told', () => told.length >= STRANGE_IDS.length);
      expect(told).toEqual(STRANGE_IDS);
    },
  },
  {
    title: '[9] an id that is none is refused: a number, an empty one, one of 513 bytes, half a character',
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      const none = [7, 0, null, '', 'x'.repeat(513), 'é'.repeat(257), '\ud800', 'a\udc00b', ['a'], {}];
      for (const id of none as unknown as readonly string[]) {
        for (const add of [
          () => queue.producer.add('work', null, { id }),
          () => queue.producer.addMany([{ name: 'work', data: null, options: { id } }]),
        ]) {
          const error = await add().catch((thrown: unknown) => thrown);
          expect([id, error]).toEqual([id, expect.any(InvalidOptionError)]);
          expect(error).toMatchObject({ option: expect.stringMatching(/^id /), value: id });
        }
      }
      expect((await queue.inspector.counts()).waiting).toBe(0);
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
