import { REDIS_COMMAND_CHANNEL } from '@switchyard/http-redis';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { ClaimLostError } from './errors.js';
import { recordKey } from './record-key.js';
import { claimed, rejection } from './spec-support/lab.js';
import { openEnded } from './spec-support/open-ended.js';
import { lab, ours, theirs } from './spec-support/two-claimants.js';
import { until } from './spec-support/until.js';

/** A lease is renewed when half of it has gone: a machine may stand still for the other half. */
const LEASE_SECONDS = 3;

const neverRun = () => {
  throw new Error('must not run');
};

const aborted = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    else signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });

afterEach(() => lab.endpoint.setFaults({}));

describe('the lease of a long run', () => {
  it('is renewed until the run ends', async () => {
    const leases = lab.open({ leaseSeconds: LEASE_SECONDS });
    const work = openEnded();
    const running = leases.once('long', work.run);
    const signal = await work.begun;
    const key = recordKey('default', 'long');
    const endsAtMs = performance.now() + 1.6 * LEASE_SECONDS * 1000;
    while (performance.now() < endsAtMs) {
      expect((await theirs.claim('long')).state).toBe('in-progress');
      expect(await lab.admin.pttl(key)).toBeGreaterThan(0);
      await pause(10);
    }
    expect(signal.aborted).toBe(false);
    work.end('done');
    expect(await running).toBe('done');
    // Nothing is asked any more, and nothing shortens the window.
    expect(await lab.billed(() => pause(0.6 * LEASE_SECONDS * 1000))).toBe(0);
    expect(await lab.admin.pttl(key)).toBeGreaterThan(86_000_000);
  });

  it('aborts the run as soon as somebody else is known to have the key', async () => {
    const leases = lab.open({ leaseSeconds: 2 });
    const work = openEnded();
    const running = rejection(leases.once('taken', work.run));
    const signal = await work.begun;
    await lab.expire('taken');
    claimed(await theirs.claim('taken'));
    const reason = await aborted(signal);
    expect(reason).toBeInstanceOf(ClaimLostError);
    expect(reason).toMatchObject({ foundInstead: 'claim' });
    work.end('too late');
    expect(await running).toMatchObject({ code: 'ERR_IDEMPOTENCY_CLAIM_LOST' });
  });

  it('aborts the run when it cannot be renewed in time, but not before', async () => {
    const leases = lab.open({ leaseSeconds: LEASE_SECONDS }, { retry: 'none' });
    const work = openEnded();
    // Before the claim went out, and so before the lease began.
    const askedAtMs = performance.now();
    const running = rejection(leases.once('cut off', work.run));
    const signal = await work.begun;
    lab.endpoint.setFaults({ errorShare: 1 });
    const reason = await aborted(signal);
    expect(performance.now() - askedAtMs).toBeGreaterThan(LEASE_SECONDS * 1000 - 1);
    expect(reason).toBeInstanceOf(ClaimLostError);
    expect(reason).toMatchObject({ foundInstead: 'unknown', cause: { code: 'ERR_REDIS_UNAVAILABLE' } });
    lab.endpoint.setFaults({});
    work.fail(reason as Error);
    expect(await running).toBe(reason);
  });

  it('outlives a short outage', async () => {
    const options = { retry: 'none', circuit: { failures: 1000 } } as const;
    const leases = lab.open({ leaseSeconds: LEASE_SECONDS }, options);
    const work = openEnded();
    const running = leases.once('outage', work.run);
    const signal = await work.begun;
    const renewals = () => lab.endpoint.requests;
    let before = renewals();
    lab.endpoint.setFaults({ errorShare: 1 });
    await until(() => renewals() > before + 1);
    lab.endpoint.setFaults({});
    before = renewals();
    // One that is late, and two in their time: the lease would have run out by then.
    await until(() => renewals() > before + 2);
    expect(signal.aborted).toBe(false);
    expect((await theirs.claim('outage')).state).toBe('in-progress');
    work.end('done');
    expect(await running).toBe('done');
  });

  it('tells a run of an abort that came with the claim', async () => {
    const controller = new AbortController();
    const abort = () => controller.abort();
    subscribe(REDIS_COMMAND_CHANNEL, abort);
    const running = ours.once('abort on claim', ({ aborted }) => aborted, { signal: controller.signal });
    expect(await running.finally(() => unsubscribe(REDIS_COMMAND_CHANNEL, abort))).toBe(true);
  });

  it('outlives a renewal that is never answered, though the lease is short', async () => {
    // By the next try, six sevenths of it have gone.
    const leases = lab.open({ leaseSeconds: 2 * LEASE_SECONDS });
    const work = openEnded();
    const running = leases.once('unanswered', work.run);
    const signal = await work.begun;
    const before = lab.endpoint.requests;
    lab.endpoint.setFaults({ latencyMs: 30_000 });
    await until(() => lab.endpoint.requests > before);
    lab.endpoint.setFaults({});
    // The next try, and the renewal after it.
    await until(() => signal.aborted || lab.endpoint.requests > before + 2);
    expect(signal.aborted).toBe(false);
    expect((await theirs.claim('unanswered')).state).toBe('in-progress');
    work.end('done');
    expect(await running).toBe('done');
  });

  it('is no reason against a result that comes after a lapse in which nobody took the key', async () => {
    const leases = lab.open({ leaseSeconds: 2 });
    const work = openEnded();
    const running = leases.once('lapsed', work.run);
    await work.begun;
    await lab.expire('lapsed');
    work.end('done');
    expect(await running).toBe('done');
    expect(await theirs.once('lapsed', neverRun)).toBe('done');
  });

  it('leaves the caller’s signal as it was, and hands its abort on', async () => {
    const controller = new AbortController();
    const work = openEnded();
    const running = rejection(ours.once('aborted', work.run, { signal: controller.signal }));
    const signal = await work.begun;
    const reason = new Error('called off');
    controller.abort(reason);
    expect(await aborted(signal)).toBe(reason);
    work.fail(reason);
    expect(await running).toBe(reason);
    const later = new AbortController();
    expect(await theirs.once('aborted', () => 'next', { signal: later.signal })).toBe('next');
    expect(getEventListeners(later.signal, 'abort')).toEqual([]);
  });
});
