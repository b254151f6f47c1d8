import { createHash } from 'node:crypto';
import type { GoogleStandIn } from '../index.js';

export const REDIRECT_URI = 'http://127.0.0.1/oauth/callback';
export const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-0123456789';
export const SCOPE = 'https://www.googleapis.com/auth/contacts.readonly openid';

/** The app's side of the code flow. */
export function createOAuthApp(standIn: GoogleStandIn) {
  const authorize = async (more: Record<string, string | undefined> = {}) => {
    const url = new URL('/o/oauth2/v2/auth', standIn.url);
    const query: Record<string, string | undefined> = {
      client_id: standIn.client.clientId,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: SCOPE,
      state: 'st/at+e=',
      access_type: 'offline',
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
      login_hint: 'ben@example.com',
      ...more,
    };
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    const response = await fetch(url, { redirect: 'manual' });
    const location = response.headers.get('location');
    return {
      status: response.status,
      contentType: response.headers.get('content-type'),
      text: await response.text(),
      back: location === null ? undefined : new URL(location),
    };
  };

  const token = async (form: Record<string, string>) => {
    const { clientId, clientSecret } = standIn.client;
    const response = await fetch(new URL('/token', standIn.url), {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };

  const codeOf = async (more: Record<string, string | undefined> = {}): Promise<string> =>
    (await authorize(more)).back!.searchParams.get('code')!;

  return {
    authorize,
    token,
    codeOf,
    trade: (code: string, more: Record<string, string> = {}) =>
      token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT_URI,
        code_verifier: VERIFIER,
        ...more,
      }),
    refresh: (refreshToken: string, more: Record<string, string> = {}) =>
      token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...more }),
    async userInfo(accessToken: string) {
      const headers = { authorization: `Bearer ${accessToken}` };
      const response = await fetch(new URL('/v3/userinfo', standIn.url), { headers });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async revoke(revoked: string) {
      const body = new URLSearchParams({ token: revoked });
      return (await fetch(new URL('/revoke', standIn.url), { method: 'POST', body })).status;
    },
  };
}
