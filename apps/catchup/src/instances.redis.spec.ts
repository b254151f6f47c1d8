import { startRedis, type RedisServer } from '@switchyard/local-redis';
import type { EngineQueue } from '@switchyard/queue-contract';
import { pino } from 'pino';
import { composeCatchUp, readSettings, type CatchUp } from './composition-root.js';
import { adaptiveSync } from './queues/adaptive-sync/queue.js';
import { calendarSync } from './queues/calendar-sync/queue.js';
import { hasBull } from './testing/flag-modes.js';
import { NO_HTTP_REDIS } from './testing/no-http-redis.js';
import {
  compileCatchUp,
  endSpawned,
  spawnCatchUp,
  until,
  type SpawnedCatchUp,
} from './testing/spawned-catchup.js';

let redis: RedisServer;
let looking: CatchUp;
beforeAll(compileCatchUp, 120_000);
beforeEach(async () => {
  redis = await startRedis();
  // The app's own way to add jobs and look at them, without a worker.
  const settings = readSettings({ ...NO_HTTP_REDIS, REDIS_URL: redis.url, USE_BULLMQ: 'true' });
  looking = await composeCatchUp(settings, pino({ level: 'silent' }));
});
afterEach(async () => {
  await endSpawned();
  await looking.close({ timeoutMs: 0 });
  await redis.stop();
});

const spawnWith = (useBullMq: string) => spawnCatchUp({ REDIS_URL: redis.url, USE_BULLMQ: useBullMq });
const changes = (n: number, latencyMs = 0) => ({
  userId: `user-${n}`,
  changesAtMs: [n * 1000, 0],
  remote: { latencyMs },
});
const runsOf = (apps: readonly SpawnedCatchUp[], wanted: string) =>
  apps.flatMap(({ log }) => log).filter(({ jobId, outcome }) => jobId === wanted && outcome === 'succeeded');

async function addMany(queue: EngineQueue<typeof adaptiveSync.jobs>, from: number, count: number) {
  const jobs = Array.from({ length: count }, (_, n) => ({
    name: 'adapt' as const,
    data: changes(from + n, 20),
  }));
  return (await queue.producer.addMany(jobs)).map(({ id }) => id);
}

describe('two instances', () => {
  const pairs = hasBull
    ? [
        ['false', 'true'],
        ['adaptive-sync', 'false'],
        ['adaptive-sync=50%', 'true'],
      ]
    : [['true', 'true']];

  test.each(pairs)('with USE_BULLMQ=%s and =%s run every job once', async (oneFlag, otherFlag) => {
    const [one, other] = [spawnWith(oneFlag), spawnWith(otherFlag)];
    await Promise.all([one.ready(), other.ready()]);
    // What the old setting adds to one engine, the new one adds to the other.
    const queues = Object.values(looking.engines).map((engine) => engine.queue(adaptiveSync));
    const ids: string[] = [];
    for (let round = 0; round < 5; round++) {
      for (const queue of queues) ids.push(...(await addMany(queue, round * 20, 20)));
    }
    const apps = [one, other];
    await until(() => ids.every((id) => runsOf(apps, id).length > 0), 'every job to run');
    // One of them is replaced while there is work, as in a rolling deploy. What it leaves on an engine that the other
    // has done with is seen by whoever starts.
    for (const queue of queues) ids.push(...(await addMany(queue, 100, 20)));
    one.kill('SIGTERM');
    expect(await one.ended).toEqual({ code: 0, signal: null });
    const replacement = spawnWith(otherFlag);
    apps.push(replacement);
    await replacement.ready();
    await until(() => ids.every((id) => runsOf(apps, id).length > 0), 'the rest to run');
    for (const app of [other, replacement]) {
      app.kill('SIGTERM');
      expect(await app.ended).toEqual({ code: 0, signal: null });
    }
    for (const id of ids) expect([id, runsOf(apps, id).length]).toEqual([id, 1]);
  });
});

// A job is looked for elsewhere once its lock has run out; with Bull's own settings that takes up to a minute.
const RERUN_WITHIN_MS = 90_000;

test(
  'a process killed in the middle of jobs, on either engine, loses none',
  async () => {
    const useBullMq = hasBull ? 'calendar-sync' : 'true';
    const places = {
      adaptive: (looking.engines.legacy ?? looking.engines.target).queue(adaptiveSync),
      calendar: looking.engines.target.queue(calendarSync),
    };
    const add = async (latencyMs: number) => {
      const calendar = { userId: 'user-1', calendarId: 'primary', known: [], all: [], remote: { latencyMs } };
      const jobs = [
        await places.adaptive.producer.add('adapt', changes(1, latencyMs)),
        await places.calendar.producer.add('full', calendar),
      ];
      return jobs.map(({ id }) => id);
    };
    const areAll = async (ids: readonly string[], state: string) => {
      const { adaptive, calendar } = places;
      const jobs = await Promise.all(
        ids.map(async (id) => (await adaptive.inspector.job(id)) ?? (await calendar.inspector.job(id))),
      );
      return jobs.every((job) => job?.state === state);
    };

    const victim = spawnWith(useBullMq);
    await victim.ready();
    const interrupted = await add(5000);
    await until(() => areAll(interrupted, 'active'), 'the jobs to run');
    victim.kill('SIGKILL');
    expect(await victim.ended).toEqual({ code: null, signal: 'SIGKILL' });

    const survivor = spawnWith(useBullMq);
    await survivor.ready();
    const later = await add(0);
    await until(() => areAll(later, 'completed'), 'jobs added later');
    await until(() => areAll(interrupted, 'completed'), 'the interrupted jobs', {
      timeoutMs: RERUN_WITHIN_MS,
    });
    await until(() => interrupted.every((id) => runsOf([survivor], id).length > 0), 'the log of it');
    for (const id of [...interrupted, ...later]) expect(runsOf([victim, survivor], id)).toHaveLength(1);
  },
  RERUN_WITHIN_MS + 60_000,
);
