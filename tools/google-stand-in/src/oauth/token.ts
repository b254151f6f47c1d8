import { createHash } from 'node:crypto';
import type { Answer, ApiRequest, OpenRoute } from '../serve/route.js';
import type { OAuthClient, OAuthClients } from './clients.js';
import type { AuthorizationCode, Grant, Grants } from './grants.js';

export interface TokenParts {
  readonly clients: OAuthClients;
  readonly grants: Grants;
  readonly now: () => Date;
  readonly accessTokenLifetimeSeconds: number;
}

/** Trades codes and refresh tokens for access tokens (RFC 6749, sections 4.1.3 and 6), with Google's error bodies. */
export function tokenRoute(parts: TokenParts): OpenRoute {
  const { grants } = parts;
  const answer = (grant: Grant, scopes: readonly string[], refreshToken?: string): Answer => ({
    status: 200,
    headers: { 'cache-control': 'no-cache, no-store, max-age=0, must-revalidate' },
    body: {
      access_token: grants.issueAccessToken(grant, scopes).token,
      // One second less than it lives, as Google tells it: the way here takes time.
      expires_in: Math.max(0, parts.accessTokenLifetimeSeconds - 1),
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
      scope: scopes.join(' '),
      token_type: 'Bearer',
    },
  });

  const tradeCode = (form: URLSearchParams, client: OAuthClient): Answer => {
    const token = form.get('code');
    if (!token) return refuse(400, 'invalid_request', 'Missing required parameter: code');
    const code = grants.findCode(token);
    if (!code) return refuse(400, 'invalid_grant', 'Malformed auth code.');
    // Tried once, a code is spent, whatever came of it.
    const fresh = grants.spendCode(token);
    if (!fresh || code.expiresAtMs <= parts.now().getTime() || code.grant.clientId !== client.clientId)
      return refuse(400, 'invalid_grant', 'Bad Request');
    if (form.get('redirect_uri') !== code.redirectUri)
      return refuse(400, 'redirect_uri_mismatch', 'Bad Request');
    const problem = verifierProblem(code, form.get('code_verifier'));
    if (problem) return refuse(400, 'invalid_grant', problem);
    return answer(code.grant, code.scopes, code.offline ? grants.issueRefreshToken(code.grant) : undefined);
  };

  const refresh = (form: URLSearchParams, client: OAuthClient): Answer => {
    const token = form.get('refresh_token');
    if (!token) return refuse(400, 'invalid_request', 'Missing required parameter: refresh_token');
    const grant = grants.findRefreshToken(token);
    if (!grant)
      return token.startsWith('1//')
        ? refuse(400, 'invalid_grant', 'Token has been expired or revoked.')
        : refuse(400, 'invalid_grant', 'Bad Request');
    if (grant.clientId !== client.clientId) return refuse(401, 'unauthorized_client', 'Unauthorized');
    return answer(grant, grant.scopes);
  };

  return {
    open: true,
    method: 'post',
    path: '/token',
    operation: 'oauth.token',
    family: 'oauth',
    whose({ form }) {
      const grant =
        grants.findRefreshToken(form.get('refresh_token') ?? '') ??
        grants.findCode(form.get('code') ?? '')?.grant;
      return grant?.userId;
    },
    handle(request) {
      const { form } = request;
      const { id, secret } = readCredentials(request);
      const client = parts.clients.find(id);
      if (!client) return refuse(401, 'invalid_client', 'The OAuth client was not found.');
      if (secret !== client.clientSecret) return refuse(401, 'invalid_client', 'Unauthorized');
      const type = form.get('grant_type');
      if (type === 'authorization_code') return tradeCode(form, client);
      if (type === 'refresh_token') return refresh(form, client);
      return refuse(400, 'unsupported_grant_type', `Invalid grant_type: ${type ?? ''}`);
    },
  };
}

function verifierProblem({ challenge }: AuthorizationCode, verifier: string | null): string | undefined {
  if (!challenge) return undefined;
  if (verifier === null) return 'Missing code verifier.';
  const derived =
    challenge.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return derived === challenge.value ? undefined : 'Invalid code verifier.';
}

/** In the form or, as RFC 6749 section 2.3.1 has it, in a Basic header. */
function readCredentials({ form, header }: ApiRequest): { id: string | null; secret: string | null } {
  const [scheme, value] = (header('authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || !value)
    return { id: form.get('client_id'), secret: form.get('client_secret') };
  const [id = '', secret = ''] = Buffer.from(value, 'base64').toString().split(':');
  return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) };
}

export const refuse = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description },
});
