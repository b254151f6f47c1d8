import express from 'express';
import { rateLimit as expressRateLimit, type Options } from 'express-rate-limit';
import { parseList } from 'structured-headers';
import { UnknownPolicyError } from '../errors.js';
import { definePolicies } from '../policy.js';
import { scriptLimiter } from '../spec-support/scripted-limiter.js';
import { serve, stopServing } from '../spec-support/serve-express.js';
import { createRateLimitStore, type RateLimitStore } from './index.js';

const policies = definePolicies({
  API: { algorithm: 'sliding-window', limit: 10, windowSeconds: 60 },
  AUTH: { algorithm: 'sliding-window', limit: 5, windowSeconds: 900 },
  TENANT: { algorithm: 'token-bucket', capacity: 100, refillPerSecond: 8 },
});

let logged: unknown[];
beforeEach(() => {
  logged = [];
});
afterEach(stopServing);

const logger = {
  error: (error: unknown) => logged.push(error),
  warn: (error: unknown) => logged.push(error),
};

function limitBy(store: RateLimitStore, options: Partial<Options> = {}) {
  const { limit, windowMs } = store;
  return expressRateLimit({
    store,
    limit,
    windowMs,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: store.prefix.slice(0, -1),
    logger: logger as Options['logger'],
    ...options,
  });
}

function appWith(...middleware: express.RequestHandler[]) {
  return express().use(...middleware, (_request, response) => void response.send('handled'));
}

test('an admitted request is one of up to `limit` hits, and the fields say what remains', async () => {
  const limiter = scriptLimiter(policies, () => ({ remaining: 7, resetAfterMs: 30_000 }));
  const { get } = await serve(appWith(limitBy(createRateLimitStore(limiter, 'API'))));
  const { status, headers } = await get();
  expect(status).toBe(200);
  const [[name, parameters]] = parseList(headers['ratelimit'] as string) as [[string, Map<string, number>]];
  expect([name, parameters.get('r')]).toEqual(['API', 7]);
  expect(headers['ratelimit-policy']).toMatch(/^"API"; q=10; w=60; pk=:/);
  expect(limiter.asked).toEqual([[{ policy: 'API', key: '127.0.0.1' }]]);
  expect(logged).toEqual([]);
});

test.each([
  { remaining: 9, totalHits: 1 },
  { remaining: 0, totalHits: 10 },
  { remaining: 10, totalHits: 1 },
])('with $remaining remaining it is hit $totalHits', async ({ remaining, totalHits }) => {
  const store = createRateLimitStore(
    scriptLimiter(policies, () => ({ remaining })),
    'API',
  );
  expect(await store.increment('k')).toMatchObject({ totalHits });
});

test('a rejected request is one hit too many, and may come again when the policy says', async () => {
  const rejected = { outcome: 'limited', allowed: false, remaining: 0, retryAfterMs: 7_000 } as const;
  const store = createRateLimitStore(
    scriptLimiter(policies, () => rejected),
    'API',
  );
  const { get } = await serve(appWith(limitBy(store)));
  const { status, headers } = await get();
  expect(status).toBe(429);
  expect(headers['retry-after']).toBe('7');
  expect(headers['ratelimit']).toBe('"API"; r=0; t=7');
});

test('a bucket is as wide as the time in which it fills', () => {
  const store = createRateLimitStore(scriptLimiter(policies), 'TENANT');
  expect(store).toMatchObject({ limit: 100, windowMs: 12_500 });
});

test('two policies may count one key in one request', async () => {
  const limiter = scriptLimiter(policies);
  const both = [createRateLimitStore(limiter, 'API'), createRateLimitStore(limiter, 'AUTH')].map((store) =>
    limitBy(store),
  );
  const { get } = await serve(appWith(...both));
  expect((await get()).status).toBe(200);
  expect(logged).toEqual([]);
});

describe('refused is', () => {
  test.each<[string, Partial<Options>]>([
    ['skipFailedRequests', { skipFailedRequests: true }],
    ['skipSuccessfulRequests', { skipSuccessfulRequests: true }],
    ['passOnStoreError', { passOnStoreError: true }],
    ['skipFailedRequests', { skipFailedRequests: true, passOnStoreError: true }],
    ['limit 11', { limit: 11 }],
    ['limit a function', { limit: () => 10 }],
    ['windowMs 1000', { windowMs: 1000 }],
  ])('%s: it is logged, no request passes and nothing is taken', async (feature, options) => {
    const limiter = scriptLimiter(policies);
    const { get } = await serve(appWith(limitBy(createRateLimitStore(limiter, 'API'), options)));
    expect(logged).toMatchObject([{ code: 'ERR_RATE_LIMIT_STORE_UNSUPPORTED', policy: 'API', feature }]);
    expect((await get()).status).toBe(options.passOnStoreError ? 429 : 500);
    expect(limiter.asked).toEqual([]);
  });

  test('giving back', () => {
    const store = createRateLimitStore(scriptLimiter(policies), 'API');
    expect(() => store.decrement('k')).toThrow(expect.objectContaining({ feature: 'decrement' }));
  });

  test('a policy that there is not', () => {
    expect(() => createRateLimitStore(scriptLimiter(policies), 'toString' as 'API')).toThrow(
      UnknownPolicyError,
    );
  });
});

describe('where nobody can say', () => {
  const nobody = { outcome: 'unavailable', answeredBy: 'nobody', remaining: 0, retryAfterMs: 1000 } as const;

  test('Express answers 503 for a policy that lets nobody pass', async () => {
    const limiter = scriptLimiter(policies, () => ({
      ...nobody,
      allowed: false,
      cause: new Error('no route'),
    }));
    const store = createRateLimitStore(limiter, 'API');
    const { get } = await serve(appWith(limitBy(store)));
    const { status, headers } = await get();
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    await expect(store.increment('k')).rejects.toMatchObject({
      code: 'ERR_RATE_LIMIT_UNAVAILABLE',
      policy: 'API',
      cause: new Error('no route'),
    });
    await expect(store.get?.('k')).rejects.toMatchObject({ code: 'ERR_RATE_LIMIT_UNAVAILABLE' });
  });

  test('the request passes where the policy lets everybody pass', async () => {
    const limiter = scriptLimiter(policies, () => ({ ...nobody, allowed: true }));
    const { get } = await serve(appWith(limitBy(createRateLimitStore(limiter, 'API'))));
    expect((await get()).status).toBe(200);
    expect(logged).toEqual([]);
  });
});
