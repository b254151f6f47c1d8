import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { countConnections, parseClientList, startRedis, type RedisServer } from '@switchyard/local-redis';
import {
  InvalidPayloadError,
  JOB_CHANNEL,
  UNNAMED_JOB,
  type JobAttempt,
  type JobReference,
} from '@switchyard/queue-contract';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { composeCatchUp, readSettings, readTargetShares, type CatchUp } from './composition-root.js';
import { startOldApp } from './demo/old-app.js';
import { adaptiveSync } from './queues/adaptive-sync/queue.js';
import { calendarSync } from './queues/calendar-sync/queue.js';
import { appQueues } from './queues/index.js';
import { flagModes, hasBull } from './testing/flag-modes.js';
import { NO_HTTP_REDIS } from './testing/no-http-redis.js';
import { compileCatchUp, until } from './testing/spawned-catchup.js';

const logger = pino({ level: 'silent' });
const cleanups: (() => unknown)[] = [];
const attempts: JobAttempt[] = [];
const problems: Error[] = [];
const remember = (message: unknown) => void attempts.push(message as JobAttempt);
let redis: RedisServer;

// The old app is a compiled program.
beforeAll(compileCatchUp, 120_000);
beforeAll(() => subscribe(JOB_CHANNEL, remember));
beforeEach(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  attempts.length = 0;
  problems.length = 0;
  await redis.stop();
});
afterAll(() => void unsubscribe(JOB_CHANNEL, remember));

async function startCatchUp(useBullMq: string): Promise<CatchUp> {
  const settings = readSettings({ ...NO_HTTP_REDIS, REDIS_URL: redis.url, USE_BULLMQ: useBullMq });
  const app = await composeCatchUp(settings, logger);
  cleanups.push(() => app.close({ timeoutMs: 5000 }));
  await app.start();
  return app;
}

const changes = (n: number) => ({ userId: `user-${n}`, changesAtMs: [n * 1000, 0] });
const successes = (queue: string) =>
  attempts.filter((attempt) => attempt.queue === queue && attempt.outcome === 'succeeded');

describe.each(flagModes)('USE_BULLMQ=%s', (useBullMq) => {
  test('every queue works, and each job runs once where its flag sends it', async () => {
    const app = await startCatchUp(useBullMq);
    const shares = readTargetShares({ USE_BULLMQ: useBullMq });
    const producers = {
      adaptive: app.rollout.queue(adaptiveSync).producer,
      calendar: app.rollout.queue(calendarSync).producer,
    };
    const jobs = Array.from({ length: 40 }, (_, n) => ({ name: 'adapt' as const, data: changes(n) }));
    const added: JobReference[] = [...(await producers.adaptive.addMany(jobs))];
    const event = { eventId: 'e', sequence: 1, startsAtMs: 0, title: 'Coffee' };
    for (let n = 0; n < 40; n++) {
      const data = { userId: `user-${n}`, calendarId: 'primary', known: [], all: [event] };
      added.push(await producers.calendar.add('full', data, { priority: 1 + (n % 3) }));
    }

    for (const { name } of [adaptiveSync, calendarSync]) {
      await until(() => successes(name).length >= 40, `40 jobs of ${name}`);
      const done = successes(name);
      const ids = added.filter(({ queue }) => queue === name).map(({ id }) => id);
      expect(done.map(({ jobId }) => jobId).sort()).toEqual(ids.sort());
      const share = shares.get(name) ?? 0;
      const engines = new Set(done.map(({ engine }) => engine));
      if (share === 0) expect(engines).toEqual(new Set(['bull']));
      else if (share === 100) expect(engines).toEqual(new Set(['bullmq']));
      else expect(engines).toEqual(new Set(['bull', 'bullmq']));
    }
  });

  test('a payload that does not fit is refused and nothing is queued', async () => {
    const app = await startCatchUp(useBullMq);
    const { producer, inspector } = app.rollout.queue(adaptiveSync);
    const wrong = { userId: 'user-1', changesAtMs: 'yesterday' } as unknown as ReturnType<typeof changes>;
    await expect(producer.add('adapt', wrong)).rejects.toBeInstanceOf(InvalidPayloadError);
    const counts = await inspector.counts();
    expect(counts).toEqual({ waiting: 0, delayed: 0, active: 0, completed: 0, failed: 0 });
  });

  if (hasBull) {
    test('what a Bull app left behind is done first of all', async () => {
      const legacy = startOldApp(redis.url, (error) => problems.push(error));
      cleanups.push(() => legacy.stop('SIGKILL'));
      const { name } = adaptiveSync;
      await legacy.ask('open', { queues: [{ name, concurrency: 0, jobNames: [] }] });
      const left = await legacy.ask('add', {
        queue: name,
        jobs: [
          { name: null, data: changes(1), options: { attempts: 3 } },
          { name: 'adapt', data: changes(2), options: { jobId: 'user:2' } },
          {
            name: 'adapt',
            data: { ...changes(3), remote: { downForAttempts: 2 } },
            options: { attempts: 3 },
          },
          { name: null, data: { nonsense: true }, options: { attempts: 3 } },
        ],
      });
      const app = await startCatchUp(useBullMq);
      await until(() => attempts.length >= 6, 'the jobs to run');
      const { inspector } = app.rollout.queue(adaptiveSync);
      const states = async () =>
        Promise.all(left.map(async (id) => (await inspector.job(id))?.state ?? 'gone'));
      await until(
        async () => (await states()).every((state) => state === 'completed' || state === 'failed'),
        'the jobs to end',
      );
      expect(await states()).toEqual(['completed', 'completed', 'completed', 'failed']);
      expect(successes(adaptiveSync.name).map(({ name }) => name)).toContain(UNNAMED_JOB);
      // A payload that does not fit is not tried again.
      expect(attempts.filter(({ outcome }) => outcome === 'refused')).toHaveLength(1);
      expect(attempts.filter(({ outcome }) => outcome === 'threw')).toHaveLength(2);
      expect(problems).toEqual([]);
    });
  } else {
    test('there is no Bull app to take over from, and nothing of Bull in Redis', async () => {
      const app = await startCatchUp(useBullMq);
      expect(() => startOldApp(redis.url, () => undefined)).toThrow('Bull is gone');
      expect(Object.keys(app.engines)).toEqual(['target']);
      await app.rollout.queue(adaptiveSync).producer.add('adapt', changes(1));
      await until(() => successes(adaptiveSync.name).length === 1, 'the job to run');
      const looking = new Redis(redis.url);
      cleanups.push(() => looking.disconnect());
      expect(await looking.keys('bull:*')).toEqual([]);
    });
  }
});

test('11 queues and their workers on BullMQ hold two connections', async () => {
  const app = await startCatchUp('true');
  for (const { definition } of appQueues)
    expect(await app.rollout.queue(definition).control.isPaused()).toBe(false);
  await app.rollout.queue(adaptiveSync).producer.add('adapt', changes(1));
  await until(() => successes(adaptiveSync.name).length === 1, 'the job to run');
  const looking = new Redis(redis.url);
  cleanups.push(() => looking.disconnect());
  expect(countConnections(parseClientList(String(await looking.client('LIST'))))).toBe(2);
});
