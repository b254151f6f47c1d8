import { eventually } from '@switchyard/queue-testing';
import { createBullEngine } from './create-bull-engine.js';
import { BULL_VERSIONS } from './spec-support/bull-versions.js';
import { consumeAll, useLegacyApp } from './spec-support/legacy-app.js';
import { killPlainWorker } from './spec-support/plain-worker.js';

describe.each(BULL_VERSIONS)('a worker on plain $version that is killed with kill -9', ({ Bull, module }) => {
  const app = useLegacyApp(Bull);

  test('[19] leaves jobs that are active: they run again here, once, before those that wait', async () => {
    const { name, legacy, definition } = app.both();
    const engine = createBullEngine({ connection: app.connection, lockMs: 1000 });
    const queue = engine.queue(definition);
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) ids.push(String((await legacy.add('send', { n }, { attempts: 3 })).id));
    const taken = await killPlainWorker(module, app.server.url, { queue: name, concurrency: 3 });
    expect([...taken].sort()).toEqual(ids.slice(0, 3));
    expect(await queue.inspector.counts()).toMatchObject({ active: 3, waiting: 5 });
    expect(await engine.withWork([name])).toEqual(new Set([name]));
    expect(await queue.inspector.job(ids[0] ?? '')).toMatchObject({ state: 'active', attemptsMade: 0 });

    const stalled: string[] = [];
    const ran: { id: string; attempt: number }[] = [];
    await queue.control.pause();
    const consumer = consumeAll(queue, ({ id, attempt }) => void ran.push({ id, attempt }));
    consumer.on('stalled', ({ jobId }) => stalled.push(jobId));
    await eventually(
      'they wait again',
      () => queue.inspector.counts(),
      ({ active, waiting }) => active === 0 && waiting === 8,
    );
    const order = (await queue.inspector.jobs(['waiting'])).map(({ id }) => id);
    expect([...order.slice(0, 3)].sort()).toEqual(ids.slice(0, 3));
    await queue.control.resume();
    await eventually(
      'all completed',
      () => queue.inspector.counts(),
      ({ completed }) => completed === 8,
    );
    await consumer.close();
    expect(ran.map(({ id }) => id)).toEqual(order);
    expect(ran.every(({ attempt }) => attempt === 1)).toBe(true);
    expect([...stalled].sort()).toEqual(ids.slice(0, 3));
    await engine.close();
  });

  test('[19] twice over one job: it has failed, as on plain Bull, and runs no more', async () => {
    const { name, legacy, definition } = app.both();
    const { id } = await legacy.add('send', null, { attempts: 5 });
    const worker = { queue: name };
    expect(await killPlainWorker(module, app.server.url, worker)).toEqual([String(id)]);
    // The next worker of the app finds it stalled, takes it and dies, too.
    expect(await killPlainWorker(module, app.server.url, worker)).toEqual([String(id)]);
    const engine = createBullEngine({ connection: app.connection, lockMs: 1000 });
    const queue = engine.queue(definition);
    let runs = 0;
    const consumer = consumeAll(queue, () => void runs++);
    const job = await eventually(
      'it failed',
      () => queue.inspector.job(String(id)),
      (found) => found?.state === 'failed',
    );
    expect(job?.failedReason).toContain('stalled');
    expect(runs).toBe(0);
    await consumer.close();
    await engine.close();
  });
});
