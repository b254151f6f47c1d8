import { ClosedError, type RunningJob } from '@switchyard/queue-contract';
import { ended, type CaseContext, type ContractCase } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

export const consumerCases: readonly ContractCase[] = [
  {
    title: 'concurrency is reached and never exceeded',
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare({ worker: { concurrency: 2 } }));
      const go = latch();
      let running = 0;
      let most = 0;
      let done = 0;
      const consumer = await consume(
        queue,
        async () => {
          most = Math.max(most, ++running);
          await go.opened;
          running--;
          done++;
        },
        { concurrency: 4 },
      );
      await queue.producer.addMany(Array.from({ length: 20 }, (_, n) => ({ name: 'work', data: n })));
      await eventually('four run at a time', () => running === 4);
      await quiet(150);
      expect(consumer.running).toBe(4);
      expect(await queue.inspector.counts()).toMatchObject({ active: 4, waiting: 16 });
      go.open();
      await eventually('all ran', () => done === 20);
      expect(most).toBe(4);
      await eventually('none runs', () => consumer.running === 0);
    },
  },
  {
    title: "concurrency defaults to the declaration's",
    async run({ engine, declare, consume, latch }) {
      const queue = engine.queue(declare({ worker: { concurrency: 3 } }));
      const go = latch();
      const consumer = await consume(queue, () => go.opened);
      await queue.producer.addMany(Array.from({ length: 5 }, (_, n) => ({ name: 'work', data: n })));
      await eventually('three run', () => consumer.running === 3);
      await quiet(100);
      expect(consumer.running).toBe(3);
    },
  },
  {
    title: 'an idle consumer starts a new job promptly, whichever instance adds it',
    async run({ engine, another, declare, consume, lostMs }) {
      const definition = declare();
      const queue = engine.queue(definition);
      const elsewhere = (await another()).queue(definition);
      await consume(queue, () => Date.now());
      for (const producer of [elsewhere.producer, queue.producer, elsewhere.producer]) {
        await quiet(150);
        const job = await ended(queue, (await producer.add('work', null)).id);
        expect((job.result as number) - job.createdAtMs).toBeLessThan(1500 + lostMs());
      }
    },
  },
  {
    title: 'eleven queues of one engine each get their turn, and closing some does not disturb the others',
    async run({ engine, another, declare, queueName, afterwards }) {
      const elsewhere = await another();
      const ran = new Map<string, number>();
      const consumers = Array.from({ length: 11 }, (_, n) => {
        const definition = { ...declare(), name: `${queueName}-${n}` };
        const queue = engine.queue(definition);
        const handle = () => void ran.set(definition.name, (ran.get(definition.name) ?? 0) + 1);
        const consumer = queue.consumer.consume({ work: handle, other: handle });
        afterwards(() => consumer.close({ timeoutMs: 1000 }));
        return { consumer, producer: elsewhere.queue(definition).producer };
      });
      await Promise.all(consumers.map(({ consumer }) => consumer.ready()));
      for (let round = 0; round < 3; round++) {
        await Promise.all(consumers.map(({ producer }) => producer.add('work', round)));
        await eventually('all eleven ran', () => {
          return ran.size === 11 && [...ran.values()].every((runs) => runs === round + 1);
        });
      }
      const [closed, left] = [consumers.slice(0, 5), consumers.slice(5)];
      await Promise.all(closed.map(({ consumer }) => consumer.close()));
      await Promise.all(consumers.map(({ producer }) => producer.add('work', 'late')));
      const total = () => [...ran.values()].reduce((sum, runs) => sum + runs, 0);
      await eventually('the others ran', () => total() === 33 + left.length);
      await quiet(150);
      expect(total()).toBe(33 + left.length);
    },
  },
  {
    title: 'two consumers of one queue in one engine both get their turn; one closes, the other goes on',
    async run(context) {
      const { engine, declare } = context;
      const queue = engine.queue(declare());
      const { consumers, met } = await consumersThatMeet(context, [queue, queue]);
      await queue.producer.add('work', 'a');
      await queue.producer.add('work', 'b');
      await eventually('both run at a time', met);
      await consumers[0]?.close();
      const { id } = await queue.producer.add('work', 'c');
      expect((await ended(queue, id)).state).toBe('completed');
    },
  },
  {
    title: 'consumers in two instances share the jobs, and each job runs once',
    async run(context) {
      const { engine, another, declare } = context;
      const definition = declare();
      const queue = engine.queue(definition);
      const { ran, met } = await consumersThatMeet(context, [queue, (await another()).queue(definition)]);
      await queue.producer.addMany(Array.from({ length: 300 }, (_, n) => ({ name: 'work', data: n })));
      await eventually('all ran', () => ran.length >= 300);
      await quiet(100);
      expect(ran).toHaveLength(300);
      expect(new Set(ran).size).toBe(300);
      expect(met()).toBe(true);
    },
  },
  {
    title: 'consumer events: active, completed, failed (final or not), drained; a subscription can end',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const heard: unknown[] = [];
      const consumer = await consume(queue, ({ attempt }) => {
        if (attempt === 1) throw new Error('once');
        return 'ok';
      });
      const stop = [
        consumer.on('active', ({ jobId, name }) => heard.push(['active', jobId, name])),
        consumer.on('completed', ({ jobId, name, result }) => heard.push(['completed', jobId, name, result])),
        consumer.on('failed', ({ jobId, name, error, final }) =>
          heard.push(['failed', jobId, name, error.message, final]),
        ),
      ];
      let drained = 0;
      consumer.on('drained', () => drained++);
      const { id } = await queue.producer.add('work', null, { attempts: 2 });
      const single = await queue.producer.add('other', null);
      await eventually('six events', () => heard.length === 6);
      expect(heard.filter((event) => (event as string[])[1] === id)).toEqual([
        ['active', id, 'work'],
        ['failed', id, 'work', 'once', false],
        ['active', id, 'work'],
        ['completed', id, 'work', 'ok'],
      ]);
      expect(heard.filter((event) => (event as string[])[1] === single.id)).toEqual([
        ['active', single.id, 'other'],
        ['failed', single.id, 'other', 'once', true],
      ]);
      await eventually('the queue is drained', () => drained > 0);
      for (const end of stop) end();
      await ended(queue, (await queue.producer.add('work', null, { attempts: 2 })).id);
      await quiet(50);
      expect(heard).toHaveLength(6);
    },
  },
  {
    title: '[23] a listener that throws disturbs neither the job nor the other listeners',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const consumer = await consume(queue, ({ data }) => {
        if (data === 'bad') throw new Error('no');
      });
      const heard: string[] = [];
      for (const event of ['active', 'completed', 'failed', 'drained', 'progress'] as const) {
        consumer.on(event, () => {
          throw new Error(`a listener of ${event}`);
        });
        consumer.on(event, () => heard.push(event));
      }
      const good = await queue.producer.add('work', 'good');
      expect(await ended(queue, good.id)).toMatchObject({ state: 'completed', attemptsMade: 1 });
      const bad = await queue.producer.add('work', 'bad');
      expect(await ended(queue, bad.id)).toMatchObject({ state: 'failed', failedReason: 'no' });
      await eventually('all were heard', () => heard.includes('failed') && heard.includes('completed'));
    },
  },
  {
    title: 'a consumer that was closed takes no more jobs, and closing it again is harmless',
    async run({ engine, declare, consume }) {
      const queue = engine.queue(declare());
      const consumer = await consume(queue, () => 'first');
      await ended(queue, (await queue.producer.add('work', null)).id);
      await Promise.all([consumer.close(), consumer.close()]);
      await consumer.close();
      const { id } = await queue.producer.add('work', null);
      await quiet(200);
      expect((await queue.inspector.job(id))?.state).toBe('waiting');
      await expect(consumer.ready()).rejects.toBeInstanceOf(ClosedError);
      await consume(queue, () => 'second');
      expect((await ended(queue, id)).result).toBe('second');
    },
  },
];

/** Consumers of which each waits, at its first job, until all of them have one. */
async function consumersThatMeet(
  { consume, latch }: CaseContext,
  queues: readonly Parameters<CaseContext['consume']>[0][],
) {
  const all = latch();
  const busy = new Set<number>();
  const ran: unknown[] = [];
  const consumers = await Promise.all(
    queues.map((queue, n) =>
      consume(queue, async ({ data }: RunningJob) => {
        busy.add(n);
        if (busy.size === queues.length) all.open();
        await all.opened;
        ran.push(data);
      }),
    ),
  );
  return { consumers, ran, met: () => busy.size === queues.length };
}
