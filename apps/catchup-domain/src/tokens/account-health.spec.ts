import { healthOf, type TokenFacts } from './account-health.js';

const now = new Date('2026-03-01T12:00:00Z');
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const health = (facts: Partial<TokenFacts>) =>
  healthOf(
    {
      status: 'connected',
      expiresAt: inSeconds(3600),
      hasRefreshToken: true,
      failures: 0,
      lastFailure: null,
      ...facts,
    },
    now,
  );

describe('the health of an account', () => {
  it.each<[string, Partial<TokenFacts>, string, RegExp[]]>([
    ['disconnected', { status: 'revoked', expiresAt: null }, 'revoked', [/disconnected/, /no access token/]],
    [
      'refused',
      { status: 'needs-reconnect', failures: 2 },
      'needs-reconnect',
      [/no longer accepts/, /last 2/],
    ],
    [
      'expired, without a refresh token',
      { expiresAt: inSeconds(0), hasRefreshToken: false },
      'needs-reconnect',
      [/no refresh token/, /has expired/],
    ],
    [
      'failing and expired',
      { failures: 1, lastFailure: 'TIMEOUT', expiresAt: inSeconds(-5) },
      'failing',
      [/last refresh failed: TIMEOUT/, /has expired/],
    ],
    ['expired', { expiresAt: inSeconds(-5) }, 'expiring', [/has expired/]],
    ['without a token yet', { expiresAt: null }, 'expiring', [/no access token/]],
    ['about to expire', { expiresAt: inSeconds(300) }, 'expiring', [/in 300 s/]],
  ])('of one that is %s', (_, facts, state, reasons) => {
    const found = health(facts);
    expect(found.state).toBe(state);
    expect(found.reasons).toEqual(reasons.map((reason) => expect.stringMatching(reason)));
  });

  it('is good, without a reason, until five minutes before the end', () => {
    expect(health({ expiresAt: inSeconds(301) })).toEqual({ state: 'healthy', reasons: [] });
    expect(health({ expiresAt: inSeconds(301), hasRefreshToken: false }).state).toBe('healthy');
  });
});
