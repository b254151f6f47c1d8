import type { StandInUser } from '../data/world.js';
import type { ApiRequest, OpenRoute, Route, UserRoute } from '../serve/route.js';
import type { Grant, Grants } from './grants.js';
import { refuse } from './token.js';

export interface AccountParts {
  readonly users: ReadonlyMap<string, StandInUser>;
  readonly grants: Grants;
  readonly now: () => Date;
}

const USERINFO_SCOPES = [
  'openid',
  'email',
  'profile',
  'https://www.googleapis.com/auth/userinfo.email',
  'https://www.googleapis.com/auth/userinfo.profile',
];

/** Revocation, token information and OpenID Connect's userinfo, under the paths of all three of Google's hosts. */
export function accountRoutes({ users, grants, now }: AccountParts): readonly Route[] {
  const grantOf = ({ form, query }: ApiRequest): Grant | undefined => {
    const token = form.get('token') ?? query.get('token') ?? '';
    return grants.findRefreshToken(token) ?? grants.findAccessToken(token)?.grant;
  };

  const revoke: OpenRoute = {
    open: true,
    method: 'post',
    path: '/revoke',
    operation: 'oauth.revoke',
    family: 'oauth',
    whose: (request) => grantOf(request)?.userId,
    handle(request) {
      const grant = grantOf(request);
      if (!grant) return refuse(400, 'invalid_token', 'Token expired or revoked');
      grants.revoke(grant);
      return { status: 200, body: {} };
    },
  };

  const tokenInfo: OpenRoute = {
    open: true,
    method: 'get',
    path: '/tokeninfo',
    operation: 'oauth.tokeninfo',
    family: 'oauth',
    handle({ query }) {
      const token = grants.findAccessToken(query.get('access_token') ?? '');
      if (!token || !grants.isAlive(token)) return refuse(400, 'invalid_token', 'Invalid Value');
      const user = users.get(token.grant.userId);
      return {
        status: 200,
        body: {
          azp: token.grant.clientId,
          aud: token.grant.clientId,
          sub: user?.id,
          scope: token.scopes.join(' '),
          exp: String(Math.floor(token.expiresAtMs / 1000)),
          expires_in: String(Math.floor((token.expiresAtMs - now().getTime()) / 1000)),
          ...(token.scopes.some((scope) => /email$/.test(scope)) && {
            email: user?.email,
            email_verified: 'true',
          }),
          access_type: 'offline',
        },
      };
    },
  };

  const userInfo = (path: string): UserRoute => ({
    method: 'get',
    path,
    operation: 'oauth.userinfo',
    family: 'userinfo',
    scopes: USERINFO_SCOPES,
    handle: ({ user, scopes }) => ({
      status: 200,
      body: {
        sub: user.id,
        ...(scopes.some((scope) => /profile$/.test(scope)) && { name: user.name }),
        ...(scopes.some((scope) => /email$/.test(scope)) && { email: user.email, email_verified: true }),
      },
    }),
  });

  return [revoke, tokenInfo, ...['/v1/userinfo', '/v3/userinfo', '/oauth2/v3/userinfo'].map(userInfo)];
}
