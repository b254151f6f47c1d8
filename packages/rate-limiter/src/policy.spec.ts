import {
  createRateLimiter,
  definePolicies,
  InvalidRateLimitOptionError,
  smsPolicy,
  type Policies,
} from './index.js';
import { defaultWhenUnavailable } from './when-unavailable.js';

const window = { algorithm: 'sliding-window', limit: 60, windowSeconds: 60 } as const;
const bucket = { algorithm: 'token-bucket', capacity: 100, refillPerSecond: 10 } as const;

function refusal(policies: unknown): InvalidRateLimitOptionError {
  try {
    definePolicies(policies as Policies);
  } catch (error) {
    if (error instanceof InvalidRateLimitOptionError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('definePolicies', () => {
  it.each([
    ['policies', null, null],
    ['policies', '{}', {}],
    ['policies', '1ST', { '1ST': window }],
    ['policies', 'A:B', { 'A:B': window }],
    ['policies', '', { '': window }],
    ['policies.API', null, { API: null }],
    ['policies.API.algorithm', 'fixed-window', { API: { ...window, algorithm: 'fixed-window' } }],
    ['policies.API.limit', 0, { API: { ...window, limit: 0 } }],
    ['policies.API.limit', 1.5, { API: { ...window, limit: 1.5 } }],
    ['policies.API.limit', '60', { API: { ...window, limit: '60' } }],
    ['policies.API.limit', NaN, { API: { ...window, limit: NaN } }],
    ['policies.API.limit', 1_000_000_001, { API: { ...window, limit: 1_000_000_001 } }],
    ['policies.API.windowSeconds', 0, { API: { ...window, windowSeconds: 0 } }],
    ['policies.API.windowSeconds', 0.0105, { API: { ...window, windowSeconds: 0.0105 } }],
    ['policies.API.windowSeconds', 2_678_401, { API: { ...window, windowSeconds: 2_678_401 } }],
    ['policies.API', 'windowMs', { API: { ...window, windowMs: 60_000 } }],
    ['policies.API.lease', 1, { API: { ...window, lease: 1 } }],
    ['policies.API.lease.units', 1001, { API: { ...window, lease: { units: 1001 } } }],
    ['policies.API.lease', null, { API: { ...window, lease: null } }],
    ['policies.API.lease', 'second', { API: { ...window, lease: { units: 5, second: 3 } } }],
    ['policies.API.lease.seconds', 61, { API: { ...window, lease: { units: 5, seconds: 61 } } }],
    ['policies.API.tiers.pro.limit', -1, { API: { ...window, tiers: { pro: { limit: -1 } } } }],
    ['policies.API.tiers.pro', 'max', { API: { ...window, tiers: { pro: { max: 300 } } } }],
    ['policies.API.tiers.pro', null, { API: { ...window, tiers: { pro: null } } }],
    ['policies.API.whenUnavailable', 'open', { API: { ...window, whenUnavailable: 'open' } }],
    ['policies.API.normalizeKey', 'trim', { API: { ...window, normalizeKey: 'trim' } }],
    ['policies.API.isKeyHashed', 'yes', { API: { ...window, isKeyHashed: 'yes' } }],
    ['policies.API.capacity', 0, { API: { ...bucket, capacity: 0 } }],
    ['policies.API.refillPerSecond', 0.0001, { API: { ...bucket, refillPerSecond: 0.0001 } }],
    ['policies.API.refillPerSecond', 1.0001, { API: { ...bucket, refillPerSecond: 1.0001 } }],
    ['policies.API', 'lease', { API: { ...bucket, lease: 5 } }],
    ['policies.API.tiers.pro.capacity', undefined, { API: { ...bucket, tiers: { pro: {} } } }],
  ])('refuses %s of %p, and shows it', (option, value, policies) => {
    const error = refusal(policies);
    expect({ option: error.option, value: error.value }).toEqual({ option, value });
    expect(error).toMatchObject({ code: 'ERR_RATE_LIMIT_OPTION', name: 'InvalidRateLimitOptionError' });
    expect(error.message).toContain(
      `${option} is ${typeof value === 'string' ? JSON.stringify(value) : value}`,
    );
  });

  it('takes what is within bounds, and gives it back as it is', () => {
    const policies = {
      A: { ...window, limit: 1, windowSeconds: 0.01 },
      B: {
        ...window,
        limit: 1_000_000_000,
        windowSeconds: 2_678_400,
        lease: { units: 1000, seconds: 0.001 },
      },
      C: { ...window, windowSeconds: 0.1 + 0.2, tiers: { free: { limit: 1 } }, whenUnavailable: 'memory' },
      D: { ...bucket, capacity: 1, refillPerSecond: 0.001 },
      E: { ...bucket, refillPerSecond: 1_000_000, tiers: { pro: { capacity: 5, refillPerSecond: 0.3 } } },
      SMS: smsPolicy(),
    } as const;
    expect(definePolicies(policies)).toBe(policies);
  });
});

describe('createRateLimiter', () => {
  const redis = { script: () => undefined } as never;
  it.each([
    [{ redis: undefined as never }, 'redis'],
    [{ timeoutMS: 1000 }, 'options'],
    [{ timeoutMs: 9 }, 'timeoutMs'],
    [{ timeoutMs: 10_001 }, 'timeoutMs'],
    [{ keyPrefix: 'a:b' }, 'keyPrefix'],
    [{ keyPrefix: '' }, 'keyPrefix'],
    [{ rejectionMemorySeconds: 3601 }, 'rejectionMemorySeconds'],
    [{ maxRememberedKeys: 0 }, 'maxRememberedKeys'],
    [{ whenUnavailable: 'open' as never }, 'whenUnavailable'],
    [{ policies: { API: { ...window, limit: 0 } } }, 'policies.API.limit'],
  ])('refuses %p', (options, option) => {
    expect(() => createRateLimiter({ redis, policies: { API: window }, ...options })).toThrow(
      expect.objectContaining({ code: 'ERR_RATE_LIMIT_OPTION', option }),
    );
  });

  it('compiles with names and tiers that there are, and with no others', () => {
    const limiter = createRateLimiter({
      redis,
      policies: definePolicies({
        API: { ...window, tiers: { pro: { limit: 300 } } },
        IP: window,
        SMS: smsPolicy(),
      }),
    });
    const compiled = () => [
      limiter.check('API', 'u', { tier: 'pro' }),
      // @ts-expect-error there is no such policy
      limiter.check('APY', 'u'),
      // @ts-expect-error there is no such tier
      limiter.check('API', 'u', { tier: 'gold' }),
      // @ts-expect-error there are no tiers
      limiter.check('IP', 'u', { tier: 'pro' }),
      // @ts-expect-error there are no tiers
      limiter.check('SMS', 'u', { tier: 'pro' }),
      // @ts-expect-error there is no such policy
      limiter.checkAll([{ policy: 'APY', key: 'u' }]),
    ];
    expect(compiled).toBeInstanceOf(Function);
  });
});

describe('defaultWhenUnavailable', () => {
  it.each([
    ['production', 'reject'],
    ['staging', 'reject'],
    ['', 'reject'],
    [undefined, 'reject'],
    ['development', 'allow'],
    ['test', 'allow'],
  ])('is, for NODE_ENV %p, %s', (nodeEnv, expected) => {
    expect(defaultWhenUnavailable(nodeEnv)).toBe(expected);
  });
});
