import { startRedis, type RedisServer } from '@switchyard/local-redis';
import { pino } from 'pino';
import { composeCatchUp, readSettings, readTargetShares, type CatchUp } from './composition-root.js';
import { adaptiveSync } from './queues/adaptive-sync/queue.js';
import { flagModes } from './testing/flag-modes.js';
import { NO_HTTP_REDIS } from './testing/no-http-redis.js';
import {
  compileCatchUp,
  endSpawned,
  spawnCatchUp,
  until,
  type SpawnedCatchUp,
} from './testing/spawned-catchup.js';

const cleanups: (() => unknown)[] = [];
let redis: RedisServer;
beforeAll(compileCatchUp, 120_000);
beforeEach(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  await endSpawned();
  for (const clean of cleanups.splice(0).reverse()) await clean();
  await redis.stop();
});

/** The app's own way to add jobs and look at them, without a worker. */
async function bystander(): Promise<CatchUp> {
  const settings = readSettings({ ...NO_HTTP_REDIS, REDIS_URL: redis.url, USE_BULLMQ: 'true' });
  const app = await composeCatchUp(settings, pino({ level: 'silent' }));
  cleanups.push(() => app.close({ timeoutMs: 0 }));
  return app;
}

/** Where an app with this flag adds (with a share: may add) to the queue. It consumes it from there in any case. */
const engineFor = ({ engines }: CatchUp, useBullMq: string) => {
  const share = readTargetShares({ USE_BULLMQ: useBullMq }).get(adaptiveSync.name) ?? 0;
  return (share === 0 ? engines.legacy : undefined) ?? engines.target;
};

const slowJob = (latencyMs: number) => ({ userId: 'user-1', changesAtMs: [], remote: { latencyMs } });

/**
 * Waits until the job's handler runs. A job is active when an engine has taken it; one that is then told to stop may
 * give it back untouched. A job that was taken after it and is done tells more.
 */
async function isRunning(
  app: SpawnedCatchUp,
  looking: CatchUp,
  useBullMq: string,
  id: string,
): Promise<void> {
  const { inspector, producer } = engineFor(looking, useBullMq).queue(adaptiveSync);
  const isIn = async (jobId: string, state: string) => (await inspector.job(jobId))?.state === state;
  await until(() => isIn(id, 'active'), `job ${id} to be taken by process ${app.pid}`);
  const next = await producer.add('adapt', slowJob(0));
  await until(() => isIn(next.id, 'completed'), `job ${id} to run in process ${app.pid}`);
}

describe.each(flagModes)('USE_BULLMQ=%s', (useBullMq) => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s lets a running job finish and takes no other',
    async (signal) => {
      const looking = await bystander();
      const { producer, inspector } = engineFor(looking, useBullMq).queue(adaptiveSync);
      const app = spawnCatchUp({ REDIS_URL: redis.url, USE_BULLMQ: useBullMq });
      await app.ready();
      const running = await producer.add('adapt', slowJob(1500));
      await isRunning(app, looking, useBullMq, running.id);
      app.kill(signal);
      await until(() => app.log.some(({ msg }) => msg === 'shutting down'), 'the shutdown to begin');
      const late = await producer.add('adapt', slowJob(0));

      expect(await app.ended).toEqual({ code: 0, signal: null });
      expect(app.stderr).toBe('');
      expect((await inspector.job(running.id))?.state).toBe('completed');
      expect((await inspector.job(late.id))?.state).toBe('waiting');
    },
  );

  test('a job that does not finish within the limit is handed back and runs elsewhere', async () => {
    const looking = await bystander();
    const { producer, inspector } = engineFor(looking, useBullMq).queue(adaptiveSync);
    const environment = { REDIS_URL: redis.url, USE_BULLMQ: useBullMq, SHUTDOWN_TIMEOUT_MS: '300' };
    const first = spawnCatchUp(environment);
    await first.ready();
    const { id } = await producer.add('adapt', slowJob(4000));
    await isRunning(first, looking, useBullMq, id);
    first.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, signal: null });

    const second = spawnCatchUp(environment);
    await until(async () => (await inspector.job(id))?.state === 'completed', 'the job to run elsewhere', {
      timeoutMs: 60_000,
    });
    const runs = () => second.log.filter(({ jobId, outcome }) => jobId === id && outcome === 'succeeded');
    await until(() => runs().length > 0, 'the log of it');
    expect(runs()).toHaveLength(1);
  }, 90_000);

  test('a second signal does not wait', async () => {
    const looking = await bystander();
    const app = spawnCatchUp({ REDIS_URL: redis.url, USE_BULLMQ: useBullMq, SHUTDOWN_TIMEOUT_MS: '60000' });
    await app.ready();
    const { id } = await engineFor(looking, useBullMq)
      .queue(adaptiveSync)
      .producer.add('adapt', slowJob(60_000));
    await isRunning(app, looking, useBullMq, id);
    app.kill('SIGTERM');
    await until(() => app.log.some(({ msg }) => msg === 'shutting down'), 'the shutdown to begin');
    app.kill('SIGTERM');
    expect(await app.ended).toEqual({ code: 143, signal: null });
  });
});

test('closes while Redis is away', async () => {
  const app = spawnCatchUp({ REDIS_URL: redis.url, USE_BULLMQ: 'true', SHUTDOWN_TIMEOUT_MS: '500' });
  await app.ready();
  await redis.kill();
  await until(() => app.log.some(({ operation }) => operation === 'queue'), 'the app to notice');
  app.kill('SIGTERM');
  // Whether that counts as clean is the engines' to say; it must not take longer than its limit and grace.
  expect((await app.ended).signal).toBeNull();
  await redis.restart();
});

test('a start that hangs can be called off', async () => {
  process.kill(redis.pid, 'SIGSTOP');
  try {
    const app = spawnCatchUp({ REDIS_URL: redis.url, USE_BULLMQ: 'true', SHUTDOWN_TIMEOUT_MS: '500' });
    await until(() => app.log.some(({ operation }) => operation === 'starting'), 'the start to begin');
    app.kill('SIGTERM');
    expect((await app.ended).signal).toBeNull();
    expect(app.stderr).toBe('');
  } finally {
    process.kill(redis.pid, 'SIGCONT');
  }
});
