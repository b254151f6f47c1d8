import fc from 'fast-check';
import { compilePolicies, policyNamed } from './compiled-policy.js';
import { limitKey } from './limit-key.js';

const window = { algorithm: 'sliding-window', limit: 1, windowSeconds: 60 } as const;
const policies = compilePolicies({
  API: window,
  'API-w60000': window,
  HASHED: { ...window, isKeyHashed: true },
  LOWER: { ...window, normalizeKey: (key) => key.toLowerCase() },
  BUCKET: { algorithm: 'token-bucket', capacity: 1, refillPerSecond: 1 },
});
const keyOf = (policy: string, key: string) => limitKey('limit', policyNamed(policies, policy), key);

/** Any UTF-16, halves of surrogate pairs included, and what looks like other keys. */
const hostile = fc.oneof(
  fc.string({
    minLength: 1,
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  }),
  fc.string({
    minLength: 1,
    unit: fc.constantFrom(':', '=', '#', '*', ' ', '\n', '"', '\\', '{', '}', 'a', '😀'),
  }),
  fc.string({ minLength: 1 }).map((key) => keyOf('API', key)),
  fc.string({ minLength: 100, maxLength: 3000 }),
);

describe('limitKey', () => {
  it('never gives two keys, or two policies, one place', () => {
    const asked = fc.record({
      policy: fc.constantFrom('API', 'API-w60000', 'HASHED', 'BUCKET'),
      key: hostile,
    });
    fc.assert(
      fc.property(asked, asked, (one, other) => {
        const isSame = one.policy === other.policy && one.key === other.key;
        expect(keyOf(one.policy, one.key) === keyOf(other.policy, other.key)).toBe(isSame);
      }),
      { numRuns: 2000 },
    );
    expect(keyOf('API', '\ud800')).not.toBe(keyOf('API', '\ud801'));
    expect(keyOf('API', keyOf('API', 'é').split(':').at(-1) as string)).not.toBe(keyOf('API', 'é'));
  });

  it('is short and printable, and begins with its policy', () => {
    fc.assert(
      fc.property(hostile, (key) => expect(keyOf('API', key)).toMatch(/^limit:API:w60000:[=#][!-~]{1,128}$/)),
    );
  });

  it('shows a plain key, hides one that is to be hashed, counts one by its normal form', () => {
    expect(keyOf('API', '2001:db8::/56')).toBe('limit:API:w60000:=2001:db8::/56');
    expect(keyOf('HASHED', 'alice')).not.toContain('alice');
    expect(keyOf('LOWER', 'Alice')).toBe(keyOf('LOWER', 'alice'));
  });

  it.each([[''], [undefined], [7], [Promise.resolve('u')]])(
    'refuses a key that the policy turns into %p',
    (normal) => {
      const loose = compilePolicies({ LOOSE: { ...window, normalizeKey: () => normal as string } });
      expect(() => limitKey('limit', policyNamed(loose, 'LOOSE'), ' ')).toThrow(
        expect.objectContaining({ code: 'ERR_RATE_LIMIT_OPTION', option: 'key', value: normal }),
      );
    },
  );

  it.each([[''], [undefined], [null], [7], [{}], [Object.create(null)], [{ toString: 1 }]])(
    'refuses %p, which would be one limit for many',
    (key) => {
      expect(() => keyOf('API', key as string)).toThrow(
        expect.objectContaining({ code: 'ERR_RATE_LIMIT_OPTION', option: 'key' }),
      );
    },
  );
});
