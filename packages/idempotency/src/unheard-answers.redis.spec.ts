import { REDIS_COMMAND_CHANNEL } from '@switchyard/http-redis';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClaimLostError } from './errors.js';
import { recordKey } from './record-key.js';
import { claimed, rejection } from './spec-support/lab.js';
import { lab, ours, theirs } from './spec-support/two-claimants.js';
import { until } from './spec-support/until.js';

afterEach(() => lab.endpoint.setFaults({}));

describe('a claim whose answer is late', () => {
  it('is given up where its lease is always over before it could be had', async () => {
    lab.endpoint.setFaults({ latencyMs: 300 });
    const error = await rejection(ours.claim('late', { leaseSeconds: 0.1 }));
    lab.endpoint.setFaults({});
    expect(error).toBeInstanceOf(ClaimLostError);
    expect(error).toMatchObject({ foundInstead: 'nothing' });
  });
});

describe('a claim whose answer was lost', () => {
  it('is had by the retry', async () => {
    lab.endpoint.setFaults({ dropShare: 1 });
    const asking = ours.claim('lost, retried');
    while (!(await lab.admin.exists(recordKey('default', 'lost, retried'))));
    lab.endpoint.setFaults({});
    const claim = claimed(await asking);
    expect((await theirs.claim('lost, retried')).state).toBe('in-progress');
    await claim.complete('ours');
    expect(await theirs.claim('lost, retried')).toEqual({ state: 'done', result: 'ours' });
  });

  it('is had by the next claim in this process, with a whole lease, and by nobody else', async () => {
    const once = lab.open({}, { retry: 'none' });
    await lab.withoutAnswers(() => rejection(once.claim('lost', { leaseSeconds: 10 })));
    expect((await theirs.claim('lost')).state).toBe('in-progress');
    const [one, another] = await Promise.all([once.claim('lost'), once.claim('lost')]);
    expect([one.state, another.state].sort()).toEqual(['fresh', 'in-progress']);
    expect(await lab.admin.pttl(recordKey('default', 'lost'))).toBeGreaterThan(20_000);
    await claimed(one.state === 'fresh' ? one : another).complete();
    expect((await theirs.claim('lost')).state).toBe('done');
  });

  it('is not forgotten for those that were refused before they went out', async () => {
    const once = lab.open({}, { retry: 'none' });
    await lab.withoutAnswers(() => rejection(once.claim('lost among many')));
    const signal = AbortSignal.abort(new Error('called off'));
    for (let n = 0; n < 10_000; n++) await rejection(once.claim('others', { signal }));
    claimed(await once.claim('lost among many'));
  });

  it('is left by who calls off while it is made sure of, and had by the next', async () => {
    const once = lab.open({}, { retry: 'none', timeoutMs: 60_000 });
    await lab.withoutAnswers(() => rejection(once.claim('called off')));
    const { requests } = lab.endpoint;
    const hangFromNowOn = () => lab.endpoint.setFaults({ latencyMs: 30_000 });
    subscribe(REDIS_COMMAND_CHANNEL, hangFromNowOn);
    const controller = new AbortController();
    const asking = rejection(once.claim('called off', { signal: controller.signal }));
    await until(() => lab.endpoint.requests > requests + 1);
    unsubscribe(REDIS_COMMAND_CHANNEL, hangFromNowOn);
    lab.endpoint.setFaults({});
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await asking).toBe(reason);
    claimed(await once.claim('called off'));
  });

  it('is not had where its lease ran out and somebody else was faster', async () => {
    const once = lab.open({}, { retry: 'none' });
    await lab.withoutAnswers(() => rejection(once.claim('lost, late')));
    await lab.expire('lost, late');
    claimed(await theirs.claim('lost, late'));
    expect((await once.claim('lost, late')).state).toBe('in-progress');
  });
});
