/** What is known of an account's tokens: plain data, no token among it. */
export interface TokenFacts {
  readonly status: 'connected' | 'needs-reconnect' | 'revoked';
  /** When the access token ends; null where there is none. */
  readonly expiresAt: Date | null;
  readonly hasRefreshToken: boolean;
  /** Refreshes that failed in a row, for reasons that may pass. */
  readonly failures: number;
  /** A word for the last of them, such as `GOOGLE_UNAVAILABLE`. */
  readonly lastFailure: string | null;
}

export type HealthState = 'healthy' | 'expiring' | 'failing' | 'needs-reconnect' | 'revoked';

export interface AccountHealth {
  readonly state: HealthState;
  /** Why, for people; empty when healthy. */
  readonly reasons: readonly string[];
}

export interface HealthOptions {
  /** How long before its end a token counts as expiring. Default 300. */
  readonly expiringWithinSeconds?: number;
}

/**
 * The worst that is true of an account, with every reason. An account without a refresh token is healthy while its
 * access token lasts, and then nobody but the user can help.
 */
export function healthOf(
  facts: TokenFacts,
  now: Date,
  { expiringWithinSeconds = 300 }: HealthOptions = {},
): AccountHealth {
  const { status, expiresAt, hasRefreshToken, failures, lastFailure } = facts;
  const leftMs = expiresAt === null ? -Infinity : expiresAt.getTime() - now.getTime();
  const reasons: string[] = [];
  if (status === 'revoked') reasons.push('the account was disconnected');
  if (status === 'needs-reconnect') reasons.push('the provider no longer accepts the refresh token');
  if (status === 'connected' && !hasRefreshToken) reasons.push('there is no refresh token');
  if (failures > 0)
    reasons.push(
      `${failures === 1 ? 'the last refresh' : `the last ${failures} refreshes`} failed${lastFailure ? `: ${lastFailure}` : ''}`,
    );
  if (leftMs <= 0)
    reasons.push(expiresAt === null ? 'there is no access token' : 'the access token has expired');
  else if (leftMs <= expiringWithinSeconds * 1000)
    reasons.push(`the access token expires in ${Math.ceil(leftMs / 1000)} s`);

  const state = ((): HealthState => {
    if (status !== 'connected') return status;
    if (!hasRefreshToken && leftMs <= 0) return 'needs-reconnect';
    if (failures > 0) return 'failing';
    return leftMs <= expiringWithinSeconds * 1000 ? 'expiring' : 'healthy';
  })();
  return { state, reasons: state === 'healthy' ? [] : reasons };
}
