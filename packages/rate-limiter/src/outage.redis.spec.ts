import type { HttpRedisOptions } from '@switchyard/http-redis';
import { definePolicies, type RateLimiter, type RateLimitResult } from './index.js';
import { startLab, type Lab } from './spec-support/start-lab.js';
import { until } from './spec-support/until.js';

const LIMIT = 3;
const window = { algorithm: 'sliding-window', limit: LIMIT, windowSeconds: 3600 } as const;
const policies = definePolicies({
  CLOSED: { ...window, whenUnavailable: 'reject' },
  OPEN: { ...window, whenUnavailable: 'allow' },
  MEMORY: { ...window, whenUnavailable: 'memory' },
  BUSY: { ...window, limit: 200, whenUnavailable: 'reject' },
  OTHER: { ...window, whenUnavailable: 'reject' },
});

const TIMEOUT_MS = 250;
const quickCircuit = { firstWaitMs: 10, maxWaitMs: 20 };

let lab: Lab;
/** Of one test alone. */
let key: string;
let keys = 0;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab?.stop());
beforeEach(() => {
  key = `u${(keys += 1)}`;
});

type Limiter = RateLimiter<typeof policies>;
const open = (redis: Partial<HttpRedisOptions> = {}): Limiter =>
  lab.open(policies, { timeoutMs: TIMEOUT_MS }, { circuit: quickCircuit, ...redis });
const untilRedisAnswers = (limiter: Limiter) =>
  until(async () => (await limiter.check('OTHER', `${key}-probe`)).answeredBy === 'redis');

interface Outage {
  readonly name: string;
  readonly code: string;
  readonly redis?: Partial<HttpRedisOptions>;
  begin(): unknown;
  end(): unknown;
}

const faults = (name: string, code: string, set: Parameters<Lab['endpoint']['setFaults']>[0]): Outage => ({
  name,
  code,
  begin: () => lab.endpoint.setFaults(set),
  end: () => lab.endpoint.setFaults({}),
});

describe.each<Outage>([
  {
    name: 'an endpoint that is down',
    code: 'ERR_REDIS_UNAVAILABLE',
    begin: () => lab.killEndpoint(),
    end: () => lab.startEndpointAgain(),
  },
  faults('an endpoint that hangs', 'ERR_REDIS_TIMEOUT', { latencyMs: 4 * TIMEOUT_MS }),
  faults('an endpoint that fails', 'ERR_REDIS_UNAVAILABLE', { errorShare: 1 }),
  faults('an endpoint whose answers are lost', 'ERR_REDIS_UNAVAILABLE', { dropShare: 1 }),
  {
    name: 'a token that is wrong',
    code: 'ERR_REDIS_AUTH',
    redis: { token: 'wrong' },
    begin: () => undefined,
    end: () => undefined,
  },
])('$name', ({ code, redis, begin, end }) => {
  let limiter: Limiter;
  beforeEach(async () => {
    limiter = open(redis);
    await begin();
  });
  afterEach(() => end());

  test('lets nobody pass where the policy says so, and names the reason', async () => {
    expect(await limiter.check('CLOSED', key)).toMatchObject({
      outcome: 'unavailable',
      allowed: false,
      answeredBy: 'nobody',
      remaining: 0,
      retryAfterMs: 1000,
      cause: { code },
    });
    expect(await limiter.peek('CLOSED', key)).toMatchObject({ outcome: 'unavailable', allowed: false });
  });

  test('lets everybody pass where the policy says so, beyond its limit too', async () => {
    for (let i = 0; i < LIMIT + 1; i += 1) {
      const result = await limiter.check('OPEN', key);
      expect(result).toMatchObject({ outcome: 'unavailable', allowed: true, answeredBy: 'nobody' });
      // The circuit may be open by now; the reason stays one of Redis.
      expect(result.cause).toMatchObject({ code: expect.stringMatching(/^ERR_REDIS_/) });
    }
  });

  test('lets as many pass as the limit where the policy counts in this process', async () => {
    const results: RateLimitResult[] = [];
    for (let i = 0; i < LIMIT + 2; i += 1) results.push(await limiter.check('MEMORY', key));
    expect(results.map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(LIMIT).fill('allowed'),
      'limited',
      'limited',
    ]);
    expect(new Set(results.map(({ answeredBy }) => answeredBy))).toEqual(new Set(['process-memory']));
    expect(results.at(-1)).toMatchObject({ allowed: false, retryAfterMs: expect.any(Number) });
  });

  test('lets nobody pass several limits of which one says so, and the others stay uncharged', async () => {
    for (let i = 0; i < LIMIT + 1; i += 1) {
      const combined = await limiter.checkAll([
        { policy: 'OPEN', key },
        { policy: 'CLOSED', key },
        { policy: 'MEMORY', key },
      ]);
      expect(combined).toMatchObject({ outcome: 'unavailable', allowed: false, retryAfterMs: 1000 });
      expect(combined.rejectedBy.map(({ policy }) => policy)).toEqual(['CLOSED']);
    }
    expect(await limiter.check('MEMORY', key)).toMatchObject({ remaining: LIMIT - 1 });
  });
});

describe('after an outage', () => {
  test('Redis decides again, and knows nothing of what passed without it', async () => {
    const limiter = open();
    await limiter.check('OPEN', key);
    await lab.killEndpoint();
    for (let i = 0; i < 2 * LIMIT; i += 1) await limiter.check('OPEN', key);
    await lab.startEndpointAgain();
    await untilRedisAnswers(limiter);
    const results: RateLimitResult[] = [];
    for (let i = 0; i < LIMIT; i += 1) results.push(await limiter.check('OPEN', key));
    expect(results.map(({ outcome }) => outcome)).toEqual(['allowed', 'allowed', 'limited']);
  });

  test('a check whose answer was lost has been charged, once: it is never sent again', async () => {
    const limiter = open({ circuit: { failures: 100 } });
    await limiter.peek('CLOSED', key);
    lab.endpoint.setFaults({ dropShare: 1 });
    const before = lab.endpoint.requests;
    for (let i = 0; i < LIMIT - 1; i += 1) {
      expect(await limiter.check('CLOSED', key)).toMatchObject({ outcome: 'unavailable', allowed: false });
    }
    expect(lab.endpoint.requests - before).toBe(LIMIT - 1);
    lab.endpoint.setFaults({});
    expect(await limiter.peek('CLOSED', key)).toMatchObject({ remaining: 1 });
  });
});

test('an endpoint that is killed and comes again under load: every check is answered, and none too many admitted', async () => {
  const limiter = open();
  const { limit } = policies.BUSY;
  const workers = 20;
  const outcomes = { allowed: 0, limited: 0, unavailable: 0 };
  // Charged perhaps, without an answer.
  let lost = 0;
  const checkOnAndOn = async () => {
    while (outcomes.limited === 0) {
      const { outcome, allowed, cause } = await limiter.check('BUSY', key);
      expect(allowed).toBe(outcome === 'allowed');
      outcomes[outcome] += 1;
      if (cause && 'mayHaveBeenApplied' in cause && cause.mayHaveBeenApplied) lost += 1;
      // What fails in microseconds would not let the endpoint come again.
      if (outcome === 'unavailable') await new Promise(setImmediate);
    }
  };
  const checking = Promise.all(Array.from({ length: workers }, checkOnAndOn));
  await until(() => outcomes.allowed >= limit / 4);
  await lab.killEndpoint();
  await until(() => outcomes.unavailable >= workers);
  await lab.startEndpointAgain();
  await checking;
  expect(outcomes.allowed).toBeLessThanOrEqual(limit);
  expect(outcomes.allowed).toBeGreaterThanOrEqual(limit - lost);
  expect(limiter.stats().policies.BUSY).toMatchObject(outcomes);
});
