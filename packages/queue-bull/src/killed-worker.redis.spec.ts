import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { defineQueue } from '@switchyard/queue-contract';
import { anything } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { createBullEngine } from './create-bull-engine.js';
import { childProgram } from './spec-support/child-program.js';

const LOCK_MS = 1000;

describe('a worker that is killed with kill -9 in the middle of a job', () => {
  let server: RedisServer;
  let connection: Redis;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    server = await startRedis();
    connection = new Redis(server.url, { maxRetriesPerRequest: null });
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    connection?.disconnect();
    await server?.stop();
  });

  /** Starts a worker and kills it as soon as it has started a job; answers the job's id. */
  async function killInTheMiddle(queue: string): Promise<string> {
    const child = spawn(
      process.execPath,
      [...childProgram('worker-that-hangs.mjs'), server.url, queue, String(LOCK_MS)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    children.push(child);
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGKILL');
    await once(child, 'exit');
    return String(chunk).trim();
  }

  test('[19] the job runs again elsewhere, with all its attempts, and is told to have stalled', async () => {
    const engine = createBullEngine({ connection, lockMs: LOCK_MS });
    const queue = engine.queue(
      defineQueue({ name: 'killed-once', tier: 'medium', jobs: { work: anything } }),
    );
    const { id } = await queue.producer.add('work', null);
    expect(await killInTheMiddle('killed-once')).toBe(id);
    expect((await queue.inspector.job(id))?.state).toBe('active');
    expect(await engine.withWork(['killed-once'])).toEqual(new Set(['killed-once']));

    const stalled: string[] = [];
    const stalledAnywhere: string[] = [];
    await queue.events.on('stalled', ({ jobId }) => stalledAnywhere.push(jobId));
    const attempts: number[] = [];
    const consumer = queue.consumer.consume({ work: ({ attempt }) => void attempts.push(attempt) });
    consumer.on('stalled', ({ jobId }) => stalled.push(jobId));
    expect(await queue.events.waitForEnd(id, { timeoutMs: 20_000 })).toBeNull();
    expect(attempts).toEqual([1]);
    for (let tries = 0; stalled.length === 0 && tries < 500; tries++) await sleep(10);
    expect(stalled).toEqual([id]);
    expect(stalledAnywhere).toEqual([id]);
    expect(await queue.inspector.job(id)).toMatchObject({ state: 'completed', attemptsMade: 1 });
    await engine.close();
  });

  test('[19] a job that takes its worker down a second time is failed', async () => {
    const engine = createBullEngine({ connection, lockMs: LOCK_MS });
    const queue = engine.queue(
      defineQueue({ name: 'killed-twice', tier: 'medium', jobs: { work: anything } }),
    );
    const { id } = await queue.producer.add('work', null, { attempts: 5 });
    expect(await killInTheMiddle('killed-twice')).toBe(id);
    expect(await killInTheMiddle('killed-twice')).toBe(id);
    let runs = 0;
    const consumer = queue.consumer.consume({ work: () => void runs++ });
    const failed: boolean[] = [];
    consumer.on('failed', ({ final }) => failed.push(final));
    for (let tries = 0; tries < 500; tries++) {
      if ((await queue.inspector.job(id))?.state === 'failed') break;
      await sleep(20);
    }
    expect(await queue.inspector.job(id)).toMatchObject({
      state: 'failed',
      failedReason: expect.stringContaining('stalled'),
    });
    expect(runs).toBe(0);
    expect(failed).toEqual([true]);
    await engine.close();
  });
});
