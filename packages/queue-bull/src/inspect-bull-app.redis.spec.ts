import { setTimeout as sleep } from 'node:timers/promises';
import {
  defineQueue,
  UNNAMED_JOB,
  type QueueDefinition,
  type StandardSchema,
} from '@switchyard/queue-contract';
import { anything, eventually } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { createBullEngine } from './create-bull-engine.js';
import { inspectBullApp } from './inspect-bull-app.js';
import { BULL_VERSIONS } from './spec-support/bull-versions.js';
import { changed, dumpAll } from './spec-support/dump.js';
import { consumeAll, LEGACY_JOBS, useLegacyApp } from './spec-support/legacy-app.js';
import { addAll, JOBS_OF_EVERY_KIND, REPEATS_OF_EVERY_KIND } from './spec-support/legacy-jobs.js';

const withNumber: StandardSchema = {
  '~standard': {
    version: 1,
    vendor: 'spec',
    validate: (value) =>
      typeof (value as { n?: unknown } | null)?.n === 'number'
        ? { value }
        : { issues: [{ message: 'no number', path: ['n'] }] },
  },
};

describe.each(BULL_VERSIONS)('inspecting an app on $version', ({ version, Bull }) => {
  const app = useLegacyApp(Bull);
  beforeEach(() => app.connection.flushall());

  const inspect = (...queues: QueueDefinition[]) => inspectBullApp({ connection: app.connection, queues });
  const declare = (name: string, settings: Partial<QueueDefinition> = {}): QueueDefinition =>
    defineQueue({ name, tier: 'medium', jobs: LEGACY_JOBS, ...settings });

  test('of what can all be said, nothing is listed, and nothing is written', async () => {
    const { name, legacy } = app.both();
    const {
      'a limit of stack traces': _,
      'data that is not parsed': __,
      // Listed as long as it has not run, which it may or may not have by the time of the pause.
      'a low priority': ___,
      ...jobs
    } = JOBS_OF_EVERY_KIND;
    await addAll(legacy, jobs);
    await addAll(legacy, REPEATS_OF_EVERY_KIND);
    // Every name: Bull cannot retry what waits in a way of its own that it was not told.
    void legacy.process('*', (job) => Promise.resolve(job.data));
    await eventually(
      'some completed',
      () => legacy.getCompletedCount(),
      (completed) => completed > 2,
    );
    await legacy.pause();
    await eventually(
      'none runs',
      () => legacy.getActiveCount(),
      (active) => active === 0,
    );
    await legacy.close();
    const before = await dumpAll(app.connection);
    const definition = declare(name, { priorities: true, backoffDelayMs: () => 1 });
    const { queues, findings } = await inspect(definition);
    expect(changed(before, await dumpAll(app.connection))).toEqual([]);
    // What is handed to a backoff function is the one thing that has no word.
    expect(findings).toMatchObject([{ kind: 'job-option', what: 'backoff.options', count: 1 }]);
    const counts = await app.engine.queue(definition).inspector.counts();
    expect(queues).toEqual([
      { name, declaredAs: name, counts, paused: true, schedules: Object.keys(REPEATS_OF_EVERY_KIND).length },
    ]);
  });

  test('names what a job has that the declaration or the port has no word for, with a number and an example', async () => {
    const { name, legacy } = app.both();
    const first = await legacy.add(
      'send',
      { n: 1 },
      { stackTraceLimit: 3, attempts: 2, backoff: { type: 'jitter' } },
    );
    const low = await legacy.add('send', { n: 1 }, { priority: 7, delay: 60_000 });
    await legacy.add('send', { n: 1 }, { stackTraceLimit: 3 });
    const wrong = await legacy.add('send', { n: 'one' });
    const unknown = await legacy.add('gone', { n: 1 });
    await legacy.add('gone', { n: 1 }, { delay: 60_000 });
    const unnamed = await legacy.add({ n: 1 });
    await legacy.add('send', { n: 1 }, { jobId: 'broken' });
    await app.connection.hset(`bull:${name}:broken`, 'data', '{"n":');
    const { findings } = await inspect(declare(name, { jobs: { send: withNumber } }));
    const seen = findings.map(({ kind, what, count, example }) => [kind, what, count, example]);
    expect(seen.sort()).toEqual([
      ['custom-backoff', 'jitter', 1, String(first.id)],
      ['job-option', 'stackTraceLimit', 2, String(first.id)],
      ['refused-payload', 'send: n: no number', 1, String(wrong.id)],
      ['undeclared-job-name', UNNAMED_JOB, 1, String(unnamed.id)],
      ['undeclared-job-name', 'gone', 2, String(unknown.id)],
      ['undeclared-priority', 'priority', 1, String(low.id)],
      ['unreadable-job', 'send', 1, 'broken'],
    ]);
    for (const { queue, handling } of findings) expect([queue, handling.length > 40]).toEqual([name, true]);
  });

  test('names each value of an option that the port refuses, and no other', async () => {
    const { name, legacy } = app.both();
    const add = async (options: Record<string, unknown>) =>
      String((await legacy.add('send', { n: 1 }, options)).id);
    const refused = [
      ['priority', await add({ priority: 5_000_000 })],
      ['priority', await add({ priority: 1.5 })],
      ['attempts', await add({ attempts: 0 })],
      ['timeoutMs', await add({ timeout: -1 })],
      ['timeoutMs', await add({ timeout: 2 ** 31 + 5 })],
      ['removeOnComplete', await add({ removeOnComplete: { age: '10' } })],
      ['backoff.delayMs', await add({ attempts: 2, backoff: { type: 'fixed', delay: '7' } })],
    ];
    const both = await add({ attempts: -1, removeOnFail: { count: 0.5 } });
    refused.push(['attempts', both], ['removeOnFail', both]);
    const text = await add({});
    await app.connection.hset(`bull:${name}:${text}`, 'opts', '{"attempts":1,"delay":"20"}');
    refused.push(['delayMs', text]);
    for (const options of [
      { priority: 0, timeout: 0, delay: -5, removeOnComplete: -1, removeOnFail: 0 },
      { attempts: '3', backoff: 10, timeout: 50, delay: 60_000.5, lifo: true },
      { priority: 2_097_150, removeOnComplete: { age: 10 } },
    ]) {
      await add(options);
    }
    const { findings } = await inspect(declare(name, { priorities: true }));
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['refused-option']));
    const seen = findings.map(({ what, example }) => [/^\S+/.exec(what)?.[0], example]);
    expect(seen.sort()).toEqual(refused.sort());
  });

  test('[10] names the queues that nobody declares, and what to do about a name that cannot be', async () => {
    const { name, legacy } = app.both();
    await legacy.add('send', {}, { jobId: 'x:id' });
    await app.legacyQueue('other', { redis: { port: app.server.port } }).add('send', {});
    const odd = app.legacyQueue(`${name}:v 2`, { redis: { port: app.server.port } });
    await odd.add('send', {}, { delay: 60_000 });
    const { queues, findings } = await inspect(declare(name));
    expect(queues.map(({ name: found, declaredAs }) => [found, declaredAs])).toEqual(
      [
        [name, name],
        [`${name}:v 2`, null],
        ['other', null],
      ].sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1)),
    );
    expect(findings).toMatchObject([
      {
        kind: 'undeclarable-queue',
        queue: `${name}:v 2`,
        count: 1,
        handling: expect.stringContaining('queueNames'),
      },
      { kind: 'undeclared-queue', queue: 'other', count: 1 },
    ]);
    const renamed = await inspectBullApp({
      connection: app.connection,
      queues: [declare(name), declare('v2')],
      queueNames: { v2: `${name}:v 2` },
    });
    expect(renamed.findings.map(({ queue }) => queue)).toEqual(['other']);
    expect(renamed.queues).toContainEqual(expect.objectContaining({ name: `${name}:v 2`, declaredAs: 'v2' }));
  });

  test('[18] names limits by group and what they put aside; it runs; and a limit of the queue that is not declared', async () => {
    const name = app.newName();
    const limiter = { max: 1, duration: 1000, groupKey: 'user' } as const;
    const legacy = app.legacyQueue(name, { redis: { port: app.server.port }, limiter });
    for (let n = 0; n < 3; n++) await legacy.add('send', { n, user: n === 2 ? 'b' : 'a' });
    void legacy.process('send', () => Promise.resolve());
    await eventually(
      'one is put aside',
      () => legacy.getJobCounts(),
      ({ completed, delayed }) => completed === 2 && delayed === 1,
    );
    await legacy.close();
    const definition = declare(name);
    const { findings } = await inspect(definition);
    const [late] = await app.connection.zrange(`bull:${name}:delayed`, 0, -1);
    expect(findings).toMatchObject([{ kind: 'grouped-rate-limit', count: 1, example: late }]);
    const queue = app.engine.queue(definition as never);
    const consumer = consumeAll(queue as never, () => null);
    await eventually(
      'it ran here',
      () => queue.inspector.counts(),
      ({ completed }) => completed === 3,
    );
    await consumer.close();
    // Nothing that would hold back the workers on plain Bull is left.
    expect(await app.connection.keys(`bull:${name}:limiter:*`)).not.toContain(
      `bull:${name}:limiter:a:limited`,
    );
    expect(await app.connection.exists(`bull:${name}:limiter:index`)).toBe(0);

    await app.connection.flushall();
    const plain = app.legacyQueue(name, {
      redis: { port: app.server.port },
      limiter: { max: 1, duration: 60_000 },
    });
    await plain.add('send', { n: 1 });
    await plain.add('send', { n: 2 });
    void plain.process('send', () => Promise.resolve());
    await eventually(
      'one is put aside',
      () => plain.getDelayedCount(),
      (delayed) => delayed === 1,
    );
    expect((await inspect(definition)).findings).toMatchObject([
      { kind: 'undeclared-rate-limit', queue: name },
    ]);
    const limit = { max: 1, durationMs: 60_000 };
    expect((await inspect(declare(name, { worker: { limit } }))).findings).toEqual([]);
  });

  test('[18] names a job that a rate limit has bounced out of every list', async () => {
    const name = app.newName();
    const limiter = { max: 1, duration: 60_000, bounceBack: true };
    const legacy = app.legacyQueue(name, { redis: { port: app.server.port }, limiter });
    await legacy.add('send', { n: 1 });
    const bounced = await legacy.add('send', { n: 2 });
    void legacy.process('send', () => Promise.resolve());
    await eventually(
      'it is nowhere',
      () => legacy.getJobCounts(),
      ({ completed, waiting, active }) => completed === 1 && waiting + active === 0,
    );
    await sleep(50);
    const limit = { max: 1, durationMs: 60_000 };
    const { findings } = await inspect(declare(name, { worker: { limit } }));
    expect(findings).toMatchObject([{ kind: 'stranded-job', count: 1, example: String(bounced.id) }]);
  });

  test('[13] names schedules that the port refuses; they cannot be suspended, and go on firing on both', async () => {
    const { name, legacy, queue } = app.both();
    await legacy.add('send', { n: 1 }, { jobId: 'fast', repeat: { every: 250 } });
    await legacy.add('gone', { n: 1 }, { jobId: 'unknown', repeat: { every: 3_600_000 } });
    // Bull 3 does not know such a zone, and fires in another one.
    const odd = { jobId: 'odd', repeat: { cron: '0 3 * * *', tz: 'UTC+3' } };
    if (version === 'Bull 4') await legacy.add('send', { n: 1 }, odd);
    await legacy.add('send', { n: 1 }, { jobId: 'often', attempts: 5000, repeat: { every: 3_600_000 } });
    await legacy.add('send', { n: 1 }, { jobId: 'good', repeat: { every: 3_600_000 } });
    await app.connection.zadd(`bull:${name}:repeat`, Date.now() - 1000, 'send:over::UTC:0 0 * * *');

    const refused = ['fast', 'unknown', ...(version === 'Bull 4' ? ['odd'] : []), 'often'];
    const { findings } = await inspect(declare(name));
    const schedules = findings.filter(({ kind }) => kind === 'schedule');
    expect(schedules.map(({ example }) => example).sort()).toEqual([...refused].sort());
    expect(schedules.find(({ example }) => example === 'fast')?.what).toContain('everyMs');
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'ended-schedule', count: 1, example: 'send:over::UTC:0 0 * * *' }),
    );

    const listed = (await queue.schedules.list()).map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining(refused));
    const before = await legacy.getRepeatableJobs();
    for (const id of refused) {
      await expect(queue.schedules.suspend(id)).rejects.toMatchObject({
        code: expect.stringMatching(/^SWITCHYARD_/),
      });
    }
    expect(await queue.schedules.suspended()).toEqual([]);
    expect((await legacy.getRepeatableJobs()).map(({ key }) => key).sort()).toEqual(
      before.map(({ key }) => key).sort(),
    );
    const slots: number[] = [];
    const consumer = consumeAll(queue, ({ id }) => void slots.push(Number(/\d+$/.exec(id)?.[0])));
    await eventually(
      'it fired here',
      () => slots.length,
      (length) => length >= 3,
    );
    await consumer.close();
    void legacy.process('send', (job) =>
      Promise.resolve(void slots.push(Number(/\d+$/.exec(String(job.id))?.[0]))),
    );
    await eventually(
      'it fired there',
      () => slots.length,
      (length) => length >= 6,
    );
    expect(new Set(slots).size).toBe(slots.length);
    expect(slots.every((slot) => slot % 250 === 0)).toBe(true);
  });

  test('[13] names an interval that is no whole number of ms: it fires, and can be removed', async () => {
    const { name, legacy, queue } = app.both();
    await legacy.add('send', { n: 1 }, { jobId: 'part', repeat: { every: 3000 / 7 } });
    const { queues, findings } = await inspect(declare(name));
    expect(queues).toMatchObject([{ schedules: 1 }]);
    expect(findings).toMatchObject([
      { kind: 'schedule', example: 'part', what: expect.stringContaining('everyMs') },
    ]);
    let fired = 0;
    const consumer = consumeAll(queue, () => void fired++);
    await eventually(
      'it fired here',
      () => fired,
      (times) => times >= 3,
    );
    await consumer.close();
    expect(await queue.schedules.list()).toMatchObject([{ id: 'part' }]);
    expect(await queue.schedules.remove('part')).toBe(true);
    expect(await legacy.getRepeatableJobs()).toEqual([]);
    expect(await legacy.getDelayedCount()).toBe(0);
  });
});

describe('inspecting', () => {
  const app = useLegacyApp();
  const definition = defineQueue({ name: 'shared', tier: 'medium', jobs: { send: anything } });

  test('[1] names a queue that BullMQ keeps under the same prefix, and looks no further', async () => {
    await app.connection.hset('bull:shared:meta', { 'opts.maxLenEvents': '10000', version: 'bullmq:6.7.0' });
    await app.connection.set('bull:shared:id', '3');
    const { findings } = await inspectBullApp({ connection: app.connection, queues: [definition] });
    expect(findings).toMatchObject([{ kind: 'shared-with-bullmq', queue: 'shared' }]);
    await app.connection.flushall();
  });

  test('names metrics, which nobody goes on with', async () => {
    const name = app.newName();
    const legacy = app.legacyQueue(name, {
      redis: { port: app.server.port },
      metrics: { maxDataPoints: 10 },
    });
    await legacy.add('send', {});
    void legacy.process('send', () => Promise.resolve());
    await eventually(
      'it completed',
      () => legacy.getCompletedCount(),
      (completed) => completed === 1,
    );
    const queue = defineQueue({ name, tier: 'medium', jobs: { send: anything } });
    const { findings } = await inspectBullApp({ connection: app.connection, queues: [queue] });
    expect(findings).toMatchObject([{ kind: 'metrics', queue: name, count: 1 }]);
  });

  test.each([
    ['{bull}', {}],
    ['my:app', {}],
    ['größe*[a-z]?\\', {}],
    ['ignored', { keyPrefix: 'kp:' }],
  ])('finds the queues under the prefix %s, and no others', async (prefix, more) => {
    await app.connection.flushall();
    const { port } = app.server;
    const legacy = app.legacyQueue('mail', { prefix, redis: { port, ...more } });
    await app.legacyQueue('mail', { prefix: `${prefix}x`, redis: { port } }).add('send', {});
    await legacy.add('send', { n: 1 }, { jobId: 'mine' });
    const queue = defineQueue({ name: 'mail', tier: 'medium', jobs: { send: anything } });
    const engine = createBullEngine({ connection: app.connection, prefix, ...more });
    const { queues, findings } = await inspectBullApp({
      connection: app.connection,
      prefix,
      ...more,
      queues: [queue],
    });
    expect(findings).toEqual([]);
    expect(queues).toMatchObject([{ name: 'mail', counts: await engine.queue(queue).inspector.counts() }]);
    expect(queues[0]?.counts.waiting).toBe(1);
    await engine.close();
  });

  test('tells when Redis cannot be reached, and leaves no listener on what was lent', async () => {
    const connection = new Redis(1, { maxRetriesPerRequest: null, lazyConnect: true });
    const listeners = connection.listenerCount('error');
    await expect(inspectBullApp({ connection, queues: [] })).rejects.toMatchObject({
      code: 'SWITCHYARD_ENGINE_UNAVAILABLE',
    });
    expect(connection.listenerCount('error')).toBe(listeners);
    connection.disconnect();
  });
});
