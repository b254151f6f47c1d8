import { setTimeout as sleep } from 'node:timers/promises';
import { definePolicies, smsPolicy } from './index.js';
import { startLab, type Lab } from './spec-support/start-lab.js';

const window = { algorithm: 'sliding-window', limit: 3, windowSeconds: 60 } as const;
const policies = definePolicies({
  API: { ...window, tiers: { pro: { limit: 5 }, free: { limit: 1 } } },
  IP: { ...window, limit: 4 },
  SHORT: { ...window, windowSeconds: 0.5 },
  LEASED: { ...window, limit: 20, lease: { units: 5, seconds: 60 } },
  BUCKET: { algorithm: 'token-bucket', capacity: 3, refillPerSecond: 0.001 },
  SMS: smsPolicy({ limit: 2, defaultCountry: 'DE' }),
});

let lab: Lab;
let keys = 0;
/** Of one test. */
let key: string;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());
beforeEach(() => {
  key = `user-${(keys += 1)}`;
});
const open = () => lab.open(policies);

async function outcomes(count: number, check: () => Promise<{ outcome: string }>): Promise<string[]> {
  const seen = [];
  for (let at = 0; at < count; at += 1) seen.push((await check()).outcome);
  return seen;
}

describe('check', () => {
  it('says what is left, when it resets and when to come again', async () => {
    const limiter = open();
    const first = await limiter.check('API', key);
    expect(first).toMatchObject({ policy: 'API', outcome: 'allowed', allowed: true, limit: 3, remaining: 2 });
    expect(first).toMatchObject({ retryAfterMs: 0, resetAfterMs: 60_001, answeredBy: 'redis' });
    expect(Math.abs(first.resetAt - Date.now() - 60_000)).toBeLessThan(10_000);
    await limiter.check('API', key, { units: 2 });
    for (const [asked, answeredBy] of [
      [limiter, 'remembered-rejection'],
      [open(), 'redis'],
    ] as const) {
      const rejected = await asked.check('API', key);
      expect(rejected).toMatchObject({ outcome: 'limited', allowed: false, remaining: 0, answeredBy });
      expect(rejected.retryAfterMs).toBeGreaterThan(50_000);
      expect(rejected.retryAfterMs).toBeLessThanOrEqual(rejected.resetAfterMs);
    }
  });

  it('admits again when it said it would, for as often as a window goes by', async () => {
    const limiter = open();
    for (let round = 0; round < 3; round += 1) {
      // In one request, and so within the window however slow this machine is.
      const four = await Promise.all([1, 2, 3, 4].map(() => limiter.check('SHORT', key)));
      expect(four.map(({ outcome }) => outcome)).toEqual(['allowed', 'allowed', 'allowed', 'limited']);
      await sleep(Math.max(...four.map(({ resetAfterMs }) => resetAfterMs)) + 1);
    }
  });

  it('has one less left each time, whoever answers: what is on lease here is left', async () => {
    const limiter = open();
    const seen = [];
    for (let at = 0; at < 7; at += 1) seen.push(await limiter.check('LEASED', key));
    expect(seen.map(({ remaining }) => remaining)).toEqual([19, 18, 17, 16, 15, 14, 13]);
    expect(new Set(seen.map(({ answeredBy }) => answeredBy))).toEqual(new Set(['redis', 'lease']));
    expect(await limiter.peek('LEASED', key)).toMatchObject({ remaining: 10 });
  });

  it('does not count what it rejects', async () => {
    const limiter = lab.open(policies, { rejectionMemorySeconds: 0 });
    await outcomes(3, () => limiter.check('API', key));
    const before = await limiter.peek('API', key);
    expect(new Set(await outcomes(20, () => limiter.check('API', key, { units: 3 })))).toEqual(
      new Set(['limited']),
    );
    const after = await limiter.peek('API', key);
    expect(after.resetAfterMs).toBeLessThanOrEqual(before.resetAfterMs);
    expect(limiter.stats().policies.API).toMatchObject({ allowed: 3, limited: 20, remembered: 0 });
  });

  it('admits fewer units where more were rejected', async () => {
    const limiter = open();
    await limiter.check('API', key);
    expect(await limiter.check('API', key, { units: 3 })).toMatchObject({ outcome: 'limited', remaining: 2 });
    expect(await limiter.check('API', key, { units: 2 })).toMatchObject({ outcome: 'allowed' });
    expect(await limiter.check('API', key, { units: 3 })).toMatchObject({
      answeredBy: 'remembered-rejection',
    });
  });

  it('counts tiers of one key together, each to its own limit', async () => {
    const limiter = open();
    expect(await limiter.check('API', key, { tier: 'free' })).toMatchObject({ allowed: true, limit: 1 });
    expect(await limiter.check('API', key, { tier: 'free' })).toMatchObject({ allowed: false, remaining: 0 });
    expect(await limiter.check('API', key)).toMatchObject({ allowed: true, limit: 3, remaining: 1 });
    expect(await limiter.check('API', key, { tier: 'pro', units: 3 })).toMatchObject({
      allowed: true,
      limit: 5,
    });
    expect(await limiter.check('API', key)).toMatchObject({ allowed: false, remaining: 0 });
  });

  it('counts one phone number in all its spellings, and keeps it out of the keys', async () => {
    const limiter = open();
    await limiter.check('SMS', '030 7654321');
    await limiter.check('SMS', '+49 (30) 765-4321');
    expect(await limiter.check('SMS', '+49307654321')).toMatchObject({ outcome: 'limited' });
    expect((await lab.admin.keys('*')).join()).not.toMatch(/7654321/);
    await expect(limiter.check('SMS', 'nobody 12345')).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_RATE_LIMIT_PHONE_NUMBER',
        message: expect.not.stringContaining('12345'),
      }),
    );
  });

  it.each([
    [{ units: 4 }, 'ERR_RATE_LIMIT_UNITS_ABOVE_LIMIT'],
    [{ units: 2, tier: 'free' }, 'ERR_RATE_LIMIT_UNITS_ABOVE_LIMIT'],
    [{ units: 0 }, 'ERR_RATE_LIMIT_OPTION'],
    [{ units: 1.5 }, 'ERR_RATE_LIMIT_OPTION'],
    [{ units: -1 }, 'ERR_RATE_LIMIT_OPTION'],
    [{ tier: 'gold' }, 'ERR_RATE_LIMIT_OPTION'],
    [{ tier: 'toString' }, 'ERR_RATE_LIMIT_OPTION'],
  ])('refuses %p', async (options, code) => {
    await expect(open().check('API', key, options as object)).rejects.toThrow(
      expect.objectContaining({ code }),
    );
    expect(await lab.admin.keys(`*${key}*`)).toEqual([]);
  });

  it('refuses a policy that there is not', async () => {
    await expect(open().check('APY' as never, key)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_RATE_LIMIT_UNKNOWN_POLICY', policy: 'APY' }),
    );
  });
});

describe('checkAll', () => {
  const both = (limiter: ReturnType<typeof open>) =>
    limiter.checkAll([
      { policy: 'API', key },
      { policy: 'IP', key },
    ]);

  it('charges all or none, and says who rejects', async () => {
    const limiter = lab.open(policies, { rejectionMemorySeconds: 0 });
    expect(await outcomes(4, () => both(limiter))).toEqual(['allowed', 'allowed', 'allowed', 'limited']);
    const rejected = await both(limiter);
    expect(rejected).toMatchObject({ allowed: false, outcome: 'limited' });
    expect(rejected.results.map(({ policy, allowed }) => [policy, allowed])).toEqual([
      ['API', false],
      ['IP', true],
    ]);
    expect(rejected.rejectedBy.map(({ policy }) => policy)).toEqual(['API']);
    expect(rejected.retryAfterMs).toBe(rejected.rejectedBy[0]?.retryAfterMs);
    expect(await limiter.peek('IP', key)).toMatchObject({ remaining: 1 });
  });

  it('charges none when the last of them rejects, nor leaves a key behind', async () => {
    const limiter = open();
    await outcomes(3, () => limiter.check('API', key));
    const stranger = open();
    const asked = stranger.checkAll([
      { policy: 'IP', key: 'never-seen' },
      { policy: 'BUCKET', key: 'never-seen' },
      { policy: 'API', key },
    ]);
    expect(await asked).toMatchObject({ outcome: 'limited' });
    expect(await lab.admin.keys('*never-seen*')).toEqual([]);
  });

  it('answers from memory with those alone that are known to reject', async () => {
    const limiter = open();
    await outcomes(4, () => both(limiter));
    const remembered = await both(limiter);
    expect(remembered.results).toEqual([
      expect.objectContaining({ policy: 'API', answeredBy: 'remembered-rejection', allowed: false }),
    ]);
    expect(remembered.rejectedBy).toEqual(remembered.results);
  });

  it('takes a window and a bucket together', async () => {
    const limiter = open();
    const mixed = () =>
      limiter.checkAll([
        { policy: 'IP', key },
        { policy: 'BUCKET', key, units: 2 },
      ]);
    expect(await outcomes(2, mixed)).toEqual(['allowed', 'limited']);
    expect(await limiter.peek('IP', key)).toMatchObject({ remaining: 3 });
  });

  it('asks for one limit as `check` does, on its lease too', async () => {
    const limiter = open();
    await limiter.checkAll([{ policy: 'LEASED', key }]);
    const { results } = await limiter.checkAll([{ policy: 'LEASED', key }]);
    expect(results).toMatchObject([{ answeredBy: 'lease' }]);
  });

  it('refuses one limit named twice, and none', async () => {
    const limiter = open();
    const twice = [
      { policy: 'SMS', key: '030 1112223' },
      { policy: 'SMS', key: '+49301112223' },
    ] as const;
    for (const requests of [twice, []]) {
      await expect(limiter.checkAll(requests)).rejects.toThrow(
        expect.objectContaining({ option: 'requests' }),
      );
    }
  });
});

describe('peek', () => {
  it('takes nothing, and tells the quota whichever way it was taken', async () => {
    const limiter = open();
    expect(await limiter.peek('SMS', '030 99887766')).toMatchObject({
      allowed: true,
      remaining: 2,
      resetAfterMs: 0,
    });
    await limiter.check('SMS', '030 99887766');
    expect(await outcomes(3, () => limiter.peek('SMS', '030 99887766'))).toEqual([
      'allowed',
      'allowed',
      'allowed',
    ]);
    expect(await limiter.peek('SMS', '030 99887766', { units: 2 })).toMatchObject({
      allowed: false,
      remaining: 1,
    });
    expect(limiter.stats().policies.SMS).toMatchObject({ allowed: 1, limited: 0 });
  });
});

describe('reset', () => {
  it('is seen at once here, remembered rejections and leases included', async () => {
    const limiter = open();
    await outcomes(4, () => limiter.check('API', key));
    await limiter.reset('API', key);
    expect(await limiter.check('API', key)).toMatchObject({ outcome: 'allowed', remaining: 2 });
    await limiter.check('LEASED', key);
    await limiter.reset('LEASED', key);
    expect(await limiter.check('LEASED', key)).toMatchObject({ answeredBy: 'redis', remaining: 19 });
  });

  it('is seen by another process when it believes its rejection no longer', async () => {
    let nowMs = 0;
    const clocks = { now: () => nowMs, wallNow: () => nowMs };
    const other = lab.open(policies, { rejectionMemorySeconds: 30 }, {}, clocks);
    await outcomes(4, () => other.check('API', key));
    await open().reset('API', key);
    nowMs = 29_999;
    expect(await other.check('API', key)).toMatchObject({ answeredBy: 'remembered-rejection' });
    nowMs = 30_000;
    expect(await other.check('API', key)).toMatchObject({ outcome: 'allowed' });
  });
});

describe('close', () => {
  it('refuses what comes after, and lets what is under way end', async () => {
    const limiter = open();
    const underWay = limiter.check('API', key);
    limiter.close();
    expect(await underWay).toMatchObject({ outcome: 'allowed' });
    const closed = expect.objectContaining({ code: 'ERR_RATE_LIMITER_CLOSED' });
    await expect(limiter.check('API', key)).rejects.toThrow(closed);
    await expect(limiter.checkAll([{ policy: 'API', key }])).rejects.toThrow(closed);
    await expect(limiter.peek('API', key)).rejects.toThrow(closed);
    await expect(limiter.reset('API', key)).rejects.toThrow(closed);
  });
});
