import { defineQueue, UNNAMED_JOB } from '@switchyard/queue-contract';
import { anything } from '@switchyard/queue-testing';
import Bull from 'bull';
import { createBullEngine } from './create-bull-engine.js';
import { inspectBullApp } from './inspect-bull-app.js';
import { useLab } from './spec-support/lab.js';

const JOBS = { [UNNAMED_JOB]: anything, send: anything };

describe('names of queues', () => {
  const lab = useLab();

  test.each([
    ['not ASCII', 'größe-名前-🚂'],
    ['with dots and slashes', 'mail/outgoing.v2'],
    ['with characters of a pattern', 'a*b[c]?d\\e'],
    ['in braces', '{tag}'],
  ])('%s: are as in Bull', async (_, name) => {
    const legacy = new Bull(name, lab.server.url);
    const queue = lab.engine.queue(defineQueue({ name, tier: 'medium', jobs: JOBS }));
    await legacy.add('send', { n: 1 });
    const completed: string[] = [];
    const stop = await queue.events.on('completed', ({ jobId }) => completed.push(jobId));
    const consumer = queue.consumer.consume({ [UNNAMED_JOB]: () => null, send: () => 'sent' });
    expect(await queue.events.waitForEnd('1', { timeoutMs: 10_000 })).toBe('sent');
    expect(completed).toEqual(['1']);
    expect(await legacy.getCompletedCount()).toBe(1);
    await stop();
    await consumer.close();
    await legacy.close();
  });

  test.each([
    ['a colon', 'calendar:sync', 'calendar'],
    ['white space', 'calendar sync\t2', 'calendar sync'],
    ['more characters than are allowed', 'x'.repeat(300), 'x'.repeat(299)],
  ])('[10] with %s: are declared under another, and named to the engine', async (_, bullName, neighbour) => {
    expect(() => defineQueue({ name: bullName, tier: 'medium', jobs: JOBS })).toThrow('name of a queue');
    const legacy = new Bull(bullName, lab.server.url);
    const other = new Bull(neighbour, lab.server.url);
    await legacy.add('send', { n: 1 });
    await other.add('send', { n: 2 });
    const engine = createBullEngine({
      connection: lab.connection,
      queueNames: { 'calendar-sync': bullName },
    });
    const queue = engine.queue(defineQueue({ name: 'calendar-sync', tier: 'medium', jobs: JOBS }));
    expect(await engine.withWork(['calendar-sync'])).toEqual(new Set(['calendar-sync']));
    expect(await queue.inspector.job('1')).toMatchObject({ queue: 'calendar-sync', data: { n: 1 } });
    const consumer = queue.consumer.consume({ [UNNAMED_JOB]: () => null, send: ({ data }) => data });
    expect(await queue.events.waitForEnd('1', { timeoutMs: 10_000 })).toEqual({ n: 1 });
    await queue.producer.add('send', { n: 3 }, { delayMs: 60_000 });
    expect(await legacy.getDelayedCount()).toBe(1);
    await engine.close();
    expect(consumer.running).toBe(0);
    expect(await other.getWaitingCount()).toBe(1);
    await legacy.close();
    await other.close();
  });

  test('two queues cannot be one of Bull', () => {
    const { connection } = lab;
    const wrong: Record<string, string>[] = [{ a: 'x y', b: 'x y' }, { a: '' }];
    for (const queueNames of wrong) {
      expect(() => createBullEngine({ connection, queueNames })).toThrow('a name of its own in the Bull app');
    }
  });

  test.each([
    ['a', 'b'],
    ['b', 'a'],
  ])(
    'nor can one that is named to the engine and one that goes by its own name: %s, then %s',
    async (...names) => {
      const { connection } = lab;
      const queues = names.map((name) => defineQueue({ name, tier: 'medium', jobs: JOBS }));
      const engine = createBullEngine({ connection, queueNames: { a: 'b' } });
      const [first, second] = queues.map((queue) => () => engine.queue(queue));
      expect(first).not.toThrow();
      expect(second).toThrow(
        expect.objectContaining({ code: 'SWITCHYARD_INVALID_OPTION', option: 'queueNames["a"]', value: 'b' }),
      );
      expect(first).not.toThrow();
      await expect(inspectBullApp({ connection, queues, queueNames: { a: 'b' } })).rejects.toMatchObject({
        code: 'SWITCHYARD_INVALID_OPTION',
      });
      await engine.close();
    },
  );

  test('two that swap names are two', async () => {
    const engine = createBullEngine({ connection: lab.connection, queueNames: { a: 'b', b: 'a' } });
    const [a, b] = ['a', 'b'].map((name) => engine.queue(defineQueue({ name, tier: 'medium', jobs: JOBS })));
    await a?.producer.add('send', 1, { id: 'mine' });
    expect(await b?.inspector.job('mine')).toBeNull();
    await engine.close();
  });

  test('claims are kept with the queue of Bull, whatever it is declared as', async () => {
    const [old, renamed] = ['old', 'new'].map((name) => {
      const engine = createBullEngine({ connection: lab.connection, queueNames: { [name]: 'mail: out' } });
      const { claims } = engine.queue(defineQueue({ name, tier: 'medium', jobs: JOBS }));
      return { engine, claims };
    });
    expect(await old?.claims.claim(['key'], 'first', 60_000)).toEqual(['first']);
    expect(await renamed?.claims.claim(['key'], 'second', 60_000)).toEqual(['first']);
    await renamed?.claims.release('key', 'first');
    expect(await old?.claims.claim(['key'], 'second', 60_000)).toEqual(['second']);
    await Promise.all([old?.engine.close(), renamed?.engine.close()]);
  });
});
