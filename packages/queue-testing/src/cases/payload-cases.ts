import {
  defineQueue,
  InvalidOptionError,
  InvalidPayloadError,
  UNNAMED_JOB,
  UnknownJobNameError,
  type JobOptions,
  type JobProducer,
} from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';
import { anything, counted, withDefault } from '../payload-schemas.js';

const NOTHING = { waiting: 0, delayed: 0, active: 0, completed: 0, failed: 0 };

/** What Bull or BullMQ would take. Ignored in silence, each would change what becomes of the job. */
const FOREIGN_OPTIONS: readonly Record<string, unknown>[] = [
  { repeat: { every: 1000 } },
  { repeat: { cron: '0 9 * * *', tz: 'Europe/Berlin' } },
  { jobId: '7' },
  { delay: 1000 },
  { timeout: 1000 },
  { lifo: true, stackTraceLimit: 5 },
  { debounce: { id: 'x', ttl: 1000 } },
  { removeOnComplete: 100 },
  { removeOnComplete: 0 },
  { removeOnFail: { age: 3600 } },
  { removeOnFail: { count: 10, age: 3600 } },
  { backoff: 1000 },
  { backoff: { type: 'fixed', delayMs: 1, delay: 1000 } },
  { backoff: { type: 'exponential', delayMs: 1, jitter: 0.5 } },
  { deduplication: { id: 'x', ttl: 1000 } },
  { deduplication: { id: 'x', replace: true } },
];

const BAD_OPTIONS: readonly Record<string, unknown>[] = [
  { id: '' },
  { id: 'é'.repeat(257) },
  { id: 7 },
  { delayMs: -1 },
  { delayMs: Number.NaN },
  { delayMs: '100' },
  { priority: 1 },
  { attempts: 0 },
  { attempts: 1.5 },
  { backoff: { type: 'linear', delayMs: 1 } },
  { backoff: { type: 'fixed' } },
  { timeoutMs: 0 },
  { removeOnComplete: -1 },
  { removeOnFail: {} },
  { deduplication: { id: '' } },
  { deduplication: { id: 'x', ttlMs: 0 } },
  { lifo: 'yes' },
];

export const payloadCases: readonly ContractCase[] = [
  {
    title: '[11] falsy and empty payloads are kept as they are',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const payloads = [
        ...[null, 0, '', false, [], {}, [[]], { list: [] }],
        { none: null, zero: 0, empty: '', no: false, list: [null, 0, '', false] },
        // Text that reads like the JSON of something else.
        ...['null', '0', '""', 'false', '{}', '[]', '"', 'undefined'],
      ];
      const references = await queue.producer.addMany(
        payloads.map((data) => ({ name: 'work' as const, data })),
      );
      const jobs = await Promise.all(references.map(({ id }) => queue.inspector.job(id)));
      expect(jobs.map((job) => job?.data)).toEqual(payloads);
      const handled: unknown[] = [];
      await consume(queue, ({ data }) => void handled.push(data));
      await ended(queue, references.at(-1)?.id ?? '');
      expect(handled).toEqual(payloads);
      const listed = new Map((await queue.inspector.jobs(['completed'])).map(({ id, data }) => [id, data]));
      expect(references.map(({ id }) => listed.get(id))).toEqual(payloads);
    },
  },
  {
    title:
      'an undefined payload is null; what JSON cannot carry is an InvalidPayloadError, and nothing is queued',
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      const circular: { self?: unknown } = {};
      circular.self = circular;
      for (const data of [circular, 10n, { n: 10n }, () => null, Symbol('s')]) {
        await expect(queue.producer.add('work', data)).rejects.toBeInstanceOf(InvalidPayloadError);
        const many = queue.producer.addMany([
          { name: 'work', data: 'good' },
          { name: 'work', data },
        ]);
        await expect(many).rejects.toBeInstanceOf(InvalidPayloadError);
      }
      expect(await queue.inspector.counts()).toEqual(NOTHING);
      const { id } = await queue.producer.add('work', undefined);
      expect((await queue.inspector.job(id))?.data).toBeNull();
    },
  },
  {
    title: 'a payload is stored as it was given; the handler gets what its schema makes of it',
    async run({ engine, queueName, afterwards }) {
      const definition = defineQueue({ name: queueName, tier: 'medium', jobs: { notify: withDefault } });
      const queue = engine.queue(definition);
      const { id } = await queue.producer.add('notify', { to: '+15550100' });
      expect((await queue.inspector.job(id))?.data).toEqual({ to: '+15550100' });
      const handled: unknown[] = [];
      const consumer = queue.consumer.consume({ notify: ({ data }) => void handled.push(data) });
      afterwards(() => consumer.close());
      expect((await ended(queue, id)).data).toEqual({ to: '+15550100' });
      expect(handled).toEqual([{ to: '+15550100', channel: 'sms' }]);
    },
  },
  {
    title: 'a payload that its schema refuses is an InvalidPayloadError at add, and nothing is queued',
    async run({ engine, queueName }) {
      const queue = engine.queue(
        defineQueue({ name: queueName, tier: 'medium', jobs: { count: counted, any: anything } }),
      );
      const producer = queue.producer as unknown as JobProducer;
      const error = await producer.add('count', { count: 'three' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidPayloadError);
      expect(error).toMatchObject({ queue: queueName, jobName: 'count' });
      await expect(
        producer.addMany([
          { name: 'any', data: 'good' },
          { name: 'count', data: { count: 1 } },
          { name: 'count', data: null },
        ]),
      ).rejects.toBeInstanceOf(InvalidPayloadError);
      expect(await queue.inspector.counts()).toEqual(NOTHING);
    },
  },
  {
    title: 'a name that the queue does not declare is an UnknownJobNameError at add, and nothing is queued',
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      const producer = queue.producer as unknown as JobProducer;
      for (const name of ['missing', '', 'constructor', '__proto__']) {
        await expect(producer.add(name, null)).rejects.toBeInstanceOf(UnknownJobNameError);
      }
      await expect(
        producer.addMany([
          { name: 'work', data: null },
          { name: 'missing', data: null },
        ]),
      ).rejects.toBeInstanceOf(UnknownJobNameError);
      expect(await queue.inspector.counts()).toEqual(NOTHING);
    },
  },
  {
    title: 'an option that is not allowed is an InvalidOptionError that shows it, and nothing is queued',
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      for (const options of BAD_OPTIONS) {
        const [option] = Object.keys(options);
        const adding = queue.producer.add('work', null, options as JobOptions);
        const error = await adding.catch((thrown: unknown) => thrown);
        expect([option, error]).toEqual([option, expect.any(InvalidOptionError)]);
        expect((error as InvalidOptionError).option).toContain(option);
        const many = queue.producer.addMany([
          { name: 'work', data: 'good' },
          { name: 'work', data: 'bad', options: options as JobOptions },
        ]);
        await expect(many).rejects.toBeInstanceOf(InvalidOptionError);
      }
      expect(await queue.inspector.counts()).toEqual(NOTHING);
    },
  },
  {
    title: '[13] [21] [22] an option of another library, repeat above all, is refused by name, not ignored',
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      for (const options of FOREIGN_OPTIONS) {
        const foreign = Object.keys(options).at(-1) ?? '';
        const shown = JSON.stringify(options);
        for (const add of [
          () => queue.producer.add('work', null, options as JobOptions),
          () => queue.producer.addMany([{ name: 'work', data: null, options: options as JobOptions }]),
        ]) {
          const error = await add().catch((thrown: unknown) => thrown);
          expect([shown, error]).toEqual([shown, expect.any(InvalidOptionError)]);
          expect((error as InvalidOptionError).option).toContain(foreign);
        }
      }
      const repeat = { repeat: { every: 1000 } } as JobOptions;
      await expect(queue.producer.add('work', null, repeat)).rejects.toThrow('schedules.upsert');
      expect(await queue.inspector.counts()).toEqual(NOTHING);
    },
  },
  {
    title: '[3] a job without a name is refused wherever one can be added, and nothing is queued',
    async run({ engine, queueName }) {
      // A name that others come to by accident.
      const jobs = { undefined: anything, work: anything };
      const queue = engine.queue(defineQueue({ name: queueName, tier: 'medium', jobs }));
      const producer = queue.producer as unknown as JobProducer;
      const namesOfNone = [undefined, null, { to: 'ada' }, ['work'], 7, ''] as unknown as readonly string[];
      for (const name of namesOfNone) {
        for (const add of [() => producer.add(name, null), () => producer.addMany([{ name, data: null }])]) {
          const error = await add().catch((thrown: unknown) => thrown);
          expect([name, error]).toEqual([name, expect.any(UnknownJobNameError)]);
          expect(error).toMatchObject({ code: 'SWITCHYARD_UNKNOWN_JOB_NAME', queue: queueName });
        }
      }
      expect(await queue.inspector.counts()).toEqual(NOTHING);
    },
  },
  {
    title: '[3] the name that unnamed jobs have is declared, added and handled like any other',
    async run({ engine, queueName, afterwards }) {
      const jobs = { [UNNAMED_JOB]: counted, work: anything };
      const queue = engine.queue(defineQueue({ name: queueName, tier: 'medium', jobs }));
      const { id } = await queue.producer.add(UNNAMED_JOB, { count: 7 });
      const consumer = queue.consumer.consume({
        [UNNAMED_JOB]: ({ name, data }) => [name, data.count],
        work: () => 'another',
      });
      afterwards(() => consumer.close());
      expect(await ended(queue, id)).toMatchObject({ name: UNNAMED_JOB, result: ['__default__', 7] });
      const wrong = queue.producer.add(UNNAMED_JOB, { count: 'seven' as unknown as number });
      await expect(wrong).rejects.toBeInstanceOf(InvalidPayloadError);
    },
  },
  {
    title: 'a payload that fits no more when its job runs fails it without a retry',
    async run({ engine, another, queueName, afterwards }) {
      const before = defineQueue({ name: queueName, tier: 'medium', jobs: { count: anything } });
      const now = defineQueue({ name: queueName, tier: 'medium', jobs: { count: counted } });
      const { id } = await engine.queue(before).producer.add('count', 'three', { attempts: 5 });
      const queue = (await another()).queue(now);
      let handled = 0;
      const consumer = queue.consumer.consume({ count: () => void handled++ });
      const errors: unknown[] = [];
      consumer.on('failed', ({ error, final }) => errors.push([error, final]));
      afterwards(() => consumer.close());
      const job = await ended(queue, id);
      expect(job).toMatchObject({ state: 'failed', attemptsMade: 1 });
      expect(job.failedReason).toContain('expected number');
      expect(handled).toBe(0);
      expect(errors).toEqual([[expect.any(InvalidPayloadError), true]]);
    },
  },
  {
    title: '[4] a name that is not declared any more when its job runs fails it without a retry',
    async run({ engine, another, queueName, afterwards }) {
      const before = defineQueue({
        name: queueName,
        tier: 'medium',
        jobs: { kept: anything, dropped: anything },
      });
      const now = defineQueue({ name: queueName, tier: 'medium', jobs: { kept: anything } });
      const old = engine.queue(before);
      const dropped = await old.producer.add('dropped', null, { attempts: 5 });
      const kept = await old.producer.add('kept', null, { attempts: 5 });
      const queue = (await another()).queue(now);
      const consumer = queue.consumer.consume({ kept: () => 'fine' });
      const errors: unknown[] = [];
      consumer.on('failed', ({ error, final }) => errors.push([error, final]));
      afterwards(() => consumer.close());
      expect(await ended(queue, dropped.id)).toMatchObject({
        state: 'failed',
        name: 'dropped',
        attemptsMade: 1,
        failedReason: expect.stringContaining('dropped'),
      });
      expect((await ended(queue, kept.id)).result).toBe('fine');
      expect(errors).toEqual([[expect.any(UnknownJobNameError), true]]);
    },
  },
  {
    title:
      '[4] [21] what the declaration refuses is kept whatever its retention says, and runs once it is declared',
    async run({ engine, another, queueName, afterwards }) {
      const jobs = { count: anything, dropped: anything };
      const before = defineQueue({ name: queueName, tier: 'medium', jobs });
      const now = defineQueue({ name: queueName, tier: 'medium', jobs: { count: counted } });
      const old = engine.queue(before);
      const references = await old.producer.addMany([
        { name: 'dropped', data: 1, options: { removeOnFail: true } },
        { name: 'count', data: 'three', options: { removeOnFail: { count: 0 } } },
      ]);
      const queue = (await another()).queue(now);
      const consumer = queue.consumer.consume({ count: () => null });
      for (const { id } of references) expect((await ended(queue, id)).state).toBe('failed');
      await consumer.close();
      for (const { id } of references) await old.inspector.retry(id);
      const declared = old.consumer.consume({ count: () => 'counted', dropped: () => 'picked up' });
      afterwards(() => declared.close());
      const results = [];
      for (const { id } of references) results.push((await ended(old, id)).result);
      expect(results).toEqual(['picked up', 'counted']);
    },
  },
];
