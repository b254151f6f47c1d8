import fc from 'fast-check';
import { backoffMs, judge, readRetryAfter } from './backoff.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the wait before the next try', () => {
  test('is anything from nothing to a bound that doubles, up to 16 s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), random, (attempt, chance) => {
        const bound = Math.min(16_000, 500 * 2 ** (attempt - 1));
        const waitMs = backoffMs(attempt, chance);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThan(bound);
        expect(waitMs).toBeCloseTo(chance * bound);
      }),
    );
  });

  test('is never shorter than what was asked for, and at most a quarter longer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        random,
        fc.integer({ min: 1, max: 86_400_000 }),
        (attempt, chance, askedMs) => {
          const waitMs = backoffMs(attempt, chance, askedMs);
          expect(waitMs).toBeGreaterThanOrEqual(askedMs);
          expect(waitMs).toBeLessThanOrEqual(askedMs * 1.25);
        },
      ),
    );
  });
});

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['3', 3000],
    [' 120 ', 120_000],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
    ['Friday, 20-Nov-26 12:00:30 GMT', undefined],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
    ['99999999999999999999', 86_400_000],
    ['-3', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2026-11-20T12:00:30Z', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%p is %p ms', (value, ms) => {
    expect(readRetryAfter(value, NOW)).toBe(ms);
  });

  test('is never negative, not a number, or more than a day', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const ms = readRetryAfter(value, NOW);
        expect(ms === undefined || (ms >= 0 && ms <= 86_400_000)).toBe(true);
      }),
    );
  });
});

test.each([
  [200, undefined, 'ok'],
  [204, undefined, 'ok'],
  [401, 'authError', 'unauthorized'],
  [403, 'rateLimitExceeded', 'again'],
  [403, 'userRateLimitExceeded', 'again'],
  [403, 'RATE_LIMIT_EXCEEDED', 'again'],
  [403, 'quotaExceeded', 'later'],
  [403, 'dailyLimitExceeded', 'later'],
  [403, 'insufficientPermissions', 'refused'],
  [403, undefined, 'refused'],
  [408, undefined, 'again'],
  [429, 'RESOURCE_EXHAUSTED', 'again'],
  [500, 'backendError', 'again'],
  [503, undefined, 'again'],
  [301, undefined, 'refused'],
  [400, 'badRequest', 'refused'],
  [404, 'notFound', 'refused'],
  [410, 'fullSyncRequired', 'refused'],
])('%d %s: %s', (status, reason, verdict) => {
  expect(judge(status, reason)).toBe(verdict);
});
