import express from 'express';
import { rateLimit as expressRateLimit } from 'express-rate-limit';
import { parseList } from 'structured-headers';
import { definePolicies, type RateLimiter } from '../index.js';
import { serve, stopServing, type Answer } from '../spec-support/serve-express.js';
import { startLab, type Lab } from '../spec-support/start-lab.js';
import { until } from '../spec-support/until.js';
import { createRateLimitStore, ipKey, rateLimit, userKey } from './index.js';

const hour = { algorithm: 'sliding-window', windowSeconds: 3600, whenUnavailable: 'reject' } as const;
const policies = definePolicies({
  API: { ...hour, limit: 3, tiers: { pro: { limit: 5 } } },
  IP: { ...hour, limit: 20 },
  OPEN: { ...hour, limit: 3, whenUnavailable: 'allow' },
  TENANT: { algorithm: 'token-bucket', capacity: 4, refillPerSecond: 0.001, whenUnavailable: 'reject' },
});

let lab: Lab;
let limiter: RateLimiter<typeof policies>;
let handled: number;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab?.stop());
beforeEach(async () => {
  handled = 0;
  await lab.admin.flushall();
  limiter = lab.open(policies, {}, { circuit: { firstWaitMs: 10, maxWaitMs: 20 } });
});
afterEach(stopServing);

const user = (request: express.Request) => request.get('x-user');

/** Behind one proxy. */
function appWith(...middleware: express.RequestHandler[]) {
  return express()
    .set('trust proxy', 'loopback')
    .use(...middleware, (_request, response) => {
      handled += 1;
      response.send('handled');
    });
}

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);
const count = (answers: readonly Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

function limitsIn({ headers }: Answer): Record<string, Record<string, unknown>> {
  const items = parseList(headers['ratelimit'] as string);
  return Object.fromEntries(items.map(([name, parameters]) => [name, Object.fromEntries(parameters)]));
}

describe('the middleware', () => {
  test('counts down, then rejects until there is room, and rejections do not count', async () => {
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API', user })));
    const answers: Answer[] = [];
    for (let i = 0; i < 10; i += 1) answers.push(await get('/', { 'x-user': 'u1' }));
    expect(statuses(answers)).toEqual([200, 200, 200, ...Array<number>(7).fill(429)]);
    expect(answers.slice(0, 4).map((answer) => limitsIn(answer)['API']?.['r'])).toEqual([2, 1, 0, 0]);
    for (const answer of answers.slice(3)) {
      const { retryAfterSeconds, ...body } = JSON.parse(answer.body) as Record<string, unknown>;
      expect(body).toEqual({ error: 'rate_limited', limit: 'API' });
      expect(answer.headers['retry-after']).toBe(String(retryAfterSeconds));
      expect(limitsIn(answer)['API']?.['t']).toBe(retryAfterSeconds);
      expect(retryAfterSeconds).toBeGreaterThan(3500);
      expect(retryAfterSeconds).toBeLessThanOrEqual(3601);
    }
    expect(handled).toBe(3);
    await limiter.reset('API', userKey('u1'));
    expect((await get('/', { 'x-user': 'u1' })).status).toBe(200);
  });

  test('admits as many of 40 requests at once as the limit, and no other user is concerned', async () => {
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'IP', user })));
    const answers = await Promise.all(Array.from({ length: 40 }, () => get('/', { 'x-user': 'u1' })));
    expect([count(answers, 200), count(answers, 429)]).toEqual([20, 20]);
    expect((await get('/', { 'x-user': 'u2' })).status).toBe(200);
    expect((await get()).status).toBe(200);
  });

  test('counts a tier by its limit, and units by their number', async () => {
    const tier = (request: express.Request) => (request.get('x-plan') === 'pro' ? 'pro' : undefined);
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API', user, tier, units: 2 })));
    const pro = { 'x-user': 'u1', 'x-plan': 'pro' };
    const answers = [
      await get('/', pro),
      await get('/', pro),
      await get('/', pro),
      await get('/', { 'x-user': 'u2' }),
    ];
    expect(statuses(answers)).toEqual([200, 200, 429, 200]);
    expect(limitsIn(answers[2]!)['API']).toMatchObject({ r: 1 });
    expect(answers[2]?.headers['ratelimit-policy']).toMatch(/^"API";q=5;/);
  });

  test('of two limits charges none where one rejects, for one round trip and no more than 5.5 commands', async () => {
    const limits = [{ policy: 'API', user }, { policy: 'IP' }] as const;
    const { get } = await serve(appWith(rateLimit(limiter, { limits })));
    const from = (userId: string) => get('/', { 'x-user': userId, 'x-forwarded-for': '198.51.100.7' });
    await from('u1');
    const requests = lab.endpoint.requests;
    const billed = await lab.billed(async () => {
      await from('u1');
      await from('u1');
    });
    expect(lab.endpoint.requests - requests).toBe(2);
    expect(billed / 2).toBeLessThanOrEqual(5.5);

    const rejected = await from('u1');
    expect(JSON.parse(rejected.body)).toMatchObject({ error: 'rate_limited', limit: 'API' });
    expect((await limiter.peek('IP', ipKey('198.51.100.7'))).remaining).toBe(17);
    expect((await from('u2')).status).toBe(200);
  });

  test('answers repeated rejections without asking', async () => {
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API', user })));
    for (let i = 0; i < 4; i += 1) await get('/', { 'x-user': 'u1' });
    const requests = lab.endpoint.requests;
    for (let i = 0; i < 20; i += 1) expect((await get('/', { 'x-user': 'u1' })).status).toBe(429);
    expect(lab.endpoint.requests).toBe(requests);
  });

  test('lets nobody have more by other addresses of their /56, or by what they claim to be', async () => {
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API' })));
    const answers: Answer[] = [];
    for (const address of [
      '2001:db8:1:ab00::1',
      '2001:db8:1:ab01::1',
      '2001:db8:1:abff::1',
      '2001:db8:1:ab02::9',
    ]) {
      answers.push(await get('/', { 'x-forwarded-for': `${Math.random()}, ${address}` }));
    }
    expect(statuses(answers)).toEqual([200, 200, 200, 429]);
    expect((await get('/', { 'x-forwarded-for': '2001:db8:1:ac00::1' })).status).toBe(200);
  });
});

describe('while Redis is away', () => {
  test('503 for a policy that lets nobody pass, no fields for one that lets all, and all is well again after', async () => {
    const closed = await serve(appWith(rateLimit(limiter, { policy: 'API' })));
    const opened = await serve(appWith(rateLimit(limiter, { policy: 'OPEN' })));
    const both = await serve(
      appWith(rateLimit(limiter, { limits: [{ policy: 'OPEN' }, { policy: 'API' }] })),
    );
    expect((await closed.get()).status).toBe(200);
    await lab.killEndpoint();
    for (const { get } of [closed, both]) {
      const { status, headers, body } = await get();
      expect(status).toBe(503);
      expect(headers['retry-after']).toBe('1');
      expect(headers['ratelimit']).toBeUndefined();
      expect(JSON.parse(body)).toEqual({
        error: 'rate_limit_unavailable',
        limit: 'API',
        retryAfterSeconds: 1,
      });
    }
    for (let i = 0; i < 5; i += 1) {
      const { status, headers } = await opened.get();
      expect(status).toBe(200);
      expect(headers['ratelimit']).toBeUndefined();
    }
    await lab.startEndpointAgain();
    await until(async () => (await opened.get()).headers['ratelimit'] !== undefined);
    expect(limitsIn(await closed.get())['API']).toMatchObject({ r: 1 });
  });
});

describe('express-rate-limit with a store', () => {
  function serveStore(policy: 'API' | 'TENANT') {
    const store = createRateLimitStore(limiter, policy);
    const { limit, windowMs } = store;
    const middleware = expressRateLimit({
      store,
      limit,
      windowMs,
      identifier: policy,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
    });
    return { middleware, serving: serve(appWith(middleware)) };
  }

  test.each([
    ['API', 3],
    ['TENANT', 4],
  ] as const)('admits as many of 20 requests at once as %s allows', async (policy, limit) => {
    const { get } = await serveStore(policy).serving;
    const answers = await Promise.all(Array.from({ length: 20 }, () => get()));
    expect([count(answers, 200), count(answers, 429)]).toEqual([limit, 20 - limit]);
    const rejected = answers.find(({ status }) => status === 429)!;
    expect(limitsIn(rejected)[policy]).toMatchObject({ r: 0, t: Number(rejected.headers['retry-after']) });
  });

  test('counts no rejection, and forgets a key when told', async () => {
    const { middleware, serving } = serveStore('API');
    const { get } = await serving;
    for (let i = 0; i < 9; i += 1) await get();
    expect(await middleware.getKey('127.0.0.1')).toMatchObject({ totalHits: 3 });
    expect(await middleware.getKey('198.51.100.7')).toBeUndefined();
    await middleware.resetKey('127.0.0.1');
    await until(async () => (await middleware.getKey('127.0.0.1')) === undefined);
    expect((await get()).status).toBe(200);
  });

  test('answers 503 while Redis is away', async () => {
    const { get } = await serveStore('API').serving;
    await lab.killEndpoint();
    const { status, headers } = await get();
    await lab.startEndpointAgain();
    expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '1' });
  });
});
