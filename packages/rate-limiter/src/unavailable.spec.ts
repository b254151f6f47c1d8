import { RedisTimeoutError, RedisUnavailableError, type HttpRedis } from '@switchyard/http-redis';
import { createRateLimiter, definePolicies, type RateLimiterOptions } from './index.js';

const window = { algorithm: 'sliding-window', limit: 2, windowSeconds: 60 } as const;
const policies = definePolicies({
  DEFAULT: window,
  CLOSED: { ...window, whenUnavailable: 'reject' },
  OPEN: { ...window, whenUnavailable: 'allow' },
  MEMORY: { ...window, whenUnavailable: 'memory' },
  MEMORY_BUCKET: { algorithm: 'token-bucket', capacity: 1, refillPerSecond: 1, whenUnavailable: 'memory' },
  LEASED: { ...window, limit: 100, lease: 5, whenUnavailable: 'reject' },
});

const call = { command: 'take-limits', keyPrefix: 'limit:API', tries: 1 };
const down = new RedisUnavailableError(call, 'refused', {
  status: null,
  systemCode: 'ECONNREFUSED',
  retryAfterMs: null,
  mayHaveBeenApplied: false,
});
const late = new RedisTimeoutError(call, 500, true);

let nowMs: number;
beforeEach(() => {
  nowMs = 1000;
});

/** A limiter whose Redis answers what the test says. */
function open(answer: () => Promise<unknown>, options: Partial<RateLimiterOptions<typeof policies>> = {}) {
  const asked: unknown[] = [];
  const redis = {
    script: (_script: unknown, _keys: unknown, _args: unknown, callOptions: unknown) => {
      asked.push(callOptions);
      return answer();
    },
    del: answer,
  } as unknown as HttpRedis;
  const clocks = { now: () => nowMs, wallNow: () => nowMs };
  return { asked, limiter: createRateLimiter({ redis, policies, ...options }, clocks) };
}

describe('a limiter that Redis does not answer', () => {
  it.each([
    ['a time-out', late],
    ['no connection', down],
    ['an error of any kind', new TypeError('bug')],
  ])('lets nobody pass but where the policy says so, after %s', async (_, error) => {
    const { limiter } = open(() => Promise.reject(error), { whenUnavailable: 'reject' });
    const undecided = { outcome: 'unavailable', answeredBy: 'nobody', remaining: 0, limit: 2, cause: error };
    const rejected = { ...undecided, allowed: false, retryAfterMs: 1000 };
    expect(await limiter.check('DEFAULT', 'u')).toMatchObject(rejected);
    expect(await limiter.check('CLOSED', 'u')).toMatchObject(rejected);
    expect(await limiter.check('OPEN', 'u')).toMatchObject({ ...undecided, allowed: true, retryAfterMs: 0 });
    expect(await limiter.peek('CLOSED', 'u')).toMatchObject(rejected);
    expect(limiter.stats().policies.CLOSED).toMatchObject({ allowed: 0, limited: 0, unavailable: 1 });
  });

  it.each([
    [null],
    ['<html>'],
    [[]],
    [[3, 1, 1, 1, 1, 1, 1]],
    [[3, 1, 1, 1, 1, 1, 1, '0']],
    [[3, 1, 1, 1, 1, 1, 1, 0, 0]],
    [[3, 1, 1, 1, NaN, 1, 1, 0]],
  ])('is not made to let pass by a reply of %j', async (reply) => {
    const { limiter } = open(() => Promise.resolve(reply));
    expect(await limiter.check('CLOSED', 'u')).toMatchObject({
      outcome: 'unavailable',
      allowed: false,
      cause: { code: 'ERR_RATE_LIMIT_UNEXPECTED_REPLY' },
    });
  });

  it('asks once, and not for long', async () => {
    const { limiter, asked } = open(() => Promise.reject(late));
    await limiter.check('CLOSED', 'u');
    expect(asked).toEqual([{ source: 'rate-limit', timeoutMs: 500, retry: 'none' }]);
    const patient = open(() => Promise.reject(late), { timeoutMs: 1500 });
    await patient.limiter.checkAll([{ policy: 'CLOSED', key: 'u' }]);
    expect(patient.asked).toMatchObject([{ timeoutMs: 1500, retry: 'none' }]);
  });

  it('waits once for the lease of another, and asks for no longer than what is left of its time', async () => {
    const replies: ((reply: unknown) => void)[] = [];
    const { limiter, asked } = open(() => new Promise((resolve) => replies.push(resolve)));
    const checks = [1, 2, 3].map(() => limiter.check('LEASED', 'u'));
    expect(asked).toHaveLength(1);
    nowMs += 400;
    replies[0]?.([3, 1, 1, 1, 2, 60_000, 0, 0]);
    await checks[0];
    await new Promise(setImmediate);
    expect(asked).toMatchObject([{ timeoutMs: 500 }, { timeoutMs: 100 }, { timeoutMs: 100 }]);
    for (const reply of replies) reply([3, 1, 1, 1, 1, 60_000, 0, 0]);
    expect((await Promise.all(checks)).map(({ outcome }) => outcome)).toEqual(Array(3).fill('allowed'));
  });

  it('counts in this process where the policy says so, and says that it does', async () => {
    const { limiter } = open(() => Promise.reject(down));
    const seen = [];
    for (let at = 0; at < 3; at += 1) seen.push(await limiter.check('MEMORY', 'u'));
    expect(seen.map(({ outcome, allowed, remaining }) => [outcome, allowed, remaining])).toEqual([
      ['allowed', true, 1],
      ['allowed', true, 0],
      ['limited', false, 0],
    ]);
    expect(seen[2]).toMatchObject({ answeredBy: 'process-memory', retryAfterMs: 60_001, cause: down });
    expect(await limiter.peek('MEMORY', 'other')).toMatchObject({ allowed: true, remaining: 2 });
    nowMs += 60_001;
    expect(await limiter.check('MEMORY', 'u')).toMatchObject({ outcome: 'allowed', remaining: 1 });
  });

  it('takes from several limits what each says, all or nothing', async () => {
    const { limiter } = open(() => Promise.reject(down));
    const passes = await limiter.checkAll([
      { policy: 'OPEN', key: 'u' },
      { policy: 'MEMORY_BUCKET', key: 'u' },
      { policy: 'MEMORY', key: 'u' },
    ]);
    expect(passes).toMatchObject({ outcome: 'unavailable', allowed: true, rejectedBy: [] });
    const rejects = await limiter.checkAll([
      { policy: 'MEMORY', key: 'u' },
      { policy: 'MEMORY_BUCKET', key: 'u' },
    ]);
    expect(rejects).toMatchObject({
      outcome: 'limited',
      allowed: false,
      rejectedBy: [{ policy: 'MEMORY_BUCKET' }],
    });
    const closed = await limiter.checkAll([
      { policy: 'MEMORY', key: 'u' },
      { policy: 'CLOSED', key: 'u' },
    ]);
    expect(closed).toMatchObject({
      outcome: 'unavailable',
      allowed: false,
      rejectedBy: [{ policy: 'CLOSED' }],
    });
    expect(await limiter.peek('MEMORY', 'u')).toMatchObject({ remaining: 1 });
  });

  it('goes on rejecting by what Redis said before', async () => {
    let isDown = false;
    const reply = [3, 1, 0, 0, 0, 60_000, 30_000, 0];
    const { limiter } = open(() => (isDown ? Promise.reject(down) : Promise.resolve(reply)));
    await limiter.check('OPEN', 'u');
    isDown = true;
    expect(await limiter.check('OPEN', 'u')).toMatchObject({ outcome: 'limited', allowed: false });
    nowMs += 30_000;
    expect(await limiter.check('OPEN', 'u')).toMatchObject({ outcome: 'unavailable', allowed: true });
  });

  it('fails with one request for all who waited for its lease, and lives off units that it has', async () => {
    let answer = () => Promise.resolve([3, 1, 1, 1, 90, 60_000, 0, 4]);
    const { limiter, asked } = open(() => answer());
    await limiter.check('LEASED', 'u');
    answer = () => Promise.reject(late);
    const four = await Promise.all([1, 2, 3, 4].map(() => limiter.check('LEASED', 'u')));
    expect(four.map(({ answeredBy }) => answeredBy)).toEqual(['lease', 'lease', 'lease', 'lease']);
    expect(asked).toHaveLength(1);
    const five = await Promise.all([1, 2, 3, 4, 5].map(() => limiter.check('LEASED', 'u')));
    expect(five.every(({ outcome, allowed }) => outcome === 'unavailable' && !allowed)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('lets `reset` fail', async () => {
    const { limiter } = open(() => Promise.reject(down));
    await expect(limiter.reset('CLOSED', 'u')).rejects.toBe(down);
  });

  it('shows neither key nor value in what it says', async () => {
    const { limiter } = open(() => Promise.reject(down));
    expect(JSON.stringify(await limiter.check('CLOSED', 'alice@example.org'))).not.toContain('alice');
  });
});
