import { deriveText } from '../random.js';

export interface Grant {
  readonly userId: string;
  readonly clientId: string;
  scopes: readonly string[];
}

export interface AccessToken {
  readonly token: string;
  readonly grant: Grant;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

export interface AuthorizationCode {
  readonly grant: Grant;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly challenge?: { readonly value: string; readonly method: 'S256' | 'plain' };
  /** A refresh token comes with this code. */
  readonly offline: boolean;
  readonly expiresAtMs: number;
}

export interface GrantsOptions {
  readonly seed: number;
  readonly now: () => Date;
  readonly accessTokenLifetimeSeconds: number;
  readonly codeLifetimeSeconds: number;
  /** The oldest refresh token of a user and a client dies silently when one more is issued. Google's number is 100. */
  readonly maxRefreshTokensPerGrant: number;
}

export type Grants = ReturnType<typeof createGrants>;

/** Codes and tokens. All in memory, the same texts for the same seed and order of requests. */
export function createGrants(options: GrantsOptions) {
  const { seed, now } = options;
  const grants = new Map<string, Grant>();
  const codes = new Map<string, AuthorizationCode & { used: boolean }>();
  const accessTokens = new Map<string, AccessToken>();
  const refreshTokens = new Map<string, Grant>();
  let issued = 0;

  const text = (kind: string, length: number): string => {
    issued += 1;
    return deriveText(seed, `${kind} ${issued}`, length);
  };

  const dropRefreshToken = (grant: Grant): void => {
    const oldest = [...refreshTokens].find(([, one]) => one === grant);
    if (oldest) refreshTokens.delete(oldest[0]);
  };

  const registry = {
    find: (userId: string, clientId: string): Grant | undefined => grants.get(`${clientId}\n${userId}`),

    /** Adds to what the user granted this client before; `fresh` tells whether there was nothing before. */
    give(userId: string, clientId: string, scopes: readonly string[]): { grant: Grant; fresh: boolean } {
      const before = registry.find(userId, clientId);
      const grant = before ?? { userId, clientId, scopes: [] };
      grant.scopes = [...new Set([...grant.scopes, ...scopes])];
      grants.set(`${clientId}\n${userId}`, grant);
      return { grant, fresh: before === undefined };
    },

    issueCode(code: Omit<AuthorizationCode, 'expiresAtMs'>): string {
      const token = `4/0A${text('code', 60)}`;
      const expiresAtMs = now().getTime() + options.codeLifetimeSeconds * 1000;
      codes.set(token, { ...code, expiresAtMs, used: false });
      return token;
    },

    findCode: (token: string): AuthorizationCode | undefined => codes.get(token),

    /** False where it was spent before. */
    spendCode(token: string): boolean {
      const code = codes.get(token);
      const fresh = code?.used === false;
      if (code) code.used = true;
      return fresh;
    },

    issueAccessToken(grant: Grant, scopes: readonly string[]): AccessToken {
      const token = `ya29.a0${text('access token', 120)}`;
      const expiresAtMs = now().getTime() + options.accessTokenLifetimeSeconds * 1000;
      const accessToken = { token, grant, scopes, expiresAtMs };
      accessTokens.set(token, accessToken);
      return accessToken;
    },

    issueRefreshToken(grant: Grant): string {
      const count = [...refreshTokens.values()].filter((one) => one === grant).length;
      if (count >= options.maxRefreshTokensPerGrant) dropRefreshToken(grant);
      const token = `1//0${text('refresh token', 90)}`;
      refreshTokens.set(token, grant);
      return token;
    },

    findRefreshToken: (token: string): Grant | undefined => refreshTokens.get(token),

    /** Also the ones that expired: whose they were is still known. */
    findAccessToken: (token: string): AccessToken | undefined => accessTokens.get(token),

    isAlive: (token: AccessToken): boolean => token.expiresAtMs > now().getTime(),

    killAccessToken(token: string): void {
      accessTokens.delete(token);
    },

    killAccessTokensOf(userId: string): void {
      for (const [token, { grant }] of accessTokens) if (grant.userId === userId) accessTokens.delete(token);
    },

    /** Ends the whole grant: every token of it dies, and the next consent is a first one again. */
    revoke(grant: Grant): void {
      grants.delete(`${grant.clientId}\n${grant.userId}`);
      for (const [token, one] of refreshTokens) if (one === grant) refreshTokens.delete(token);
      for (const [token, one] of accessTokens) if (one.grant === grant) accessTokens.delete(token);
    },

    ofUser: (userId: string): Grant[] => [...grants.values()].filter((grant) => grant.userId === userId),
  };
  return registry;
}
