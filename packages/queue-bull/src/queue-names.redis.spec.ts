import { defineQueue, UNNAMED_JOB } from '@switchyard/queue-contract';
import Bull from 'bull';
import { createBullEngine } from './create-bull-engine.js';
import { anything } from './spec-support/anything.js';
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
});
