import type express from 'express';
import { InvalidRateLimitOptionError, UnknownPolicyError } from '../errors.js';
import { definePolicies, type Policies } from '../policy.js';
import { scriptLimiter } from '../spec-support/scripted-limiter.js';
import { rateLimit } from './index.js';

const window = { algorithm: 'sliding-window', limit: 10, windowSeconds: 60 } as const;
const policies = definePolicies({ API: { ...window, tiers: { pro: { limit: 300 } } }, IP: window });
const user = (request: express.Request) => request.get('x-user');

describe('options', () => {
  test.each<[string, object]>([
    ['no limit', { limits: [] }],
    ['a policy twice', { limits: [{ policy: 'API' }, { policy: 'API', user }] }],
    ['user and key', { policy: 'API', user, key: () => 'x' }],
    ['a user that is no function', { policy: 'API', user: 'u1' }],
    ['a tier that is no function', { policy: 'API', tier: 'pro' }],
    ['no unit', { policy: 'API', units: 0 }],
    ['half a unit', { policy: 'API', units: 0.5 }],
    ['an onRejected that is no function', { policy: 'API', onRejected: 'log' }],
    ['a misspelt one, which would count users by IP', { policy: 'API', users: user }],
    ['a limit beside limits', { policy: 'API', limits: [{ policy: 'IP' }] }],
  ])('are refused when the middleware is made: %s', (_what, options) => {
    expect(() => rateLimit(scriptLimiter(policies), options as { policy: 'API' })).toThrow(
      InvalidRateLimitOptionError,
    );
  });

  test('name a policy that there is', () => {
    const anyPolicies: Policies = policies;
    const make = (policy: string) => rateLimit(scriptLimiter(anyPolicies), { policy });
    expect(() => make('APY')).toThrow(UnknownPolicyError);
    expect(() => make('toString')).toThrow(UnknownPolicyError);
    // @ts-expect-error the compiler says so, too
    expect(() => rateLimit(scriptLimiter(policies), { policy: 'APY' })).toThrow('APY');
    // @ts-expect-error and it knows the tiers
    rateLimit(scriptLimiter(policies), { policy: 'API', tier: () => 'big' });
  });
});
