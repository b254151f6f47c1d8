import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import {
  ClosedError,
  InvalidPayloadError,
  JobTimeoutError,
  NonErrorThrownError,
  UnknownJobNameError,
  UnrecoverableJobError,
} from './errors.js';
import { JOB_CHANNEL, type JobAttempt } from './job-channel.js';
import type { RunningJob } from './job-consumer.js';
import { defineQueue } from './queue-definition.js';
import { isUnrecoverable, runJob, type JobRun } from './run-job.js';
import type { StandardSchema } from './standard-schema.js';

const counted: StandardSchema<{ count: number }, { count: number; seen: true }> = {
  '~standard': {
    version: 1,
    vendor: 'spec',
    validate: (value) => {
      const count = (value as { count?: unknown } | null)?.count;
      if (typeof count === 'number') return { value: { count, seen: true } };
      return { issues: [{ message: 'expected number', path: ['count'] }] };
    },
  },
};

const definition = defineQueue({ name: 'spec', tier: 'medium', jobs: { work: counted } });
type Jobs = (typeof definition)['jobs'];

const job: Omit<RunningJob, 'signal'> = {
  id: '7',
  name: 'work',
  queue: 'spec',
  engine: 'none',
  data: { count: 1 },
  attempt: 2,
  attempts: 3,
  createdAtMs: 0,
  scheduleId: 'nightly',
  updateProgress: async () => {},
  log: async () => {},
  updateData: async () => {},
};

function run(
  handler: JobRun<Jobs>['handlers']['work'],
  changes: Partial<JobRun<Jobs>> = {},
): Promise<unknown> {
  const signal = new AbortController().signal;
  return runJob({ definition, handlers: { work: handler }, job, signal, ...changes });
}

function thrownBy(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => 'nothing',
    (error: unknown) => error,
  );
}

describe('runJob', () => {
  const attempts: JobAttempt[] = [];
  const hear = (message: unknown) => void attempts.push(message as JobAttempt);
  beforeEach(() => {
    attempts.length = 0;
    subscribe(JOB_CHANNEL, hear);
  });
  afterEach(() => {
    unsubscribe(JOB_CHANNEL, hear);
  });

  test('hands the job over with what the schema makes of its payload, and answers the result', async () => {
    const seen: unknown[] = [];
    const result = await run((given) => {
      seen.push(given);
      return { ok: given.data.count };
    });
    expect(result).toEqual({ ok: 1 });
    const data = { count: 1, seen: true };
    const [updateProgress, log, updateData] = [1, 2, 3].map(() => expect.any(Function) as unknown);
    const own = { signal: expect.any(AbortSignal) as unknown, updateProgress, log, updateData };
    expect(seen).toEqual([{ ...job, ...own, data }]);
    expect(attempts).toEqual([
      {
        engine: 'none',
        queue: 'spec',
        jobId: '7',
        name: 'work',
        attempt: 2,
        scheduleId: 'nightly',
        outcome: 'succeeded',
        error: null,
        durationMs: expect.any(Number),
      },
    ]);
  });

  test.each([
    [undefined, null],
    [null, null],
    [0, 0],
    ['', ''],
    [false, false],
  ])('a result of %p is %p', async (answer, result) => {
    expect(await run(() => answer)).toBe(result);
    expect(await run(async () => answer)).toBe(result);
  });

  test('an error that the handler throws comes through as it is', async () => {
    const error = new Error('broken');
    expect(
      await thrownBy(
        run(() => {
          throw error;
        }),
      ),
    ).toBe(error);
    expect(await thrownBy(run(() => Promise.reject(error)))).toBe(error);
    expect(attempts.map(({ outcome, error: published }) => [outcome, published])).toEqual([
      ['threw', error],
      ['threw', error],
    ]);
  });

  test('an error of another realm is an error', async () => {
    const error: unknown = runInNewContext('new TypeError("from elsewhere")');
    expect(await thrownBy(run(() => Promise.reject(error)))).toBe(error);
    expect(attempts).toMatchObject([{ outcome: 'threw' }]);
    expect(attempts[0]?.error).toBe(error);
  });

  test.each(['text', undefined, null, 0, { code: 'E' }])('%p thrown becomes an error', async (thing) => {
    const error = await thrownBy(run(() => Promise.reject(thing)));
    expect(error).toBeInstanceOf(NonErrorThrownError);
    expect((error as Error).cause).toBe(thing);
    expect(attempts).toMatchObject([{ outcome: 'threw', error }]);
  });

  test('a payload that does not fit never reaches the handler', async () => {
    let called = false;
    const attempt = run(() => (called = true), { job: { ...job, data: { count: 'one' } } });
    const error = await thrownBy(attempt);
    expect(error).toBeInstanceOf(InvalidPayloadError);
    expect(isUnrecoverable(error)).toBe(true);
    expect(called).toBe(false);
    expect(attempts).toMatchObject([{ outcome: 'refused', error }]);
  });

  test.each(['missing', 'constructor', '__proto__', ''])('the name %p is unknown', async (name) => {
    const error = await thrownBy(run(() => 'ran', { job: { ...job, name } }));
    expect(error).toBeInstanceOf(UnknownJobNameError);
    expect(isUnrecoverable(error)).toBe(true);
    expect(attempts).toMatchObject([{ outcome: 'refused', name }]);
  });

  test('a declared name without a handler is unknown too', async () => {
    const handlers = {} as JobRun<Jobs>['handlers'];
    const error = await thrownBy(run(() => 'ran', { handlers }));
    expect(error).toBeInstanceOf(UnknownJobNameError);
  });

  describe('timeoutMs', () => {
    test('fails the attempt and aborts its signal with the same error', async () => {
      let signal: AbortSignal | undefined;
      const attempt = run(
        (given) => {
          signal = given.signal;
          return new Promise(() => {});
        },
        { timeoutMs: 20 },
      );
      const error = await thrownBy(attempt);
      expect(error).toBeInstanceOf(JobTimeoutError);
      expect(error).toMatchObject({ queue: 'spec', jobId: '7', timeoutMs: 20 });
      expect(isUnrecoverable(error)).toBe(false);
      expect(signal?.aborted).toBe(true);
      expect(signal?.reason).toBe(error);
      expect(attempts).toMatchObject([{ outcome: 'timed-out', error }]);
      expect(attempts[0]?.durationMs).toBeGreaterThanOrEqual(19);
    });

    test('is what failed, even when the handler hands on the abort in other words', async () => {
      const error = await thrownBy(
        run(
          ({ signal }) =>
            new Promise((_, reject) =>
              signal.addEventListener('abort', () => reject(new Error('the operation was aborted'))),
            ),
          { timeoutMs: 20 },
        ),
      );
      expect(error).toBeInstanceOf(JobTimeoutError);
      expect(attempts).toMatchObject([{ outcome: 'timed-out' }]);
    });

    test('that is not reached leaves the signal alone', async () => {
      let signal: AbortSignal | undefined;
      await run((given) => (signal = given.signal), { timeoutMs: 20 });
      await sleep(40);
      expect(signal?.aborted).toBe(false);
    });

    test('swallows what the handler throws afterwards', async () => {
      let finish = (_: Error) => {};
      const late = new Promise((_, reject) => (finish = reject));
      const error = await thrownBy(run(() => late, { timeoutMs: 10 }));
      expect(error).toBeInstanceOf(JobTimeoutError);
      finish(new Error('too late'));
      await sleep(10);
      expect(attempts).toHaveLength(1);
    });

    test("does not hide the consumer's own signal", async () => {
      const consumer = new AbortController();
      const reason = new Error('closing');
      const attempt = run(
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
        { timeoutMs: 60_000, signal: consumer.signal },
      );
      setImmediate(() => consumer.abort(reason));
      expect(await thrownBy(attempt)).toBe(reason);
    });
  });

  describe('gate', () => {
    test('is entered before the handler starts and left once, however the attempt ends', async () => {
      const steps: string[] = [];
      const gate = {
        async enter() {
          steps.push('enter');
          return () => void steps.push('leave');
        },
      };
      await run(() => steps.push('run'), { gate });
      await thrownBy(
        run(
          () => {
            steps.push('throw');
            throw new Error('no');
          },
          { gate },
        ),
      );
      await thrownBy(run(() => steps.push('never'), { gate, job: { ...job, data: null } }));
      await thrownBy(run(() => new Promise(() => {}), { gate, timeoutMs: 10 }));
      expect(steps).toEqual([
        ...['enter', 'run', 'leave'],
        ...['enter', 'throw', 'leave'],
        ...['enter', 'leave'],
        ...['enter', 'leave'],
      ]);
    });

    test('that is not passed is no attempt: its reason comes through and nothing is published', async () => {
      const consumer = new AbortController();
      const reason = new Error('closing');
      const gate = {
        enter: (signal: AbortSignal) =>
          new Promise<never>((_, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason as Error)),
          ),
      };
      let called = false;
      const attempt = run(() => (called = true), { gate, signal: consumer.signal });
      consumer.abort(reason);
      expect(await thrownBy(attempt)).toBe(reason);
      expect(called).toBe(false);
      expect(attempts).toEqual([]);
    });

    test('that lets a job in which was given back meanwhile is left at once, and the handler does not start', async () => {
      const consumer = new AbortController();
      const reason = new Error('closing');
      let open = () => {};
      let left = 0;
      const gate = {
        enter: () => new Promise<() => void>((resolve) => (open = () => resolve(() => void left++))),
      };
      let called = false;
      const attempt = run(() => (called = true), { gate, signal: consumer.signal });
      open();
      consumer.abort(reason);
      expect(await thrownBy(attempt)).toBe(reason);
      expect([called, left]).toEqual([false, 1]);
      expect(attempts).toEqual([]);
    });

    test('the wait before it is not part of the time that counts', async () => {
      const gate = {
        async enter() {
          await sleep(60);
          return () => {};
        },
      };
      expect(await run(() => 'in time', { gate, timeoutMs: 50 })).toBe('in time');
      expect(attempts[0]?.durationMs).toBeLessThan(55);
    });
  });
});

describe('isUnrecoverable', () => {
  test('is true only where trying again cannot help', () => {
    expect(isUnrecoverable(new UnrecoverableJobError('no such user'))).toBe(true);
    expect(isUnrecoverable(new InvalidPayloadError('q', 'n', 'p'))).toBe(true);
    expect(isUnrecoverable(new UnknownJobNameError('q', 'n', []))).toBe(true);
    for (const error of [
      new Error(),
      new JobTimeoutError('q', '1', 5),
      new NonErrorThrownError(1),
      null,
      'x',
    ]) {
      expect(isUnrecoverable(error)).toBe(false);
    }
  });
});

describe('updateData', () => {
  const stored: unknown[] = [];
  const keeping = { ...job, updateData: async (data: unknown) => void stored.push(data) };
  beforeEach(() => void stored.splice(0));

  test('hands a payload on as it was given, once its schema has passed it', async () => {
    await run(({ updateData }) => updateData({ count: 5 }), { job: keeping });
    expect(stored).toEqual([{ count: 5 }]);
  });

  test('hands nothing on that the schema refuses', async () => {
    const error = await thrownBy(
      run(({ updateData }) => updateData({ count: 'five' } as unknown as { count: number }), {
        job: keeping,
      }),
    );
    expect(error).toBeInstanceOf(InvalidPayloadError);
    expect(stored).toEqual([]);
  });
});

describe('what a handler tells when its attempt has ended', () => {
  const told: unknown[] = [];
  const tell = async (...args: unknown[]) => void told.push(args);
  const telling = { ...job, updateProgress: tell, log: tell, updateData: tell };
  beforeEach(() => void told.splice(0));

  const tellAll = (given: RunningJob<'work', unknown, { count: number }>) =>
    Promise.all(
      [given.updateProgress(1), given.log('line'), given.updateData({ count: 2 })].map((call) =>
        thrownBy(call),
      ),
    );

  test('goes through before', async () => {
    expect(await run(tellAll, { job: telling })).toEqual(['nothing', 'nothing', 'nothing']);
    expect(told).toHaveLength(3);
  });

  test.each([
    ['returned', () => 'done', expect.any(ClosedError) as unknown],
    ['threw', () => Promise.reject(new Error('broken')), new Error('broken')],
    ['timed out', () => new Promise(() => {}), expect.any(JobTimeoutError) as unknown],
  ])('is refused for what has ended it: it %s', async (_, end, reason) => {
    let kept: Parameters<typeof tellAll>[0] | undefined;
    const attempt = run((given) => ((kept = given), end()), { job: telling, timeoutMs: 20 });
    await thrownBy(attempt);
    const refusals = kept ? await tellAll(kept) : [];
    expect(refusals).toEqual([reason, reason, reason]);
    expect(told).toEqual([]);
  });

  test('is refused at the moment of the abort, by a time-out or by the consumer', async () => {
    for (const timeoutMs of [20, undefined]) {
      const consumer = new AbortController();
      const reason = new Error('closing');
      let refusals: Promise<unknown[]> | undefined;
      const attempt = run(
        (given) =>
          new Promise((resolve) => {
            given.signal.addEventListener('abort', () => resolve((refusals = tellAll(given))));
          }),
        { job: telling, timeoutMs, signal: consumer.signal },
      );
      if (timeoutMs === undefined) setImmediate(() => consumer.abort(reason));
      const thrown = await thrownBy(attempt);
      const end = timeoutMs === undefined ? reason : thrown;
      expect(await refusals).toEqual([end, end, end]);
    }
    expect(told).toEqual([]);
  });

  test('new data whose check outlasts the attempt is refused, too', async () => {
    let late: Promise<unknown> | undefined;
    await run((given) => void (late = thrownBy(given.updateData({ count: 2 }))), { job: telling });
    expect(await late).toBeInstanceOf(ClosedError);
    expect(told).toEqual([]);
  });

  test('does no harm when nobody waits for the answer', async () => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', hear);
    try {
      let kept: Parameters<typeof tellAll>[0] | undefined;
      await run((given) => void (kept = given), { job: telling });
      void kept?.log('line');
      void kept?.updateProgress(1);
      void kept?.updateData({ count: 2 });
      await sleep(20);
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', hear);
    }
  });
});
