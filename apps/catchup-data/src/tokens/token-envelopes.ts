import type { OAuthTokenRow } from '../schema/oauth-tokens.js';
import type { Tokens } from '../stores/tokens.js';
import type { Sealing } from './sealing.js';

/** What a row of `oauth_tokens` holds of the two secrets. */
export type SealedTokens = Pick<OAuthTokenRow, 'sealedAccessToken' | 'sealedRefreshToken' | 'keyId'>;

export interface TokenEnvelopes {
  seal(accountId: string, accessToken: string, refreshToken: string | null): SealedTokens;
  /** @throws UnknownTokenKeyError, UnreadableTokenError */
  open(row: OAuthTokenRow): Tokens;
}

export function tokenEnvelopes(sealing: Sealing): TokenEnvelopes {
  const place = (id: string, field: 'access' | 'refresh') => ({ table: 'oauth_tokens', id, field });
  return {
    seal: (accountId, accessToken, refreshToken) => ({
      sealedAccessToken: sealing.seal(accessToken, place(accountId, 'access')),
      sealedRefreshToken:
        refreshToken === null ? null : sealing.seal(refreshToken, place(accountId, 'refresh')),
      keyId: sealing.currentKeyId,
    }),
    open({ sealedAccessToken, sealedRefreshToken, ...facts }) {
      const accessToken = sealing.open(sealedAccessToken, place(facts.accountId, 'access'));
      const refreshToken =
        sealedRefreshToken === null
          ? null
          : sealing.open(sealedRefreshToken, place(facts.accountId, 'refresh'));
      return Object.defineProperties(
        { ...facts, hasRefreshToken: refreshToken !== null },
        { accessToken: { value: accessToken }, refreshToken: { value: refreshToken } },
      ) as unknown as Tokens;
    },
  };
}
