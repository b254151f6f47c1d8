import { eventually } from '@switchyard/queue-testing';
import { once } from 'node:events';
import { useLab } from './spec-support/lab.js';

describe('what Bull groups in a transaction', () => {
  const lab = useLab({ lockMs: 1000 });

  test.each([
    ['is tried again at once', { attempts: 2 }],
    ['is tried again later', { attempts: 2, backoff: { type: 'fixed' as const, delayMs: 5 } }],
    ['has failed for good', { attempts: 1 }],
  ])('a job that %s is moved and its attempt counted in one step', async (_, options) => {
    const { queue } = lab.declare();
    const monitor = await lab.connection.monitor();
    const commands: { source: string; args: string[] }[] = [];
    monitor.on('monitor', (_time, args: string[], source: string) => commands.push({ source, args }));
    let runs = 0;
    const consumer = queue.consumer.consume({
      work: () => {
        if (++runs === 1) throw new Error('first');
      },
    });
    const { id } = await queue.producer.add('work', null, options);
    await eventually(
      'it ended',
      () => queue.inspector.job(id),
      (job) => job?.state === 'completed' || job?.state === 'failed',
    );
    await consumer.close();
    monitor.disconnect();
    await once(monitor, 'end');
    const counted = commands.findIndex(({ args }) => args.includes('stacktrace'));
    const moved = commands.findLastIndex(({ args }, n) => n < counted && args[0]?.toUpperCase() === 'LREM');
    expect(counted).toBeGreaterThan(0);
    expect(moved).toBeGreaterThan(0);
    const between = commands.slice(moved, counted + 1);
    expect(between.filter(({ source }) => source !== 'lua')).toEqual([]);
  });

  test('a worker that lost its lock leaves the attempts of its successor alone', async () => {
    const { name, queue } = lab.declare();
    const consumer = queue.consumer.consume({
      work: async ({ id }) => {
        // As when this process stood still, and another one has run the job meanwhile.
        await lab.connection
          .multi()
          .set(`bull:${name}:${id}:lock`, 'another')
          .hset(`bull:${name}:${id}`, { attemptsMade: 3, failedReason: 'another' })
          .exec();
        throw new Error('late');
      },
    });
    const errors: Error[] = [];
    consumer.on('error', ({ error }) => errors.push(error));
    const { id } = await queue.producer.add('work', null, { attempts: 9 });
    await eventually(
      'it was told',
      () => errors.length,
      (length) => length > 0,
    );
    expect(await queue.inspector.job(id)).toMatchObject({ attemptsMade: 3, failedReason: 'another' });
    await consumer.close();
  });

  test('counts are those of one moment', async () => {
    const { queue } = lab.declare();
    await queue.producer.add('work', null);
    const commands: string[] = [];
    const monitor = await lab.connection.monitor();
    monitor.on('monitor', (_time, [command = '']: string[]) => commands.push(command.toLowerCase()));
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 1, active: 0 });
    await eventually(
      'it was seen',
      () => commands,
      (seen) => seen.includes('exec'),
    );
    monitor.disconnect();
    expect([commands[0], commands.at(-1)]).toEqual(['multi', 'exec']);
    expect(commands).toEqual(expect.arrayContaining(['llen', 'zcard']));
  });

  test('a failed attempt is recorded although the server forgets all scripts', async () => {
    const { queue } = lab.declare();
    const attempts: number[] = [];
    const consumer = queue.consumer.consume({
      work: async ({ attempt }) => {
        attempts.push(attempt);
        await lab.connection.script('FLUSH');
        throw new Error(`attempt ${attempt}`);
      },
    });
    const backoff = { type: 'fixed' as const, delayMs: 1 };
    const { id } = await queue.producer.add('work', null, { attempts: 4, backoff });
    const job = await eventually(
      'it failed',
      () => queue.inspector.job(id),
      (found) => found?.state === 'failed',
    );
    await consumer.close();
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(job).toMatchObject({ attemptsMade: 4, failedReason: 'attempt 4' });
    expect(job?.stackTraces.map((trace) => trace.split('\n')[0])).toEqual(
      attempts.map((attempt) => `Error: attempt ${attempt}`),
    );
  });
});
