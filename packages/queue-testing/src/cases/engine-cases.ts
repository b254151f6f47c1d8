import { ClosedError, defineQueue, InvalidOptionError, type EngineQueue } from '@switchyard/queue-contract';
import { ended, type ContractCase, type WorkJobs } from '../contract-case.js';
import { eventually, quiet } from '../eventually.js';

export const engineCases: readonly ContractCase[] = [
  {
    title: 'ready resolves on a store that is fit, again and again',
    async run({ engine, another }) {
      await engine.ready();
      await engine.ready();
      await (await another()).ready();
    },
  },
  {
    title: '[10] a queue with a name that is not allowed is refused, declared or made by hand',
    async run({ engine, declare }) {
      for (const name of ['', 'a:b', 'with space', 'tab\t', 'x'.repeat(101), 7, undefined] as string[]) {
        const made = { ...declare(), name };
        expect(() => defineQueue(made)).toThrow(InvalidOptionError);
        expect(() => engine.queue(made)).toThrow(InvalidOptionError);
      }
      expect(engine.queue({ ...declare(), name: 'grüße_1.2-3{x}' }).definition.name).toBe('grüße_1.2-3{x}');
    },
  },
  {
    title: 'queue answers the same object for the same definition',
    async run({ engine, declare }) {
      const definition = declare();
      const queue = engine.queue(definition);
      expect(engine.queue(definition)).toBe(queue);
      expect(queue.definition).toBe(definition);
    },
  },
  {
    title: '[1] instances on one store have one keyspace, which shows no secret',
    async run({ engine, another }) {
      expect((await another()).keyspace).toBe(engine.keyspace);
      expect(engine.keyspace).not.toMatch(/@|password/i);
      expect(engine.keyspace).not.toBe('');
    },
  },
  {
    title: 'withWork names the queues that have anything to run, now or later',
    async run({ engine, another, declare, queueName, consume, latch }) {
      const queue = (state: string) => engine.queue({ ...declare(), name: `${queueName}-${state}` });
      const go = latch();
      await queue('waiting').producer.add('work', null);
      await queue('delayed').producer.add('work', null, { delayMs: 60_000 });
      const active = queue('active');
      await active.producer.add('work', null);
      const consumer = await consume(active, () => go.opened);
      await eventually('it runs', () => consumer.running === 1);
      for (const state of ['completed', 'failed']) {
        const over = queue(state);
        await consume(over, () => {
          if (state === 'failed') throw new Error('no');
        });
        await ended(over, (await over.producer.add('work', null)).id);
      }
      const removed = queue('removed');
      await removed.inspector.remove((await removed.producer.add('work', null)).id);
      queue('untouched');
      const expected = ['waiting', 'delayed', 'active'];
      const states = [...expected, 'completed', 'failed', 'removed', 'untouched', 'unheard-of'];
      const names = states.map((state) => `${queueName}-${state}`);
      for (const asked of [engine, await another()]) {
        const withWork = await asked.withWork(names);
        expect([...withWork].sort()).toEqual(expected.map((state) => `${queueName}-${state}`).sort());
        expect((await asked.withWork([])).size).toBe(0);
      }
      go.open();
      await eventually('the active one is done', async () => {
        return !(await engine.withWork(names)).has(`${queueName}-active`);
      });
    },
  },
  {
    title: 'withWork sees paused jobs, which are work',
    needs: ['pause'],
    async run({ engine, declare, queueName }) {
      const queue = engine.queue(declare());
      await queue.control.pause();
      expect((await engine.withWork([queueName])).size).toBe(0);
      await queue.producer.add('work', null);
      expect([...(await engine.withWork([queueName]))]).toEqual([queueName]);
    },
  },
  {
    title: 'withWork sees jobs with a priority',
    needs: ['priorities'],
    async run({ engine, declare, queueName }) {
      const queue = engine.queue(declare({ priorities: true }));
      await queue.producer.add('work', null, { priority: 3 });
      expect([...(await engine.withWork([queueName]))]).toEqual([queueName]);
    },
  },
  {
    title: 'withWork sees schedules, until they are removed',
    needs: ['schedules'],
    async run({ engine, declare, queueName }) {
      const queue = engine.queue(declare());
      await queue.schedules.upsert({ id: 'x', rule: { cron: '0 0 1 1 *' }, name: 'work', data: null });
      expect([...(await engine.withWork([queueName]))]).toEqual([queueName]);
      await queue.schedules.remove('x');
      expect((await engine.withWork([queueName])).size).toBe(0);
    },
  },
  {
    title: 'close waits for running jobs, and closing again is harmless',
    async run({ another, engine, declare, latch }) {
      const definition = declare();
      const closing = await another();
      const queue = closing.queue(definition);
      const go = latch();
      const consumer = queue.consumer.consume({ work: () => go.opened, other: () => null });
      const { id } = await queue.producer.add('work', null);
      await eventually('it runs', () => consumer.running === 1);
      let closed = false;
      const closes = Promise.all([closing.close(), closing.close()]).then(() => (closed = true));
      await quiet(200);
      expect(closed).toBe(false);
      go.open();
      await closes;
      await closing.close();
      await consumer.close();
      expect((await engine.queue(definition).inspector.job(id))?.state).toBe('completed');
    },
  },
  {
    title: 'close with timeoutMs does not wait for a handler that goes on; its job runs elsewhere',
    async run({ another, engine, declare, consume, latch, rerunWithinMs }) {
      const definition = declare();
      const closing = await another();
      const never = latch();
      const abandoned = closing.queue(definition).consumer.consume({
        work: () => never.opened,
        other: () => null,
      });
      const queue = engine.queue(definition);
      const { id } = await queue.producer.add('work', null);
      await eventually('it runs', () => abandoned.running === 1);
      await closing.close({ timeoutMs: 100 });
      await consume(queue, () => 'elsewhere');
      const job = await eventually(
        'it runs elsewhere',
        () => queue.inspector.job(id),
        (found) => found?.state === 'completed' || found?.state === 'failed',
        rerunWithinMs,
      );
      expect(job).toMatchObject({ state: 'completed', result: 'elsewhere' });
    },
  },
  {
    title: 'a close that waits can be given a limit, or a shorter one, by a second; jobs then run elsewhere',
    async run({ another, engine, declare, consume, latch, queueName, rerunWithinMs }) {
      for (const [n, first] of [undefined, { timeoutMs: 120_000 }].entries()) {
        const definition = { ...declare(), name: `${queueName}-${n}` };
        const closing = await another();
        const never = latch();
        const handlers = { work: () => never.opened, other: () => null };
        const consumers = [1, 2].map(() => closing.queue(definition).consumer.consume(handlers));
        const queue = engine.queue(definition);
        const jobs = await queue.producer.addMany([1, 2].map((data) => ({ name: 'work' as const, data })));
        await eventually('both run', () => consumers.every(({ running }) => running === 1));
        const patient = closing.close(first);
        const startMs = performance.now();
        await closing.close({ timeoutMs: 100 });
        await patient;
        expect(performance.now() - startMs).toBeLessThan(20_000);
        await consume(queue, () => 'elsewhere');
        for (const { id } of jobs) {
          const job = await eventually(
            'it runs elsewhere',
            () => queue.inspector.job(id),
            (found) => found?.state === 'completed' || found?.state === 'failed',
            rerunWithinMs,
          );
          expect(job).toMatchObject({ state: 'completed', result: 'elsewhere' });
        }
      }
    },
  },
  {
    title: 'after close, every method of every role is a ClosedError',
    async run({ another, declare }) {
      const engine = await another();
      const queue: EngineQueue<WorkJobs> = engine.queue(declare());
      const { producer, consumer, schedules, inspector, control, events, claims } = queue;
      await producer.add('work', null, { id: 'x' });
      await engine.close();
      const schedule = { id: 'x', rule: { everyMs: 1000 }, name: 'work', data: null } as const;
      const calls: Record<string, () => Promise<unknown>> = {
        add: () => producer.add('work', null),
        addMany: () => producer.addMany([{ name: 'work', data: null }]),
        consume: async () => consumer.consume({ work: () => null, other: () => null }).ready(),
        upsert: () => schedules.upsert(schedule),
        get: () => schedules.get('x'),
        list: () => schedules.list(),
        'remove a schedule': () => schedules.remove('x'),
        suspend: () => schedules.suspend('x'),
        suspended: () => schedules.suspended(),
        'resume a schedule': () => schedules.resume('x'),
        forget: () => schedules.forget('x'),
        job: () => inspector.job('x'),
        jobs: () => inspector.jobs(['waiting']),
        counts: () => inspector.counts(),
        deduplicated: () => inspector.deduplicated('x'),
        logs: () => inspector.logs('x'),
        retry: () => inspector.retry('x'),
        promote: () => inspector.promote('x'),
        remove: () => inspector.remove('x'),
        clean: () => inspector.clean('completed', { olderThanMs: 0 }),
        pause: () => control.pause(),
        resume: () => control.resume(),
        isPaused: () => control.isPaused(),
        removeWaiting: () => control.removeWaiting(),
        on: () => events.on('completed', () => {}),
        waitForEnd: () => events.waitForEnd('x', { timeoutMs: 1000 }),
        claim: () => claims.claim(['x'], 'me', 1000),
        release: () => claims.release('x', 'me'),
        ready: () => engine.ready(),
        withWork: () => engine.withWork(['x']),
      };
      for (const [method, call] of Object.entries(calls)) {
        const outcome = await call().then(
          () => 'no error',
          (error: unknown) => (error instanceof ClosedError ? 'ClosedError' : String(error)),
        );
        expect([method, outcome]).toEqual([method, 'ClosedError']);
      }
    },
  },
  {
    title: 'close ends subscriptions, and who waits for a job gets a ClosedError, never a hang',
    needs: ['queue-events'],
    async run({ another, engine, declare, consume }) {
      const definition = declare();
      const closing = await another();
      const { events } = closing.queue(definition);
      const heard: unknown[] = [];
      const stop = await events.on('completed', (event) => heard.push(event));
      const queue = engine.queue(definition);
      const { id } = await queue.producer.add('work', null);
      const waiting = expect(events.waitForEnd(id, { timeoutMs: 20_000 })).rejects.toBeInstanceOf(
        ClosedError,
      );
      await quiet(200);
      await closing.close();
      await waiting;
      await consume(queue, () => null);
      await ended(queue, id);
      await quiet(100);
      expect(heard).toEqual([]);
      await stop();
    },
  },
];
