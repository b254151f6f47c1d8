import fc from 'fast-check';
import { takeAccount, type AcceptedJob, type History, type SeenAttempt, type StoredJob } from './account.js';

const job = (id: string, more: Partial<AcceptedJob> = {}): AcceptedJob => ({
  queue: 'calendar-sync',
  id,
  meant: 'complete',
  calls: 1,
  ...more,
});
const call = (jobId: string, succeeded = true, queue = 'calendar-sync'): SeenAttempt => ({
  queue,
  jobId,
  succeeded,
});
const at = (id: string, state: StoredJob['state'], engine = 'bull'): StoredJob => ({
  queue: 'calendar-sync',
  id,
  engine,
  state,
});
const take = (history: Partial<History>) => takeAccount({ accepted: [], attempts: [], ...history });
const fine = { accepted: 1, completed: 0, failed: 0, lost: 0, doubled: 0, reruns: 0, pending: 0 };

describe('a job as it should be', () => {
  test('completed once', () => {
    const { total, problems } = take({
      accepted: [job('1')],
      attempts: [call('1')],
      stored: [at('1', 'completed')],
    });
    expect(total).toEqual({ ...fine, completed: 1 });
    expect(problems).toEqual([]);
  });

  test('failed twice and then passed', () => {
    const attempts = [call('1', false), call('1', false), call('1')];
    const { total, problems } = take({
      accepted: [job('1', { calls: 3 })],
      attempts,
      stored: [at('1', 'completed')],
    });
    expect(total).toEqual({ ...fine, completed: 1 });
    expect(problems).toEqual([]);
  });

  test('failed for good, as meant', () => {
    const { total, problems } = take({
      accepted: [job('1', { meant: 'fail', calls: 2 })],
      attempts: [call('1', false), call('1', false)],
      stored: [at('1', 'failed')],
    });
    expect(total).toEqual({ ...fine, failed: 1 });
    expect(problems).toEqual([]);
  });

  test('completed and removed by its retention', () => {
    const { total, problems } = take({ accepted: [job('1')], attempts: [call('1')], stored: [] });
    expect(total).toEqual({ ...fine, completed: 1 });
    expect(problems).toEqual([]);
  });

  test('added twice under one id is one job', () => {
    const { total } = take({
      accepted: [job('a:b'), job('a:b')],
      attempts: [call('a:b')],
      stored: [at('a:b', 'completed')],
    });
    expect(total).toEqual({ ...fine, completed: 1 });
  });

  test('of the same id in another queue is another job', () => {
    const { total, queues } = take({
      accepted: [job('1'), job('1', { queue: 'token-refresh' })],
      attempts: [call('1'), call('1', true, 'token-refresh')],
    });
    expect(total).toEqual({ ...fine, accepted: 2, completed: 2 });
    expect(queues.get('token-refresh')).toEqual({ ...fine, completed: 1 });
  });
});

describe('a lost job', () => {
  test('is on no engine and never ran', () => {
    const { total, problems } = take({ accepted: [job('7')], stored: [] });
    expect(total).toEqual({ ...fine, lost: 1 });
    expect(problems).toEqual([expect.stringContaining('calendar-sync 7: lost')]);
  });

  test('vanished between two attempts', () => {
    const { total } = take({ accepted: [job('7', { calls: 3 })], attempts: [call('7', false)], stored: [] });
    expect(total).toEqual({ ...fine, lost: 1 });
  });

  test('failed though it was meant to complete', () => {
    const { total } = take({
      accepted: [job('7')],
      attempts: [call('7', false)],
      stored: [at('7', 'failed')],
    });
    expect(total).toEqual({ ...fine, lost: 1 });
  });

  test('was failed without its retries', () => {
    const { total } = take({
      accepted: [job('7', { meant: 'fail', calls: 3 })],
      attempts: [call('7', false)],
      stored: [at('7', 'failed')],
    });
    expect(total).toEqual({ ...fine, lost: 1 });
  });

  test('failed as often as meant, but its engine calls it completed', () => {
    const { total } = take({
      accepted: [job('7', { meant: 'fail' })],
      attempts: [call('7', false)],
      stored: [at('7', 'completed')],
    });
    expect(total).toEqual({ ...fine, lost: 1 });
  });

  test('completed without anybody having run it', () => {
    expect(take({ accepted: [job('7')], stored: [at('7', 'completed')] }).total).toEqual({
      ...fine,
      lost: 1,
    });
  });
});

describe('a doubled job', () => {
  test('succeeded twice, wherever', () => {
    const { total, problems } = take({
      accepted: [job('9')],
      attempts: [call('9'), call('9')],
      stored: [at('9', 'completed', 'bull'), at('9', 'completed', 'bullmq')],
    });
    expect(total).toEqual({ ...fine, completed: 1, doubled: 1, reruns: 1 });
    expect(problems).toEqual([expect.stringContaining('calendar-sync 9: doubled')]);
  });
});

describe('what else is noticed', () => {
  test('a rerun that did no harm', () => {
    const { total, problems, rerunJobs } = take({
      accepted: [job('1')],
      attempts: [call('1', false), call('1')],
      stored: [at('1', 'completed')],
    });
    expect(total).toEqual({ ...fine, completed: 1, reruns: 1 });
    expect(problems).toEqual([]);
    expect(rerunJobs).toEqual([expect.stringContaining('called 2 of 1 times')]);
  });

  test('a job that still waits is present, not lost', () => {
    for (const state of ['waiting', 'delayed', 'active'] as const) {
      const { total, problems } = take({ accepted: [job('1')], stored: [at('1', state)] });
      expect(total).toEqual({ ...fine, pending: 1 });
      expect(problems).toEqual([expect.stringContaining('not finished')]);
    }
  });

  test('a copy left waiting on the other engine', () => {
    const { problems } = take({
      accepted: [job('1')],
      attempts: [call('1')],
      stored: [at('1', 'completed', 'bull'), at('1', 'waiting', 'bullmq')],
    });
    expect(problems).toEqual([expect.stringContaining('on two engines')]);
  });

  test('a success that its engine does not know of', () => {
    const { problems } = take({
      accepted: [job('1')],
      attempts: [call('1')],
      stored: [at('1', 'failed')],
    });
    expect(problems).toEqual([expect.stringContaining('did not complete')]);
  });

  test('a job that completed though it was meant to fail', () => {
    const { total, problems } = take({ accepted: [job('1', { meant: 'fail' })], attempts: [call('1')] });
    expect(total).toEqual({ ...fine, completed: 1 });
    expect(problems).toEqual([expect.stringContaining('meant to fail')]);
  });

  test('a job that nobody added', () => {
    expect(take({ attempts: [call('1')] }).problems).toEqual(['calendar-sync 1: ran but was never added']);
  });
});

test('before the engines were looked at, what has not ended is pending', () => {
  const { total, problems } = take({
    accepted: [job('1'), job('2'), job('3', { meant: 'fail', calls: 2 }), job('4', { meant: 'fail' })],
    attempts: [call('1'), call('3', false), call('4', false)],
  });
  expect(total).toEqual({ ...fine, accepted: 4, completed: 1, failed: 1, pending: 2 });
  expect(problems).toEqual([]);
});

test('whatever happened, every accepted job is counted once', () => {
  const id = fc.constantFrom('1', '2', '3', 'a:b');
  const queue = fc.constantFrom('calendar-sync', 'token-refresh');
  const history = fc.record({
    accepted: fc.array(
      fc.record({
        queue,
        id,
        meant: fc.constantFrom('complete', 'fail'),
        calls: fc.integer({ min: 1, max: 3 }),
      }),
    ),
    attempts: fc.array(fc.record({ queue, jobId: id, succeeded: fc.boolean() })),
    stored: fc.option(
      fc.array(
        fc.record({
          queue,
          id,
          engine: fc.constantFrom('bull', 'bullmq'),
          state: fc.constantFrom('waiting', 'delayed', 'active', 'completed', 'failed'),
        }),
      ),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(history, (made) => {
      const { total, queues, problems } = takeAccount(made as History);
      const { accepted, completed, failed, lost, pending, doubled } = total;
      expect(completed + failed + lost + pending).toBe(accepted);
      expect(accepted).toBe(new Set(made.accepted.map((one) => `${one.queue} ${one.id}`)).size);
      expect([...queues.values()].reduce((sum, figures) => sum + figures.lost, 0)).toBe(lost);
      if (lost + doubled > 0) expect(problems.length).toBeGreaterThanOrEqual(Math.max(lost, doubled));
    }),
  );
});
