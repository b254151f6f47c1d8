import { RedisUnavailableError } from '@switchyard/http-redis';
import {
  ClaimLostError,
  ClaimSettledError,
  ForeignRecordError,
  InvalidIdempotencyOptionError,
  ResultNotStorableError,
} from './errors.js';
import { createIdempotency, type ClaimOutcome } from './index.js';
import { recordKey } from './record-key.js';
import { claimed, rejection } from './spec-support/lab.js';
import { lab, ours, theirs } from './spec-support/two-claimants.js';

const states = (outcomes: readonly ClaimOutcome[]) => outcomes.map(({ state }) => state);
const pttl = (key: string) => lab.admin.pttl(recordKey('default', key));

describe('a claim', () => {
  it('is never fresh when Redis cannot be reached', async () => {
    const { url, token } = lab.endpoint;
    const nowhere = createIdempotency({
      redis: lab.openRedis({ url: 'http://127.0.0.1:1', token, retry: 'none' }),
    });
    expect(await rejection(nowhere.claim('unreachable'))).toBeInstanceOf(RedisUnavailableError);
    const locked = createIdempotency({ redis: lab.openRedis({ url, token: 'wrong', retry: 'none' }) });
    expect(await rejection(locked.claim('unreachable'))).toMatchObject({ code: 'ERR_REDIS_AUTH' });
    const slow = createIdempotency({ redis: lab.openRedis({ retry: 'none', timeoutMs: 1 }) });
    lab.endpoint.setFaults({ latencyMs: 100 });
    expect(await rejection(slow.claim('unreachable'))).toMatchObject({ code: 'ERR_REDIS_TIMEOUT' });
    lab.endpoint.setFaults({});
  });

  it.each<[string, string]>([
    ['a string of somebody else', 'OK'],
    ['JSON of somebody else', '{"status":"done"}'],
    ['a result that was cut short', `d${'t'.repeat(22)}{"a":`],
  ])('is refused where Redis holds %s', async (name, value) => {
    const key = ['foreign', name];
    await lab.admin.set(recordKey('default', key), value);
    expect(await rejection(ours.claim(key))).toBeInstanceOf(ForeignRecordError);
    expect(await lab.admin.get(recordKey('default', key))).toBe(value);
  });

  it.each(['', 'OK'])(
    'is neither renewed nor ended where somebody else wrote "%s" over it',
    async (value) => {
      const key = ['overwritten', `by "${value}"`];
      const claim = claimed(await ours.claim(key));
      await lab.admin.set(recordKey('default', key), value);
      expect(await rejection(claim.renew())).toBeInstanceOf(ForeignRecordError);
      expect(await rejection(claim.complete())).toBeInstanceOf(ForeignRecordError);
      expect(await lab.admin.get(recordKey('default', key))).toBe(value);
    },
  );

  it('is refused where Redis holds no string', async () => {
    await lab.admin.lpush(recordKey('default', 'a list'), 'x');
    expect(await rejection(ours.claim('a list'))).toMatchObject({ code: 'ERR_REDIS_COMMAND' });
  });

  it.each<[string, object]>([
    ['leaseSeconds', { leaseSeconds: 0 }],
    ['leaseSeconds', { leaseSeconds: NaN }],
    ['leaseSeconds', { leaseSeconds: 90_000 }],
    ['leaseMs', { leaseMs: 30_000 }],
  ])('refuses %s as in %j', async (option, options) => {
    expect(await rejection(ours.claim('options', options))).toMatchObject({
      code: 'ERR_IDEMPOTENCY_OPTION',
      option,
    });
  });

  it.each<[string, object]>([
    ['windowSeconds', { windowSeconds: 0.5 }],
    ['maxResultBytes', { maxResultBytes: -1 }],
    ['namespace', { namespace: '' }],
    ['window', { window: 60 }],
  ])('is made with a %s that is allowed, not with %j', (_, options) => {
    expect(() => lab.open(options)).toThrow(InvalidIdempotencyOptionError);
  });

  it('is won by one of many', async () => {
    for (let round = 0; round < 20; round++) {
      const all = Array.from({ length: 20 }, (_, n) => (n % 2 ? ours : theirs).claim(`many-${round}`));
      expect(states(await Promise.all(all)).filter((state) => state === 'fresh')).toHaveLength(1);
    }
  });

  it('tells others how long at most to wait, and what came of it', async () => {
    const claim = claimed(await ours.claim('outcomes', { leaseSeconds: 7 }));
    expect(await theirs.claim('outcomes')).toEqual({ state: 'in-progress', retryAfterMs: 7000 });
    expect(await ours.claim('outcomes')).toEqual({ state: 'in-progress', retryAfterMs: 7000 });
    await claim.complete({ sent: 3, to: ['é', '😀\n'] });
    expect(await theirs.claim('outcomes')).toEqual({ state: 'done', result: { sent: 3, to: ['é', '😀\n'] } });
  });

  it('has its lease and leaves a record for the window, from the end on', async () => {
    const short = lab.open({ windowSeconds: 1000, leaseSeconds: 100 });
    const claim = claimed(await short.claim('ttl'));
    const leftMs = await pttl('ttl');
    expect(leftMs).toBeGreaterThan(90_000);
    // What we count on is never longer than what there is.
    expect(claim.leaseLeftMs()).toBeLessThanOrEqual(leftMs + 1);
    expect(claim.leaseLeftMs()).toBeGreaterThan(90_000);
    await lab.admin.pexpire(recordKey('default', 'ttl'), 500);
    await claim.complete();
    expect(await pttl('ttl')).toBeGreaterThan(990_000);
    expect(claim.leaseLeftMs()).toBe(0);
  });

  it('is kept apart by namespaces', async () => {
    const other = lab.open({ namespace: 'other' });
    claimed(await ours.claim('apart'));
    claimed(await other.claim('apart'));
  });

  it('comes back by itself when its lease runs out', async () => {
    claimed(await ours.claim('lapse', { leaseSeconds: 0.5 }));
    for (;;) {
      const outcome = await theirs.claim('lapse');
      if (outcome.state === 'fresh') break;
      expect(outcome.state).toBe('in-progress');
    }
  });
});

describe('complete', () => {
  it('is refused once somebody else has the key', async () => {
    const claim = claimed(await ours.claim('fence'));
    await lab.expire('fence');
    const other = claimed(await theirs.claim('fence'));
    expect(await rejection(claim.complete('late'))).toMatchObject({
      code: 'ERR_IDEMPOTENCY_CLAIM_LOST',
      foundInstead: 'claim',
    });
    expect((await theirs.claim('fence')).state).toBe('in-progress');
    await other.complete('in time');
    expect(await rejection(claim.complete('late'))).toMatchObject({ foundInstead: 'end' });
    expect(await ours.claim('fence')).toEqual({ state: 'done', result: 'in time' });
  });

  it('is accepted after a lapse in which nobody took the key', async () => {
    const claim = claimed(await ours.claim('late'));
    await lab.expire('late');
    await claim.complete('late');
    expect(await theirs.claim('late')).toEqual({ state: 'done', result: 'late' });
  });

  it('writes nothing when the result cannot be kept, and may be done otherwise', async () => {
    const claim = claimed(await ours.claim('too large'));
    expect(await lab.billed(() => rejection(claim.complete('x'.repeat(70_000))))).toBe(0);
    expect(await rejection(claim.complete('x'.repeat(70_000)))).toBeInstanceOf(ResultNotStorableError);
    expect(await rejection(claim.complete(new Map()))).toBeInstanceOf(ResultNotStorableError);
    expect((await theirs.claim('too large')).state).toBe('in-progress');
    await claim.complete('x'.repeat(65_534));
    expect((await theirs.claim('too large')).state).toBe('done');
  });

  it('may be repeated when its answer was lost', async () => {
    const once = lab.open({}, { retry: 'none' });
    const claim = claimed(await once.claim('unsure'));
    const error = await lab.withoutAnswers(() => rejection(claim.complete(1)));
    expect(error).toBeInstanceOf(RedisUnavailableError);
    await claim.complete(1);
    expect(await theirs.claim('unsure')).toEqual({ state: 'done', result: 1 });
  });

  it('happens once', async () => {
    const claim = claimed(await ours.claim('twice'));
    const [first, second] = await Promise.allSettled([claim.complete(1), claim.complete(2)]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
    expect(await rejection(claim.complete(3))).toBeInstanceOf(ClaimSettledError);
    expect(await rejection(claim.fail(new Error('no')))).toBeInstanceOf(ClaimSettledError);
    expect(await rejection(claim.renew())).toBeInstanceOf(ClaimSettledError);
    expect(await claim.release()).toBe(false);
    expect(await theirs.claim('twice')).toEqual({ state: 'done', result: 1 });
  });

  it('keeps no result apart from null', async () => {
    await claimed(await ours.claim('no result')).complete();
    await claimed(await ours.claim('null')).complete(null);
    expect(await theirs.claim('no result')).toEqual({ state: 'done', result: undefined });
    expect(await theirs.claim('null')).toEqual({ state: 'done', result: null });
  });
});

describe('fail', () => {
  it('is an answer for the window', async () => {
    const claim = claimed(await ours.claim('declined'));
    await claim.fail(Object.assign(new RangeError('card declined'), { code: 'ERR_DECLINED' }));
    expect(await theirs.claim('declined')).toEqual({
      state: 'failed',
      failure: { name: 'RangeError', message: 'card declined', code: 'ERR_DECLINED' },
    });
  });
});

describe('release', () => {
  it('gives back one’s own claim and nothing else', async () => {
    const claim = claimed(await ours.claim('release'));
    await lab.expire('release');
    const other = claimed(await theirs.claim('release'));
    expect(await claim.release()).toBe(false);
    expect((await ours.claim('release')).state).toBe('in-progress');
    expect(await other.release()).toBe(true);
    expect(await other.release()).toBe(false);
    const again = claimed(await ours.claim('release'));
    expect(await other.release()).toBe(false);
    await again.complete();
    expect(await claim.release()).toBe(false);
    expect((await theirs.claim('release')).state).toBe('done');
  });

  it.each(['release', 'complete'] as const)('happens once, and a %s beside it does nothing', async (step) => {
    const key = ['beside a release', step];
    const claim = claimed(await ours.claim(key));
    const [released] = await Promise.allSettled([claim.release(), claim[step]()]);
    expect(released).toEqual({ status: 'fulfilled', value: true });
    expect(await rejection(claim.complete())).toBeInstanceOf(ClaimSettledError);
    claimed(await theirs.claim(key));
  });

  it('may be repeated when it failed', async () => {
    const once = lab.open({}, { retry: 'none' });
    const claim = claimed(await once.claim('released in the end'));
    lab.endpoint.setFaults({ errorShare: 1 });
    expect(await rejection(claim.release())).toBeInstanceOf(RedisUnavailableError);
    lab.endpoint.setFaults({});
    expect(await claim.release()).toBe(true);
    claimed(await theirs.claim('released in the end'));
  });

  it('does not undo a completion whose answer was lost', async () => {
    const once = lab.open({}, { retry: 'none' });
    const claim = claimed(await once.claim('done after all'));
    await lab.withoutAnswers(() => rejection(claim.complete('done')));
    expect(await claim.release()).toBe(false);
    expect((await theirs.claim('done after all')).state).toBe('done');
  });
});

describe('renew', () => {
  it('begins the lease anew', async () => {
    const claim = claimed(await ours.claim('renew', { leaseSeconds: 60 }));
    await lab.admin.pexpire(recordKey('default', 'renew'), 1000);
    await claim.renew();
    const leftMs = await pttl('renew');
    expect(leftMs).toBeGreaterThan(50_000);
    expect(claim.leaseLeftMs()).toBeGreaterThan(50_000);
    expect(claim.leaseLeftMs()).toBeLessThanOrEqual(leftMs + 1);
  });

  it('takes no key again that was lost, and shortens nobody’s window', async () => {
    const claim = claimed(await ours.claim('renew late'));
    await lab.expire('renew late');
    expect(await rejection(claim.renew())).toMatchObject({ foundInstead: 'nothing' });
    expect(await lab.admin.exists(recordKey('default', 'renew late'))).toBe(0);
    const other = claimed(await theirs.claim('renew late'));
    expect(await rejection(claim.renew())).toMatchObject({ foundInstead: 'claim' });
    await other.complete();
    expect(await rejection(claim.renew())).toBeInstanceOf(ClaimLostError);
    expect(await pttl('renew late')).toBeGreaterThan(86_000_000);
  });
});
