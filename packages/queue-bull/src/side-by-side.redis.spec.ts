import { defineQueue } from '@switchyard/queue-contract';
import { eventually } from '@switchyard/queue-testing';
import { Redis } from 'ioredis';
import { createBullEngine } from './create-bull-engine.js';
import { BULL_VERSIONS } from './spec-support/bull-versions.js';
import { consumeAll, LEGACY_JOBS, useLegacyApp } from './spec-support/legacy-app.js';

describe.each(BULL_VERSIONS)('side by side with plain $version', ({ Bull }) => {
  const app = useLegacyApp(Bull);

  test("[9] a caller's id of digits only never meets a number of Bull's own, and each is found", async () => {
    const { legacy, queue } = app.both();
    const numbered = await legacy.add('send', { by: 'legacy' });
    expect(numbered.id).toBe('1');
    expect(await queue.inspector.job('1')).toMatchObject({ id: '1', data: { by: 'legacy' } });
    const own = await queue.producer.add('send', { by: 'us' }, { id: '3' });
    expect(own.id).toBe('3');
    // Bull counts every add and hands out 3 now: under that key it would find the job of ours and add nothing.
    const next = await legacy.add('send', { by: 'legacy again' });
    expect(next.id).toBe('3');
    expect((await queue.inspector.counts()).waiting).toBe(3);
    expect(await queue.inspector.job('3')).toMatchObject({ id: '3', data: { by: 'us' } });
    expect(await queue.inspector.remove('3')).toBe(true);
    expect(await queue.inspector.job('3')).toMatchObject({ id: '3', data: { by: 'legacy again' } });
    expect(await queue.inspector.remove('1')).toBe(true);
    expect(await legacy.getJob('1')).toBeNull();
  });

  test('[9] a legacy producer and this engine mean the same job by the same id', async () => {
    const { legacy, queue } = app.both();
    await legacy.add('send', { n: 'legacy' }, { jobId: 'order:7' });
    await queue.producer.add('send', { n: 'us' }, { id: 'order:7' });
    await queue.producer.add('send', { n: 'us' }, { id: 'order:8' });
    await legacy.add('send', { n: 'legacy' }, { jobId: 'order:8' });
    const waiting = await queue.inspector.jobs(['waiting']);
    expect(waiting.map(({ id, data }) => [id, data])).toEqual([
      ['order:7', { n: 'legacy' }],
      ['order:8', { n: 'us' }],
    ]);
  });

  test('[11] a plain Bull worker can run what is added here, falsy data included', async () => {
    const { legacy, queue } = app.both();
    const payloads = [null, 0, '', false, [], { a: 1 }];
    await queue.producer.addMany(payloads.map((data) => ({ name: 'send' as const, data })));
    const ran: unknown[] = [];
    void legacy.process('send', ({ data }) => {
      ran.push(data);
      return Promise.resolve();
    });
    await eventually(
      'all ran',
      () => ran.length,
      (length) => length === payloads.length,
    );
    expect(ran).toEqual(payloads);
  });

  test.each([
    ['prefix', { prefix: 'acme' }, { prefix: 'acme' }],
    ['prefix with a hash tag', { prefix: '{acme}' }, { prefix: '{acme}' }],
    ['prefix with colons', { prefix: 'my:app:' }, { prefix: 'my:app:' }],
    ['prefix with the characters of a pattern', { prefix: 'a*[b]?\\c' }, { prefix: 'a*[b]?\\c' }],
    ['prefix that is not ASCII', { prefix: 'größe 名' }, { prefix: 'größe 名' }],
    ['redis.keyPrefix', { redis: { keyPrefix: 'acme:' } }, { keyPrefix: 'acme:' }],
    [
      'redis.keyPrefix, which wins over a prefix',
      { prefix: 'other', redis: { keyPrefix: 'k' } },
      { prefix: 'other', keyPrefix: 'k' },
    ],
  ])('[2] finds the queues under the %s of the app', async (_, legacyOptions, engineOptions) => {
    const { port } = app.server;
    const options = {
      ...legacyOptions,
      redis: { port, ...('redis' in legacyOptions ? legacyOptions.redis : {}) },
    };
    const name = app.newName();
    const legacy = app.legacyQueue(name, options);
    const used = createBullEngine({ connection: app.connection, ...engineOptions });
    const queue = used.queue(defineQueue({ name, tier: 'medium', jobs: LEGACY_JOBS }));
    await legacy.add('send', { n: 1 });
    await legacy.add('send', { n: 2 }, { delay: 60_000 });
    await legacy.pause();
    expect(await queue.control.isPaused()).toBe(true);
    await queue.control.resume();
    const heard: string[] = [];
    const stops = [
      await queue.events.on('active', ({ jobId }) => heard.push(`active ${jobId}`)),
      await queue.events.on('completed', ({ jobId }) => heard.push(`completed ${jobId}`)),
    ];
    expect([...(await used.withWork([name, 'nothing']))]).toEqual([name]);
    const consumer = consumeAll(queue, () => 'found');
    expect(await queue.events.waitForEnd('1', { timeoutMs: 10_000 })).toBe('found');
    await eventually(
      'it was heard',
      () => heard.length,
      (length) => length === 2,
    );
    expect(heard).toEqual(['active 1', 'completed 1']);
    for (const stop of stops) await stop();
    await consumer.close();
    expect(await queue.inspector.counts()).toMatchObject({ completed: 1, delayed: 1 });
    await queue.control.removeWaiting({ delayed: true });
    expect([...(await used.withWork([name]))]).toEqual([]);
    await used.close();
  });

  test('[15] what workers on plain Bull do is heard here, as events and by who waits for an end', async () => {
    const { legacy, queue } = app.both();
    const heard: unknown[] = [];
    const stops = await Promise.all([
      queue.events.on('waiting', ({ jobId }) => heard.push(['waiting', jobId])),
      queue.events.on('active', ({ jobId }) => heard.push(['active', jobId])),
      queue.events.on('progress', ({ jobId, progress }) => heard.push(['progress', jobId, progress])),
      queue.events.on('completed', ({ jobId, result }) => heard.push(['completed', jobId, result])),
      queue.events.on('failed', ({ jobId, reason }) => heard.push(['failed', jobId, reason])),
    ]);
    const { id: good } = await queue.producer.add('send', { n: 1 }, { id: 'good' });
    const { id: bad } = await queue.producer.add('sync', { n: 2 }, { id: 'bad', attempts: 2 });
    const ends = Promise.allSettled(
      [good, bad].map((id) => queue.events.waitForEnd(id, { timeoutMs: 10_000 })),
    );
    void legacy.process('send', async (job) => {
      await job.progress({ half: true });
      return { sent: 1 };
    });
    void legacy.process('sync', () => Promise.reject(new Error('broken')));
    expect(await ends).toMatchObject([
      { status: 'fulfilled', value: { sent: 1 } },
      { status: 'rejected', reason: { code: 'SWITCHYARD_JOB_FAILED', reason: 'broken' } },
    ]);
    await eventually(
      'all was heard',
      () => heard,
      (events) => events.length >= 8,
    );
    expect(heard).toEqual(
      expect.arrayContaining([
        ['waiting', 'good'],
        ['active', 'good'],
        ['progress', 'good', { half: true }],
        ['completed', 'good', { sent: 1 }],
        ['waiting', 'bad'],
        ['active', 'bad'],
        ['failed', 'bad', 'broken'],
      ]),
    );
    for (const stop of stops) await stop();
  });

  test('a lent connection with a key prefix of its own changes nothing', async () => {
    const { legacy, definition } = app.both();
    const prefixed = new Redis(app.server.url, { maxRetriesPerRequest: null, keyPrefix: 'else:' });
    const used = createBullEngine({ connection: prefixed });
    await legacy.add('send', { n: 1 });
    const queue = used.queue(definition);
    const consumer = consumeAll(queue, () => 'found');
    expect(await queue.events.waitForEnd('1', { timeoutMs: 10_000 })).toBe('found');
    await consumer.close();
    await used.close();
    expect(await app.connection.keys('else:*')).toEqual([]);
    prefixed.disconnect();
  });
});

describe('side by side with the newest Bull', () => {
  const app = useLegacyApp();

  test('de-duplication holds across plain Bull, which calls it debounce since 4.16, and this engine', async () => {
    const { legacy, queue } = app.both();
    const first = await legacy.add('send', { n: 1 }, { debounce: { id: 'once' } });
    const second = await queue.producer.add('send', { n: 2 }, { deduplication: { id: 'once' } });
    expect(second.id).toBe(String(first.id));
    expect(await queue.inspector.deduplicated('once')).toBe(second.id);
    const ours = await queue.producer.add('send', { n: 3 }, { deduplication: { id: 'ours', ttlMs: 60_000 } });
    const theirs = await legacy.add('send', { n: 4 }, { debounce: { id: 'ours', ttl: 60_000 } });
    expect(String(theirs.id)).toBe(ours.id);
    expect(await queue.inspector.counts()).toMatchObject({ waiting: 2 });
    const consumer = consumeAll(queue, () => null);
    await eventually(
      'both completed',
      () => queue.inspector.counts(),
      ({ completed }) => completed === 2,
    );
    await consumer.close();
    expect(await queue.inspector.deduplicated('once')).toBeNull();
    expect(String((await legacy.add('send', { n: 5 }, { debounce: { id: 'once' } })).id)).not.toBe(second.id);
  });
});
