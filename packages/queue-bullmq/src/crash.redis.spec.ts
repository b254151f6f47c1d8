import { defineQueue, type EngineQueue } from '@switchyard/queue-contract';
import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { anything } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createBullMqEngine } from './index.js';

type Jobs = { readonly work: typeof anything };
const LOCK_MS = 1000;
/** Processes load their TypeScript as they start, of which a busy machine makes much. */
const START_LIMIT_MS = 180_000;

let server: RedisServer;
let connection: Redis;
const children: ChildProcess[] = [];
const closings: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startRedis();
  connection = new Redis(server.url, { maxRetriesPerRequest: null });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const close of closings.splice(0)) await close();
});
afterAll(async () => {
  connection.disconnect();
  await server.stop();
});

const childFile = (name: string) => fileURLToPath(new URL(`../spec-child/${name}`, import.meta.url));

/** Resolves when the child's handler runs. */
async function startChild(queue: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@switchyard/source',
      `--import=${new URL('../../../tools/ci/start-typescript.mjs', import.meta.url).href}`,
      childFile('worker-that-hangs.mjs'),
      server.url,
      queue,
      String(LOCK_MS),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  expect(line.toString()).toMatch(/^started /);
  return child;
}

function openQueue(name: string): EngineQueue<Jobs> {
  const engine = createBullMqEngine({ connection, lockMs: LOCK_MS });
  closings.push(() => engine.close({ timeoutMs: 500 }));
  return engine.queue(defineQueue({ name, tier: 'medium', jobs: { work: anything } }));
}

test(
  '[19] a job whose worker is killed with kill -9 runs again, once, and its attempt is not counted',
  async () => {
    const queue = openQueue('killed-once');
    const { id } = await queue.producer.add('work', 'precious');
    const child = await startChild('killed-once');
    expect((await queue.inspector.job(id))?.state).toBe('active');
    const killedAtMs = performance.now();
    child.kill('SIGKILL');

    const ran: unknown[] = [];
    const stalled: string[] = [];
    const consumer = queue.consumer.consume({
      work: ({ data, attempt }) => {
        ran.push([data, attempt]);
        return 'rescued';
      },
    });
    consumer.on('stalled', ({ jobId }) => stalled.push(jobId));
    expect(await queue.events.waitForEnd(id, { timeoutMs: 20_000 })).toBe('rescued');
    // Not before the dead worker's lock has run out.
    expect(performance.now() - killedAtMs).toBeGreaterThan(LOCK_MS / 4);
    expect(stalled).toEqual([id]);
    expect(ran).toEqual([['precious', 1]]);
    expect(await queue.inspector.job(id)).toMatchObject({ state: 'completed', attemptsMade: 1 });
  },
  START_LIMIT_MS,
);

test(
  '[19] a job that kills its worker twice fails',
  async () => {
    const queue = openQueue('killed-twice');
    const { id } = await queue.producer.add('work', 'poison', { attempts: 5 });
    (await startChild('killed-twice')).kill('SIGKILL');
    (await startChild('killed-twice')).kill('SIGKILL');
    let runs = 0;
    const consumer = queue.consumer.consume({ work: () => void runs++ });
    const failed = new Promise<boolean>((resolve) => {
      consumer.on('failed', ({ final }) => resolve(final));
    });
    await expect(queue.events.waitForEnd(id, { timeoutMs: 20_000 })).rejects.toMatchObject({
      code: 'SWITCHYARD_JOB_FAILED',
    });
    expect(runs).toBe(0);
    expect(await failed).toBe(true);
    expect(await queue.inspector.job(id)).toMatchObject({
      state: 'failed',
      failedReason: expect.stringMatching(/stalled/),
    });
  },
  START_LIMIT_MS,
);
