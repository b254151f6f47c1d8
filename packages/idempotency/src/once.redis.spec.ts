import { setTimeout as pause } from 'node:timers/promises';
import {
  InProgressError,
  KeptFailureError,
  ResultNotRecordedError,
  ResultNotStorableError,
} from './errors.js';
import type { Idempotency } from './index.js';
import { claimed, rejection } from './spec-support/lab.js';
import { openEnded } from './spec-support/open-ended.js';
import { lab, ours, theirs } from './spec-support/two-claimants.js';
import { until } from './spec-support/until.js';

const neverRun = () => {
  throw new Error('must not run');
};

describe('once', () => {
  it('runs nothing when Redis cannot be reached', async () => {
    const nowhere = lab.open({}, { url: 'http://127.0.0.1:1', retry: 'none' });
    expect(await rejection(nowhere.once('nowhere', neverRun))).toMatchObject({
      code: 'ERR_REDIS_UNAVAILABLE',
    });
  });

  it.each([
    { waitSeconds: -1 },
    { waitSeconds: NaN },
    { leaseSeconds: 0 },
    { wait: true },
    { keepFailures: true },
    { keepFailure: true as unknown as () => boolean },
  ])('runs nothing with %j', async (options) => {
    expect(await rejection(ours.once('options', neverRun, options))).toMatchObject({
      code: 'ERR_IDEMPOTENCY_OPTION',
    });
  });

  it.each([undefined, null, 5, '', []])('runs nothing for the key %j', async (key) => {
    expect(await rejection(ours.once(key as string, neverRun))).toMatchObject({
      code: 'ERR_IDEMPOTENCY_OPTION',
      option: 'key',
    });
  });

  it('gives the key back when it fails, and the error to the caller', async () => {
    const failure = new RangeError('no');
    expect(await rejection(ours.once('fails', () => Promise.reject(failure)))).toBe(failure);
    const thrown = await rejection(
      ours.once('fails', () => {
        throw failure;
      }),
    );
    expect(thrown).toBe(failure);
    expect(await theirs.once('fails', () => 'second')).toBe('second');
  });

  it('gives the error to the caller although Redis has gone, and the key back by its lease', async () => {
    const brief = lab.open({ leaseSeconds: 0.5 }, { retry: 'none' });
    const failure = new Error('ours');
    const work = openEnded();
    const running = rejection(brief.once('fails alone', work.run));
    await work.begun;
    lab.endpoint.setFaults({ errorShare: 1 });
    work.fail(failure);
    expect(await running).toBe(failure);
    lab.endpoint.setFaults({});
    expect(await theirs.once('fails alone', () => 'next', { waitSeconds: 20 })).toBe('next');
  });

  it('keeps a failure where it is told to', async () => {
    const keepFailure = (error: unknown) => error instanceof RangeError;
    await rejection(ours.once('kept', () => Promise.reject(new TypeError('passes')), { keepFailure }));
    await rejection(ours.once('kept', () => Promise.reject(new RangeError('stays')), { keepFailure }));
    const error = await rejection(theirs.once('kept', neverRun));
    expect(error).toBeInstanceOf(KeptFailureError);
    expect(error).toMatchObject({ failure: { name: 'RangeError', message: 'stays' } });
  });

  it('gives everybody the result as JSON carries it', async () => {
    const run = () => ({ at: new Date(0), left: undefined, n: 1 }) as unknown;
    const expected = { at: '1970-01-01T00:00:00.000Z', n: 1 };
    expect(await ours.once('result', run)).toStrictEqual(expected);
    expect(await theirs.once('result', neverRun)).toStrictEqual(expected);
    expect(await ours.once('no result', () => undefined)).toBeUndefined();
    expect(await theirs.once('no result', neverRun)).toBeUndefined();
  });

  it('does not run again what had a result that cannot be kept', async () => {
    const error = await rejection(ours.once('unstorable', () => ({ size: 10n }) as unknown));
    expect(error).toBeInstanceOf(ResultNotStorableError);
    expect(await rejection(theirs.once('unstorable', neverRun))).toMatchObject({
      failure: { code: 'ERR_IDEMPOTENCY_RESULT_NOT_STORABLE' },
    });
  });

  it('says so when it ran and the record is not confirmed, with the result but not in what is logged', async () => {
    const brief = lab.open({}, { retry: 'none' });
    const work = openEnded();
    const running = rejection(brief.once('unconfirmed', work.run));
    await work.begun;
    const error = await lab.withoutAnswers(() => {
      work.end({ code: 4711 });
      return running;
    });
    expect(error).toBeInstanceOf(ResultNotRecordedError);
    expect((error as ResultNotRecordedError).result).toEqual({ code: 4711 });
    expect(JSON.stringify(error)).not.toContain('4711');
    expect(error).toMatchObject({ cause: { code: 'ERR_REDIS_UNAVAILABLE' } });
  });

  it('runs once however many call', async () => {
    for (let round = 0; round < 10; round++) {
      let runs = 0;
      const call = (idempotency: Idempotency) =>
        idempotency.once(
          `many-${round}`,
          async () => {
            await pause(20);
            return ++runs;
          },
          { waitSeconds: 20 },
        );
      const results = await Promise.all(Array.from({ length: 10 }, (_, n) => call(n % 2 ? ours : theirs)));
      expect(new Set(results)).toEqual(new Set([1]));
      expect(runs).toBe(1);
    }
  });
});

describe('once, while somebody else is at it', () => {
  it('says so at once, or after the time that one would wait', async () => {
    claimed(await theirs.claim('busy'));
    const error = await rejection(ours.once('busy', neverRun));
    expect(error).toBeInstanceOf(InProgressError);
    expect(error).toMatchObject({ retryAfterMs: 30_000 });
    // At once and at the end of it, and in between at 50 and at 150 ms or so, where the machine is not too busy.
    const looks = await lab.billed(() => rejection(ours.once('busy', neverRun, { waitSeconds: 0.3 })));
    expect(looks).toBeGreaterThanOrEqual(2);
    expect(looks).toBeLessThanOrEqual(5);
  });

  it('waits for the result', async () => {
    const claim = claimed(await theirs.claim('awaited'));
    const waiting = ours.once<unknown>('awaited', neverRun, { waitSeconds: 20 });
    await claim.complete('theirs');
    expect(await waiting).toBe('theirs');
  });

  it('takes over what is given back or lapses', async () => {
    const claim = claimed(await theirs.claim('given back'));
    const waiting = ours.once('given back', () => 'ours', { waitSeconds: 20 });
    await claim.release();
    expect(await waiting).toBe('ours');
    claimed(await theirs.claim('lapses', { leaseSeconds: 0.5 }));
    expect(await ours.once('lapses', () => 'ours', { waitSeconds: 20 })).toBe('ours');
  });

  it('waits no longer than its signal', async () => {
    claimed(await theirs.claim('called off'));
    const controller = new AbortController();
    const { requests } = lab.endpoint;
    const waiting = rejection(
      ours.once('called off', neverRun, { waitSeconds: 60, signal: controller.signal }),
    );
    await until(() => lab.endpoint.requests > requests + 3);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await waiting).toBe(reason);
  });
});
