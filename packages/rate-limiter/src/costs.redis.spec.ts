import { setTimeout as sleep } from 'node:timers/promises';
import { REDIS_COMMAND_CHANNEL, type HttpRedis, type RedisCommandMessage } from '@switchyard/http-redis';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { definePolicies, smsPolicy } from './index.js';
import { createRedisCounter } from './redis-counter.js';
import { bucketRule, windowRule } from './rule.js';
import { startLab, type Lab } from './spec-support/start-lab.js';
import { LATER_MS, virtualRedis } from './spec-support/virtual-redis.js';

const policies = definePolicies({
  API: { algorithm: 'sliding-window', limit: 60, windowSeconds: 60 },
  IP: { algorithm: 'sliding-window', limit: 1000, windowSeconds: 60 },
  SHORT: { algorithm: 'sliding-window', limit: 10, windowSeconds: 0.1 },
  LEASED: { algorithm: 'sliding-window', limit: 60, windowSeconds: 60, lease: 5 },
  BUCKET: { algorithm: 'token-bucket', capacity: 100, refillPerSecond: 10 },
  SMS: smsPolicy(),
});

let lab: Lab;
let announced = 0;
const announce = (message: unknown) => {
  announced += (message as RedisCommandMessage).billed;
};
beforeAll(async () => {
  lab = await startLab();
  subscribe(REDIS_COMMAND_CHANNEL, announce);
  // Redis knows the script from here on, as it does all but once in its life.
  await lab.open(policies).check('API', 'first');
});
afterAll(async () => {
  unsubscribe(REDIS_COMMAND_CHANNEL, announce);
  await lab.stop();
});

/** Billed commands and requests per call, and that what is announced of them is what Redis counted. */
async function cost(calls: number, call: (at: number) => Promise<unknown>) {
  announced = 0;
  const requests = lab.endpoint.requests;
  const billed = await lab.billed(async () => {
    for (let at = 0; at < calls; at += 1) await call(at);
  });
  expect(announced).toBe(billed);
  return { billed: billed / calls, requests: (lab.endpoint.requests - requests) / calls };
}

describe('what a check costs', () => {
  it('is at most 3.3 commands and one request where it is allowed', async () => {
    const limiter = lab.open(policies);
    const { billed, requests } = await cost(60, () => limiter.check('API', 'allowed'));
    expect(limiter.stats().policies.API).toMatchObject({ allowed: 60, limited: 0 });
    expect(billed).toBeLessThanOrEqual(3.1);
    expect(requests).toBe(1);
  });

  it('is at most 3.3 on a long run at the limit, over many windows, rejections included', async () => {
    const limiter = lab.open(policies);
    const all = await cost(1, async () => {
      for (let window = 0; window < 15; window += 1) {
        // In one request, and so within the window however slow this machine is.
        await Promise.all(Array.from({ length: 10 }, () => limiter.check('SHORT', 'long run')));
        const { resetAfterMs } = await limiter.check('SHORT', 'long run');
        await sleep(resetAfterMs + 1);
      }
    });
    const { allowed, limited } = limiter.stats().policies.SHORT;
    expect(limited).toBeGreaterThan(5);
    expect(all.billed / allowed).toBeLessThanOrEqual(3.3);
  });

  it('is at most 0.9 where it is allowed, with a lease of 5, up to the last unit of 60', async () => {
    const limiter = lab.open(policies);
    const { billed } = await cost(60, () => limiter.check('LEASED', 'leased'));
    expect(limiter.stats().policies.LEASED.allowed).toBe(60);
    expect(billed).toBeLessThanOrEqual(0.9);
  });

  it('is nothing where it is rejected by the process that took the last', async () => {
    const limiter = lab.open(policies);
    for (let at = 0; at < 60; at += 1) await limiter.check('API', 'rejected');
    expect(await cost(200, () => limiter.check('API', 'rejected'))).toEqual({ billed: 0, requests: 0 });
    expect(limiter.stats().policies.API).toMatchObject({ allowed: 60, limited: 200, remembered: 200 });
  });

  it('is at most 0.05 where it is rejected again and again, and 3, writing nothing, the first time', async () => {
    const limiter = lab.open(policies);
    await limiter.check('API', 'another');
    const state = await lab.admin.dump('limit:API:w60000:=rejected');
    expect(await cost(1, () => limiter.check('API', 'rejected'))).toEqual({ billed: 3, requests: 1 });
    expect(await lab.admin.dump('limit:API:w60000:=rejected')).toEqual(state);
    expect(await cost(200, () => limiter.check('API', 'rejected'))).toEqual({ billed: 0, requests: 0 });
    expect(limiter.stats().policies.API).toMatchObject({ allowed: 1, limited: 201, remembered: 200 });
  });

  it('is 4 for a first rejection by a process that knows nothing of the time of Redis', async () => {
    const limiter = lab.open(policies);
    for (let at = 0; at < 60; at += 1) await limiter.check('API', 'stranger');
    const stranger = lab.open(policies);
    expect(await cost(1, () => stranger.check('API', 'stranger'))).toEqual({ billed: 4, requests: 1 });
  });

  it('is at most 5.5 in one request for two limits', async () => {
    const limiter = lab.open(policies);
    const { billed, requests } = await cost(50, () =>
      limiter.checkAll([
        { policy: 'API', key: 'two' },
        { policy: 'IP', key: '2001:db8::/56' },
      ]),
    );
    expect(limiter.stats().policies.IP.allowed).toBe(50);
    expect(billed).toBeLessThanOrEqual(5.1);
    expect(requests).toBe(1);
  });

  it('is nothing for two limits of which one is known to reject', async () => {
    const limiter = lab.open(policies);
    const both = () =>
      limiter.checkAll([
        { policy: 'IP', key: '::1' },
        { policy: 'API', key: 'rejected' },
      ]);
    await both();
    expect(await cost(100, both)).toEqual({ billed: 0, requests: 0 });
  });

  it('is one request for 50 callers at once', async () => {
    const limiter = lab.open(policies);
    const { requests } = await cost(1, () =>
      Promise.all(Array.from({ length: 50 }, () => limiter.check('LEASED', 'at once'))),
    );
    expect(limiter.stats().policies.LEASED.allowed).toBe(50);
    expect(requests).toBe(1);
  });

  it('is at most 3.3 for a token bucket, 3 to peek, 1 to reset', async () => {
    const limiter = lab.open(policies);
    expect((await cost(100, () => limiter.check('BUCKET', 'tokens'))).billed).toBeLessThanOrEqual(3.1);
    expect(await cost(10, () => limiter.peek('SMS', '+49 30 1234567'))).toEqual({ billed: 3, requests: 1 });
    expect(await cost(1, () => limiter.reset('BUCKET', 'tokens'))).toEqual({ billed: 1, requests: 1 });
  });
});

describe('what a check costs on a clock that the test drives', () => {
  const WINDOW_MS = 1000;
  const window = windowRule('API', { limit: 5, windowSeconds: WINDOW_MS / 1000 });
  const bucket = bucketRule('BUCKET', { capacity: 1, refillPerSecond: 1 });

  /** Over a network that takes so long for each way; `billed` is what was billed so far. */
  function openFar(travelMs: number) {
    const clock = { nowMs: LATER_MS };
    const near = virtualRedis(lab.admin, clock);
    const far = { clock, billed: 0 };
    const script = async (...call: Parameters<HttpRedis['script']>) => {
      clock.nowMs += travelMs;
      const reply = await near.script(...call);
      clock.nowMs += travelMs;
      far.billed += (reply as number[])[0] as number;
      return reply;
    };
    return { far, counter: createRedisCounter({ script } as HttpRedis, 500, () => clock.nowMs) };
  }

  it.each([
    ['to the millisecond', window, () => 0],
    ['a millisecond late', window, (at: number) => at],
    ['anywhere in it', window, () => Math.random() * (WINDOW_MS - 1)],
    ['when a bucket is full again', bucket, () => 0],
    ['a millisecond after a bucket is full again', bucket, (at: number) => at],
  ])('is at most 3.3 where a key is asked about once in each window, %s', async (name, rule, lateMs) => {
    const { far, counter } = openFar(0);
    for (let at = 0; at < 100; at += 1) {
      far.clock.nowMs = LATER_MS + at * WINDOW_MS + Math.floor(lateMs(at));
      const [verdict] = await counter.take([{ key: name, rule, units: 1, leasable: 0 }]);
      expect(verdict?.fits).toBe(true);
    }
    expect(far.billed / 100).toBeLessThanOrEqual(3.3);
  });

  it('is 3 for who waits as long as told, however far Redis is', async () => {
    const { far, counter } = openFar(40);
    const rule = windowRule('API', { limit: 1, windowSeconds: WINDOW_MS / 1000 });
    const take = async () => (await counter.take([{ key: 'patient', rule, units: 1, leasable: 0 }]))[0];
    far.clock.nowMs += Number((await take())?.nextAfterMs);
    const before = far.billed;
    expect(await take()).toMatchObject({ fits: true });
    expect(far.billed - before).toBe(3);
  });
});

describe('what a key weighs in Redis', () => {
  it('is a log of a thousand runs at most, 32 kB, whatever the limit', async () => {
    const clock = { nowMs: LATER_MS };
    const counter = createRedisCounter(virtualRedis(lab.admin, clock), 500, () => clock.nowMs);
    const rule = windowRule('busy', { limit: 1_000_000_000, windowSeconds: 31 * 86_400 });
    for (let at = 0; at < 2678; at += 1) {
      clock.nowMs += 1_000_000;
      await counter.take([{ key: 'busy', rule, units: 999, leasable: 0 }]);
    }
    const [[, [, state]]] = (await lab.admin.xrevrange('busy', '+', '-', 'COUNT', 1)) as [[string, string[]]];
    const runs = String(state).match(/\d+x\d+,/g) ?? [];
    expect(runs.length).toBeGreaterThan(900);
    expect(runs.length).toBeLessThanOrEqual(1000);
    expect(await lab.admin.memory('USAGE', 'busy')).toBeLessThan(32_768);
    const [verdict] = await counter.peek([{ key: 'busy', rule, units: 1, leasable: 0 }]);
    expect(verdict?.remaining).toBe(1_000_000_000 - 2678 * 999);
  });
});
