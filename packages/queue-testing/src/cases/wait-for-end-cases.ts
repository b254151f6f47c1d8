import {
  InvalidOptionError,
  JobFailedError,
  JobNotFoundError,
  JobRemovedError,
  WaitTimeoutError,
} from '@switchyard/queue-contract';
import { ended, type ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

const needs = ['queue-events'] as const;
const timeoutMs = 8000;

/** By then whoever waits has looked, and listens: nothing tells from outside. */
const LISTENING_MS = 200;

export const waitForEndCases: readonly ContractCase[] = [
  {
    title: 'waitForEnd answers the result, in whichever process the job runs; many may wait',
    needs,
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const { id } = await queue.producer.add('work', null, { id: '42' });
      const nothing = await queue.producer.add('work', 'nothing', { id: 'a:b' });
      const waiting = [1, 2, 3].map(() => queue.events.waitForEnd(id, { timeoutMs }));
      const empty = queue.events.waitForEnd(nothing.id, { timeoutMs });
      await consume(elsewhere, ({ data }) => (data === 'nothing' ? undefined : { answer: [42] }));
      expect(await Promise.all(waiting)).toEqual([1, 2, 3].map(() => ({ answer: [42] })));
      expect(await empty).toBeNull();
    },
  },
  {
    title: 'waitForEnd answers at once for a job that has ended',
    needs,
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      await consume(queue, ({ data }) => {
        if (data === 'bad') throw new Error('broken');
        return 0;
      });
      const good = await queue.producer.add('work', 'good');
      const bad = await queue.producer.add('work', 'bad');
      await ended(queue, bad.id);
      expect(await queue.events.waitForEnd(good.id, { timeoutMs })).toBe(0);
      await expect(queue.events.waitForEnd(bad.id, { timeoutMs })).rejects.toMatchObject({
        code: 'SWITCHYARD_JOB_FAILED',
        reason: 'broken',
      });
    },
  },
  {
    title: '[16] waitForEnd of a job that fails is a JobFailedError, after its last attempt',
    needs,
    async run({ engine, another, declare, consume }) {
      const definition = declare();
      const queue = engine.queue(definition);
      await consume((await another()).queue(definition), ({ attempt }) => {
        throw new Error(`attempt ${attempt}`);
      });
      const { id } = await queue.producer.add('work', null, {
        attempts: 3,
        backoff: { type: 'fixed', delayMs: 150 },
      });
      const error = await queue.events.waitForEnd(id, { timeoutMs }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(JobFailedError);
      expect(error).toMatchObject({ jobId: id, reason: 'attempt 3' });
    },
  },
  {
    title: '[16] waitForEnd answers for jobs that leave nothing behind when they end',
    needs,
    async run({ engine, another, declare, consume, latch }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const go = latch();
      const options = { removeOnComplete: true, removeOnFail: true };
      const good = await queue.producer.add('work', 'good', options);
      const bad = await queue.producer.add('work', 'bad', options);
      const elsewhere = (await another()).queue(definition);
      await consume(elsewhere, async ({ data }) => {
        await go.opened;
        if (data === 'bad') throw new Error('broken');
        return 'gone, but known';
      });
      const answers = Promise.all([
        queue.events.waitForEnd(good.id, { timeoutMs }),
        expect(queue.events.waitForEnd(bad.id, { timeoutMs })).rejects.toMatchObject({ reason: 'broken' }),
      ]);
      await quiet(LISTENING_MS);
      go.open();
      expect((await answers)[0]).toBe('gone, but known');
    },
  },
  {
    title: '[16] waitForEnd of a job that is removed is a JobRemovedError at once, never a hang',
    needs,
    async run({ engine, another, declare }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const { id } = await queue.producer.add('work', null);
      const delayed = await queue.producer.add('work', null, { delayMs: 60_000 });
      const startMs = performance.now();
      const waiting = [id, delayed.id].map((each) =>
        expect(queue.events.waitForEnd(each, { timeoutMs: 20_000 })).rejects.toBeInstanceOf(JobRemovedError),
      );
      await quiet(LISTENING_MS);
      expect(await elsewhere.inspector.remove(id)).toBe(true);
      expect(await elsewhere.inspector.remove(delayed.id)).toBe(true);
      await Promise.all(waiting);
      expect(performance.now() - startMs).toBeLessThan(10_000);
    },
  },
  {
    title: '[16] waitForEnd of a job that removeWaiting removes is a JobRemovedError too',
    needs,
    async run({ engine, another, declare }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      const { id } = await queue.producer.add('work', null);
      const waiting = expect(queue.events.waitForEnd(id, { timeoutMs: 20_000 })).rejects.toBeInstanceOf(
        JobRemovedError,
      );
      await quiet(LISTENING_MS);
      await elsewhere.control.removeWaiting();
      await waiting;
    },
  },
  {
    title: '[16] waitForEnd gives up with a WaitTimeoutError, and the job goes on',
    needs,
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare());
      const go = latch();
      const { id } = await queue.producer.add('work', null);
      await consume(queue, () => go.opened);
      const error = await queue.events.waitForEnd(id, { timeoutMs: 200 }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WaitTimeoutError);
      expect(error).toMatchObject({ jobId: id, timeoutMs: 200 });
      await eventually('it runs', async () => (await queue.inspector.job(id))?.state === 'active');
      go.open();
      expect((await ended(queue, id)).state).toBe('completed');
    },
  },
  {
    title: '[16] waitForEnd without a limit, or with one that no timer keeps, is refused',
    needs,
    async run({ engine, declare }) {
      const queue = engine.queue(declare());
      const reference = await queue.producer.add('work', null);
      for (const limit of [undefined, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '500']) {
        const options = { timeoutMs: limit } as { timeoutMs: number };
        const error = await queue.events.waitForEnd(reference, options).catch((thrown: unknown) => thrown);
        expect([limit, error]).toEqual([limit, expect.any(InvalidOptionError)]);
      }
    },
  },
  {
    title: 'waitForEnd takes what add answered, and refuses what another queue answered',
    needs,
    async run({ engine, declare, consume, queueName }) {
      const queue = engine.queue(declare());
      const other = engine.queue({ ...declare(), name: `${queueName}-other` });
      const reference = await queue.producer.add('work', 'x');
      const waiting = queue.events.waitForEnd(reference, { timeoutMs });
      await consume(queue, ({ data }) => `did ${String(data)}`);
      expect(await waiting).toBe('did x');
      await expect(other.events.waitForEnd(reference, { timeoutMs })).rejects.toBeInstanceOf(
        InvalidOptionError,
      );
    },
  },
  {
    title: 'waitForEnd of an id that the queue does not know is a JobNotFoundError',
    needs,
    async run({ engine, declare }) {
      const { events } = engine.queue(declare());
      await expect(events.waitForEnd('missing', { timeoutMs })).rejects.toBeInstanceOf(JobNotFoundError);
    },
  },
];
