import type express from 'express';
import { parseList } from 'structured-headers';
import { definePolicies } from '../policy.js';
import { recordingApp, type RecordingApp } from '../spec-support/recording-app.js';
import { scriptLimiter } from '../spec-support/scripted-limiter.js';
import { serve, stopServing } from '../spec-support/serve-express.js';
import { rateLimit, type RejectionReport } from './index.js';

const policies = definePolicies({
  API: { algorithm: 'sliding-window', limit: 10, windowSeconds: 60, tiers: { pro: { limit: 300 } } },
  IP: { algorithm: 'sliding-window', limit: 20, windowSeconds: 0.5 },
  TENANT: {
    algorithm: 'token-bucket',
    capacity: 100,
    refillPerSecond: 8,
    tiers: { big: { capacity: 1000, refillPerSecond: 100 } },
  },
});

const limited = { outcome: 'limited', allowed: false, remaining: 0, retryAfterMs: 12_300 } as const;
const nobody = { outcome: 'unavailable', answeredBy: 'nobody', remaining: 0 } as const;
const user = (request: express.Request) => request.get('x-user');

let recorded: RecordingApp;
afterEach(stopServing);

function appWith(...middleware: express.RequestHandler[]): express.Express {
  recorded = recordingApp(...middleware);
  return recorded.app;
}

describe('a request within its limits', () => {
  test('goes on with fields of the draft', async () => {
    const limiter = scriptLimiter(policies, () => ({ remaining: 7, resetAfterMs: 41_001 }));
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API', user })));
    const { status, headers, body } = await get('/', { 'x-user': 'u1' });
    expect({ status, body }).toEqual({ status: 200, body: 'handled' });
    expect(parseList(headers['ratelimit'] as string)).toEqual([
      ['API', new Map<string, unknown>([['r', 7], ['t', 42]])], // prettier-ignore
    ]);
    const [[name, parameters]] = parseList(headers['ratelimit-policy'] as string) as [
      [string, Map<string, unknown>],
    ];
    expect(name).toBe('API');
    expect([...parameters.keys()]).toEqual(['q', 'w', 'pk']);
    expect(Object.fromEntries(parameters)).toMatchObject({ q: 10, w: 60, pk: expect.any(ArrayBuffer) });
    expect(headers['retry-after']).toBeUndefined();
  });

  test('costs one question for all its limits, and shows each of them', async () => {
    const limiter = scriptLimiter(policies);
    const middleware = rateLimit(limiter, {
      limits: [
        { policy: 'API', user, tier: () => 'pro', units: (request) => Number(request.query['units']) },
        { policy: 'IP' },
        { policy: 'TENANT', key: async () => 'acme', units: 2 },
      ],
    });
    const { get } = await serve(appWith(middleware));
    const { headers } = await get('/?units=3', { 'x-user': 'u1' });
    expect(limiter.asked).toEqual([
      [
        { policy: 'API', key: 'user:u1', tier: 'pro', units: 3 },
        { policy: 'IP', key: 'ip:127.0.0.1' },
        { policy: 'TENANT', key: 'acme', units: 2 },
      ],
    ]);
    const limits = parseList(headers['ratelimit'] as string);
    const quotas = parseList(headers['ratelimit-policy'] as string);
    expect(limits.map(([name]) => name)).toEqual(['API', 'IP', 'TENANT']);
    expect(quotas.map(([name, parameters]) => [name, parameters.get('w')])).toEqual([
      ['API', 60],
      ['IP', 1],
      ['TENANT', 13],
    ]);
  });

  test('shows a bucket by the time in which that of its tier fills', async () => {
    const limiter = scriptLimiter(policies);
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'TENANT', tier: () => 'big' })));
    const { headers } = await get();
    expect(headers['ratelimit-policy']).toMatch(/^"TENANT";q=10;w=10;/);
  });

  test('keeps the fields of another middleware before it', async () => {
    const limiter = scriptLimiter(policies);
    const { get } = await serve(
      appWith(rateLimit(limiter, { policy: 'IP' }), rateLimit(limiter, { policy: 'API' })),
    );
    const { headers } = await get();
    expect(parseList(headers['ratelimit'] as string).map(([name]) => name)).toEqual(['IP', 'API']);
  });

  test('shows nothing of whom it counted for', async () => {
    const limiter = scriptLimiter(policies);
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API', user })));
    const first = await get('/', { 'x-user': 'ada@example.com' });
    const other = await get('/', { 'x-user': 'bob@example.com' });
    expect(JSON.stringify(first.headers)).not.toContain('ada');
    expect(first.headers['ratelimit-policy']).not.toBe(other.headers['ratelimit-policy']);
  });
});

describe('a request over a limit', () => {
  test('gets 429, when to come again, and the name of the limit', async () => {
    const limiter = scriptLimiter(policies, () => limited);
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API' })));
    const { status, headers, body } = await get();
    expect(status).toBe(429);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(body)).toEqual({ error: 'rate_limited', limit: 'API', retryAfterSeconds: 13 });
    expect(headers['retry-after']).toBe('13');
    expect(headers['ratelimit']).toBe('"API";r=0;t=13');
    expect(recorded.handled).toBe(0);
  });

  test('is told of the limit that rejects for longest, and of those that do not reject, too', async () => {
    const limiter = scriptLimiter(policies, ({ policy }) => {
      if (policy === 'API') return {};
      return { ...limited, retryAfterMs: policy === 'IP' ? 100 : 900_000 };
    });
    const middleware = rateLimit(limiter, {
      limits: [{ policy: 'API' }, { policy: 'TENANT', key: () => 'acme' }, { policy: 'IP' }],
    });
    const { get } = await serve(appWith(middleware));
    const { headers, body } = await get();
    expect(JSON.parse(body)).toEqual({ error: 'rate_limited', limit: 'TENANT', retryAfterSeconds: 900 });
    expect(headers['ratelimit']).toBe('"API";r=9;t=60, "TENANT";r=0;t=900, "IP";r=0;t=1');
  });

  test('is reported, with nobody named', async () => {
    const reports: RejectionReport[] = [];
    const limiter = scriptLimiter(policies, () => limited);
    const middleware = rateLimit(limiter, {
      limits: [{ policy: 'API', user }, { policy: 'IP' }],
      onRejected: (report) => reports.push(report),
    });
    const { get } = await serve(appWith(middleware));
    await get('/', { 'x-user': 'ada@example.com' });
    await get('/', { 'x-user': 'ada@example.com' });
    expect(reports).toEqual([
      {
        count: 1,
        durationMs: 0,
        sources: [
          { policy: 'API', keyKind: 'user', source: expect.stringMatching(/^[0-9a-f]{16}$/), count: 1 },
          { policy: 'IP', keyKind: 'ip', source: '127.0.0.0/24', count: 1 },
        ],
      },
    ]);
  });
});

describe('where nobody can say', () => {
  test('503 and when to come again answer a policy that then lets nobody pass', async () => {
    const reports: RejectionReport[] = [];
    const limiter = scriptLimiter(policies, () => ({ ...nobody, allowed: false, retryAfterMs: 1000 }));
    const onRejected = (report: RejectionReport) => void reports.push(report);
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API', onRejected })));
    const { status, headers, body } = await get();
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({ error: 'rate_limit_unavailable', limit: 'API', retryAfterSeconds: 1 });
    expect(headers['retry-after']).toBe('1');
    expect(Object.keys(headers).filter((name) => name.startsWith('ratelimit'))).toEqual([]);
    expect({ handled: recorded.handled, reports }).toEqual({ handled: 0, reports: [] });
  });

  test('a policy that then lets everybody pass says nothing', async () => {
    const limiter = scriptLimiter(policies, () => ({ ...nobody, allowed: true }));
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API' })));
    const { status, headers } = await get();
    expect(status).toBe(200);
    expect(Object.keys(headers).filter((name) => /ratelimit|retry/.test(name))).toEqual([]);
  });

  test('a limit that is known to be reached comes before one that nobody can answer for', async () => {
    const limiter = scriptLimiter(policies, ({ policy }) =>
      policy === 'API' ? limited : { ...nobody, allowed: false, retryAfterMs: 60_000 },
    );
    const { get } = await serve(
      appWith(rateLimit(limiter, { limits: [{ policy: 'IP' }, { policy: 'API' }] })),
    );
    const { status, headers, body } = await get();
    expect(status).toBe(429);
    expect(JSON.parse(body)).toEqual({ error: 'rate_limited', limit: 'API', retryAfterSeconds: 13 });
    expect(headers['ratelimit']).toBe('"API";r=0;t=13');
  });
});

describe('an error of the app', () => {
  const broken = () => {
    throw new Error('session store is down');
  };
  const rejecting = async () => broken();

  test.each<object>([
    { user: broken },
    { user: rejecting },
    { key: broken },
    { tier: broken },
    { units: rejecting },
  ])('in %p goes to its error handler, and the request no further', async (functions) => {
    const limiter = scriptLimiter(policies);
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API', ...functions })));
    expect((await get()).status).toBe(500);
    expect(recorded.errors).toEqual([new Error('session store is down')]);
    expect({ handled: recorded.handled, asked: limiter.asked }).toEqual({ handled: 0, asked: [] });
  });

  test.each<[object]>([
    [{ user: () => '' }],
    [{ user: () => 42 }],
    [{ key: () => undefined }],
    [{ key: async () => '' }],
  ])('that names nobody (%p) never makes strangers share a limit', async (functions) => {
    const limiter = scriptLimiter(policies);
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API', ...functions })));
    expect((await get()).status).toBe(500);
    expect(recorded.errors).toMatchObject([{ code: 'ERR_RATE_LIMIT_REQUEST_KEY', policy: 'API' }]);
    expect(limiter.asked).toEqual([]);
  });

  test('in its handlers is its own, and is not taken for one of the limiter', async () => {
    const limiter = scriptLimiter(policies);
    const { get } = await serve(appWith(rateLimit(limiter, { policy: 'API' }), broken));
    expect((await get()).status).toBe(500);
    expect(recorded.errors).toEqual([new Error('session store is down')]);
  });
});
