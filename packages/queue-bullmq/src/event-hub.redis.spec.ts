import { eventually } from '@switchyard/queue-testing';
import { useLab } from './spec-support/lab.js';

const lab = useLab();

test.each([
  ['progress', 'data', ''],
  ['completed', 'returnvalue', 'undefined'],
])(
  'an entry of %s that cannot be read is passed over, and nothing is told twice',
  async (event, field, text) => {
    const { name, queue } = lab.declare();
    const key = `switchyard:${name}:events`;
    const waiting: string[] = [];
    const completed: unknown[] = [];
    await queue.events.on('waiting', ({ jobId }) => waiting.push(jobId));
    await queue.events.on('completed', ({ result }) => completed.push(result));
    const blocked = await queue.producer.add('work', 'before');
    const batch = lab.connection.multi();
    batch.xadd(key, '*', 'event', 'added', 'jobId', 'x', 'name', 'work');
    batch.xadd(key, '*', 'event', 'waiting', 'jobId', 'beside it');
    for (let n = 0; n < 2; n++) batch.xadd(key, '*', 'event', event, 'jobId', 'x', field, text);
    await batch.exec();
    queue.consumer.consume({ work: ({ data }) => data });
    expect(await queue.events.waitForEnd(blocked, { timeoutMs: 4000 })).toBe('before');
    const after = await queue.producer.add('work', 'after');
    expect(await queue.events.waitForEnd(after, { timeoutMs: 4000 })).toBe('after');
    await eventually('both are told', () => completed.length === 2);
    expect(completed).toEqual(['before', 'after']);
    expect(waiting).toEqual([blocked.id, 'beside it', after.id]);
    expect(lab.reported).toEqual(
      Array(2).fill(expect.stringMatching(/^entry \d+-\d+ of the events of queue "queue-\d+"/)),
    );
  },
);
