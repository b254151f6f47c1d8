import { InvalidPayloadError, JobNotFoundError } from '@switchyard/queue-contract';
import { DelayedError, RATE_LIMIT_ERROR, Worker } from 'bullmq';
import { useLab, type LabQueue } from './spec-support/lab.js';

const lab = useLab();
let queue: LabQueue;
let name = '';
beforeEach(() => void ({ name, queue } = lab.declare()));

const end = (id: string) =>
  queue.events.waitForEnd(id, { timeoutMs: 10_000 }).catch((error: unknown) => error);

test('[22] what a handler does to a job that is gone is a JobNotFoundError', async () => {
  let tell: (refused: unknown[]) => void = () => undefined;
  const told = new Promise<unknown[]>((resolve) => (tell = resolve));
  queue.consumer.consume({
    async work(job) {
      await lab.connection.del(...(await lab.connection.keys(`*:${name}:*gone*`)));
      const calls = [job.updateProgress(1), job.log('line'), job.updateData('x')];
      tell((await Promise.allSettled(calls)).map((each) => each.status === 'rejected' && each.reason));
    },
  });
  await queue.producer.add('work', null, { id: 'gone:1' });
  const refused = await told;
  expect(refused).toEqual(Array.from({ length: 3 }, () => expect.any(JobNotFoundError)));
  expect(refused).toEqual(
    Array.from({ length: 3 }, () => expect.objectContaining({ queue: name, jobId: 'gone:1' })),
  );
});

describe('a handler that throws what BullMQ takes for a signal of its own fails like any other', () => {
  const named = (errorName: string) => Object.assign(new Error('mine'), { name: errorName });
  test.each<[string, () => unknown]>([
    ['DelayedError', () => new DelayedError()],
    ['WaitingError', () => named('WaitingError')],
    ['WaitingChildrenError', () => named('WaitingChildrenError')],
    ['UnrecoverableError', () => named('UnrecoverableError')],
    ['the rate limit message', () => new Error(RATE_LIMIT_ERROR)],
    ['an error without a message', () => Object.assign(new Error('x'), { message: undefined })],
    ['null', () => null],
  ])('%s', async (_, make) => {
    let runs = 0;
    const errors: unknown[] = [];
    let heardBoth: () => void = () => undefined;
    const bothHeard = new Promise<void>((resolve) => {
      heardBoth = resolve;
    });
    const consumer = queue.consumer.consume({
      work: () => {
        runs++;
        throw make();
      },
    });
    consumer.on('failed', ({ error, final }) => {
      errors.push([error instanceof Error, final]);
      if (final) heardBoth();
    });
    const { id } = await queue.producer.add('work', null, { attempts: 2 });
    expect(await end(id)).toMatchObject({ code: 'SWITCHYARD_JOB_FAILED' });
    await bothHeard;
    expect(runs).toBe(2);
    expect(errors).toEqual([
      [true, false],
      [true, true],
    ]);
    const job = await queue.inspector.job(id);
    expect(job).toMatchObject({ state: 'failed', attemptsMade: 2 });
    expect(job?.stackTraces).toHaveLength(2);
  });
});

test('a result that JSON cannot carry fails the attempt; a function is no result', async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const results: Record<string, unknown> = { cyclic, big: 1n, function: () => 1, symbol: Symbol('s') };
  queue.consumer.consume({ work: ({ data }) => results[String(data)] });
  const outcome = async (data: string) => end((await queue.producer.add('work', data)).id);
  expect(await outcome('cyclic')).toMatchObject({ code: 'SWITCHYARD_JOB_FAILED' });
  expect(await outcome('big')).toMatchObject({ code: 'SWITCHYARD_JOB_FAILED' });
  expect(await outcome('function')).toBeNull();
  expect(await outcome('symbol')).toBeNull();
});

test('a payload that JSON cannot carry is refused, in addMany before anything is queued', async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  for (const data of [cyclic, 1n, () => 1, Symbol('s')]) {
    await expect(queue.producer.add('work', data)).rejects.toBeInstanceOf(InvalidPayloadError);
  }
  const many = Array.from({ length: 700 }, (_, n) => ({
    name: 'work' as const,
    data: n === 699 ? cyclic : n,
  }));
  await expect(queue.producer.addMany(many)).rejects.toBeInstanceOf(InvalidPayloadError);
  expect((await queue.inspector.counts()).waiting).toBe(0);
});

test('a progress of 0 and none are two things', async () => {
  queue.consumer.consume({
    work: async ({ data, updateProgress }) => {
      if (data !== 'none') await updateProgress(0);
    },
  });
  const zero = await queue.producer.add('work', 'zero');
  const none = await queue.producer.add('work', 'none');
  await end(zero.id);
  await end(none.id);
  expect((await queue.inspector.job(zero.id))?.progress).toBe(0);
  expect((await queue.inspector.job(none.id))?.progress).toBeNull();
});

test("an exponential backoff beyond BullMQ's own formula is capped, and the job waits", async () => {
  queue.consumer.consume({
    work: () => {
      throw new Error('no');
    },
  });
  const backoff = { type: 'exponential', delayMs: 20 } as const;
  const { id } = await queue.producer.add('work', null, { attempts: 1000, backoff });
  const failed = new Promise<void>((resolve) => {
    void queue.events.on('active', ({ jobId }) => jobId === id && resolve());
  });
  await failed;
  expect(['delayed', 'active', 'waiting']).toContain((await queue.inspector.job(id))?.state);
});

test("a stock BullMQ worker in another process can serve the queue's jobs", async () => {
  const { name, queue: prioritized } = lab.declare({ priorities: true });
  const ran: unknown[] = [];
  await prioritized.producer.add('work', 'none');
  await prioritized.producer.add('work', 'five', { priority: 5 });
  const last = await prioritized.producer.add('work', 'retried', {
    id: '17',
    attempts: 2,
    backoff: { type: 'fixed', delayMs: 50 },
  });
  const worker = new Worker(
    name,
    async (job) => {
      ran.push(job.data);
      if (job.data === 'retried' && job.attemptsMade === 0) throw new Error('once');
      return job.id;
    },
    { connection: { host: '127.0.0.1', port: lab.server.port }, prefix: 'switchyard' },
  );
  try {
    expect(await prioritized.events.waitForEnd(last.id, { timeoutMs: 10_000 })).toBe('~17');
    expect(ran).toEqual(['five', 'none', 'retried', 'retried']);
  } finally {
    await worker.close();
  }
});

test('a consumer that gives up puts its job back at once: it runs elsewhere long before the lock runs out', async () => {
  const signals: AbortSignal[] = [];
  const hanging = queue.consumer.consume({
    work: ({ signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    },
  });
  const taken = new Promise((resolve) => hanging.on('active', resolve));
  const { id } = await queue.producer.add('work', null, { attempts: 2 });
  await taken;
  await hanging.close({ timeoutMs: 20 });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  const attempts: number[] = [];
  queue.consumer.consume({ work: ({ attempt }) => void attempts.push(attempt) });
  expect(await queue.events.waitForEnd(id, { timeoutMs: 5000 })).toBeNull();
  expect(attempts).toEqual([1]);
});

test('removeWaiting takes a firing from among other jobs, plans the next, and leaves no id behind', async () => {
  await queue.control.pause();
  await queue.producer.add('work', 'before');
  await queue.schedules.upsert(
    { id: 'often', rule: { everyMs: 3_600_000 }, name: 'work', data: 'fired' },
    { firstRunAtMs: Date.now() + 60_000 },
  );
  const pending = (await queue.inspector.jobs(['delayed']))[0];
  await queue.inspector.promote(pending?.id ?? '');
  await queue.producer.add('work', 'after');
  expect((await queue.inspector.jobs(['waiting'])).map(({ data }) => data)).toEqual([
    'before',
    'fired',
    'after',
  ]);
  await queue.control.removeWaiting({ delayed: true });
  expect(await queue.inspector.counts()).toMatchObject({ waiting: 0, delayed: 1 });
  expect((await queue.schedules.get('often'))?.nextRunAtMs).toBeGreaterThan(Date.now());
  await queue.control.resume();
  const ran: unknown[] = [];
  queue.consumer.consume({ work: ({ data }) => void ran.push(data) });
  const last = await queue.producer.add('work', 'last');
  await queue.events.waitForEnd(last.id, { timeoutMs: 5000 });
  expect(ran).toEqual(['last']);
});
