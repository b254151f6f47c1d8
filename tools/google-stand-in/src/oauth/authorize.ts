import type { StandInUser } from '../data/world.js';
import type { Answer, ApiRequest, OpenRoute } from '../serve/route.js';
import type { OAuthClients } from './clients.js';
import type { Consent } from './consents.js';
import type { Grants } from './grants.js';

export interface AuthorizeParts {
  readonly users: () => readonly StandInUser[];
  readonly clients: OAuthClients;
  readonly grants: Grants;
  readonly consentOf: (userId: string) => Consent;
}

/**
 * The first leg of the code flow. Nobody is asked: the user named by `login_hint` (email or id; else the first one)
 * answers as set beforehand. What is wrong with the client or its redirect URI is told on a page, not to the app.
 * See https://developers.google.com/identity/protocols/oauth2/web-server and RFC 7636 for PKCE.
 */
export function authorizeRoute(parts: AuthorizeParts): OpenRoute {
  const whose = ({ query }: ApiRequest): StandInUser | undefined => {
    const hint = query.get('login_hint');
    const users = parts.users();
    return users.find(({ id, email }) => id === hint || email === hint) ?? users[0];
  };

  return {
    open: true,
    method: 'get',
    path: '/o/oauth2/v2/auth',
    operation: 'oauth.authorize',
    family: 'oauth',
    whose: (request) => whose(request)?.id,
    handle(request) {
      const { query } = request;
      const client = parts.clients.find(query.get('client_id'));
      if (!client) return errorPage(401, 'invalid_client', 'The OAuth client was not found.');
      const redirectUri = query.get('redirect_uri') ?? '';
      if (!client.redirectUris.includes(redirectUri))
        return errorPage(400, 'redirect_uri_mismatch', `Not registered: ${redirectUri}`);
      if (query.get('response_type') !== 'code')
        return errorPage(400, 'invalid_request', 'response_type has to be code here.');
      const asked = (query.get('scope') ?? '').split(/\s+/).filter((scope) => scope !== '');
      if (asked.length === 0) return errorPage(400, 'invalid_request', 'Missing required parameter: scope');
      const method = query.get('code_challenge_method') ?? 'plain';
      if (method !== 'S256' && method !== 'plain')
        return errorPage(400, 'invalid_request', `Invalid code_challenge_method: ${method}`);
      const user = whose(request);
      if (!user) return errorPage(400, 'invalid_request', 'There is no user.');

      const back = (values: Record<string, string>): Answer => {
        const url = new URL(redirectUri);
        const state = query.get('state');
        if (state !== null) url.searchParams.set('state', state);
        for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
        return { status: 302, headers: { location: url.href, 'cache-control': 'no-store' } };
      };

      const consent = parts.consentOf(user.id);
      const before = parts.grants.find(user.id, client.clientId);
      const prompt = (query.get('prompt') ?? '').split(' ');
      const covered = before !== undefined && asked.every((scope) => before.scopes.includes(scope));
      if (prompt.includes('none') && !covered) return back({ error: 'interaction_required' });
      if (consent.deny) return back({ error: 'access_denied' });

      const granted = consent.scopes ? asked.filter((scope) => consent.scopes!.includes(scope)) : asked;
      const { grant } = parts.grants.give(user.id, client.clientId, granted);
      const scopes = query.get('include_granted_scopes') === 'true' ? grant.scopes : granted;
      const challenge = query.get('code_challenge');
      const code = parts.grants.issueCode({
        grant,
        scopes,
        redirectUri,
        ...(challenge !== null && { challenge: { value: challenge, method } }),
        // Who consented before gets no second refresh token unless asked again.
        offline: query.get('access_type') === 'offline' && (!covered || prompt.includes('consent')),
      });
      return back({ code, scope: scopes.join(' '), authuser: '0', prompt: covered ? 'none' : 'consent' });
    },
  };
}

const errorPage = (status: number, error: string, description: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!DOCTYPE html><html><head><title>Error ${status} (${error})</title></head><body><h1>Access blocked</h1><p>${escapeHtml(description)}</p><p>Error ${status}: ${error}</p></body></html>`,
});

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
