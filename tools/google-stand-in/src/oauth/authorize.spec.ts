import { createOAuthApp } from '../spec-support/oauth-app.js';
import { useStandIns } from '../spec-support/started-stand-in.js';

describe('asking for consent', () => {
  const start = useStandIns();

  it.each([
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    [
      'a redirect URI that differs by a slash',
      { redirect_uri: 'http://127.0.0.1/oauth/callback/' },
      400,
      'redirect_uri_mismatch',
    ],
    ['another response type', { response_type: 'token' }, 400, 'invalid_request'],
    ['no scope', { scope: undefined }, 400, 'invalid_request'],
    ['an unknown way of challenge', { code_challenge_method: 'S512' }, 400, 'invalid_request'],
  ])('shows a page instead of sending the browser back: %s', async (_, wrong, status, error) => {
    const answer = await createOAuthApp(await start()).authorize(wrong);
    expect(answer.back).toBeUndefined();
    expect([answer.status, answer.contentType]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.text).toContain(error);
  });

  it('sends back with state and error where the user denies', async () => {
    const standIn = await start();
    standIn.setConsent('ben@example.com', { deny: true });
    const { status, back } = await createOAuthApp(standIn).authorize();
    expect(status).toBe(302);
    expect(Object.fromEntries(back!.searchParams)).toEqual({ error: 'access_denied', state: 'st/at+e=' });
  });

  it('sends back with state, a code and what was granted', async () => {
    const standIn = await start();
    standIn.setConsent('ben@example.com', { scopes: ['openid'] });
    const { back } = await createOAuthApp(standIn).authorize();
    expect(back!.href.startsWith('http://127.0.0.1/oauth/callback?')).toBe(true);
    expect(back!.searchParams.get('state')).toBe('st/at+e=');
    expect(back!.searchParams.get('scope')).toBe('openid');
    expect(back!.searchParams.get('code')).toMatch(/^4\//);
  });

  it('asks nobody with prompt=none: what was granted before, or an error', async () => {
    const app = createOAuthApp(await start());
    expect((await app.authorize({ prompt: 'none' })).back!.searchParams.get('error')).toBe(
      'interaction_required',
    );
    await app.codeOf();
    expect((await app.authorize({ prompt: 'none' })).back!.searchParams.get('code')).toMatch(/^4\//);
  });

  it('knows a redirect URI that was added later', async () => {
    const standIn = await start();
    const redirect_uri = 'http://127.0.0.1:54321/callback';
    standIn.addRedirectUri(redirect_uri);
    expect((await createOAuthApp(standIn).authorize({ redirect_uri })).status).toBe(302);
  });
});
