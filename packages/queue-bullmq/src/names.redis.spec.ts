import { InvalidOptionError, JOB_CHANNEL, type JobAttempt } from '@switchyard/queue-contract';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createBullMqEngine } from './index.js';
import { useLab } from './spec-support/lab.js';

const lab = useLab();

test('two engines of one app stand on two prefixes, and all that comes from them tells which', async () => {
  const { connection } = lab;
  const { definition } = lab.declare();
  const attempts: JobAttempt[] = [];
  const heard = (message: unknown) => void attempts.push(message as JobAttempt);
  subscribe(JOB_CHANNEL, heard);
  const reports: string[] = [];
  const engines = ['old', 'new'].map((name) =>
    createBullMqEngine({
      connection,
      name,
      prefix: `app-${name}`,
      reportError: (error, { engine }) => void reports.push(`${engine}: ${error.message}`),
    }),
  );
  try {
    for (const engine of engines) {
      const { producer, consumer, schedules, inspector, events } = engine.queue(definition);
      const runs: string[] = [];
      consumer.consume({ work: (job) => runs.push(job.engine) }).on('completed', () => {
        throw new Error('by a listener');
      });
      const job = await producer.add('work', null, { id: 'same' });
      await events.waitForEnd(job, { timeoutMs: 10_000 });
      expect(runs).toEqual([engine.name]);
      expect((await inspector.job('same'))?.engine).toBe(engine.name);
      const schedule = { id: 's', rule: { everyMs: 60_000 }, name: 'work', data: null } as const;
      expect((await schedules.upsert(schedule)).engine).toBe(engine.name);
      expect((await schedules.list()).map((each) => each.engine)).toEqual([engine.name]);
    }
    expect(engines.map(({ name }) => name)).toEqual(['old', 'new']);
    expect(attempts.map(({ engine }) => engine)).toEqual(['old', 'new']);
    expect(reports).toEqual(['old: by a listener', 'new: by a listener']);
  } finally {
    unsubscribe(JOB_CHANNEL, heard);
    await Promise.all(engines.map((engine) => engine.close()));
  }
  for (const engine of engines) {
    await expect(engine.ready()).rejects.toThrow(`engine "${engine.name}" is closed`);
  }
});

test('an engine without a name is called bullmq', () => {
  expect(lab.engine.name).toBe('bullmq');
});

test.each(['', 'two words', 'a:b', 'x'.repeat(41), 'grün', 7, null])('the name %j is refused', (name) => {
  expect(() => createBullMqEngine({ connection: lab.connection, name: name as string })).toThrow(
    InvalidOptionError,
  );
});
