import { DEFAULT_CLIENT } from '../index.js';
import { createOAuthApp } from '../spec-support/oauth-app.js';
import { NOW, useStandIns } from '../spec-support/started-stand-in.js';

const OTHER_CLIENT = { ...DEFAULT_CLIENT, clientId: 'other', clientSecret: 'other-secret' };
const AS_OTHER = { client_id: 'other', client_secret: 'other-secret' };

describe('tokens', () => {
  const start = useStandIns();

  it.each([
    ['a client that does not exist', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no code', { code: '' }, 400, 'invalid_request'],
    ['a made-up code', { code: '4/0Amade-up' }, 400, 'invalid_grant'],
    ['a wrong verifier', { code_verifier: 'wrong' }, 400, 'invalid_grant'],
    [
      'another redirect URI',
      { redirect_uri: 'http://localhost:3000/oauth/callback' },
      400,
      'redirect_uri_mismatch',
    ],
    ["another client's code", AS_OTHER, 400, 'invalid_grant'],
  ])('refuses %s', async (_, wrong, status, error) => {
    const app = createOAuthApp(await start({ clients: [DEFAULT_CLIENT, OTHER_CLIENT] }));
    const answer = await app.trade(await app.codeOf(), wrong);
    expect(answer).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
    expect(answer.body['access_token']).toBeUndefined();
  });

  it('takes a code once, and not for long', async () => {
    let now = NOW;
    const app = createOAuthApp(await start({ now: () => now }));
    const [once, late] = [await app.codeOf(), await app.codeOf()];
    expect((await app.trade(once)).status).toBe(200);
    expect((await app.trade(once)).body['error']).toBe('invalid_grant');
    now = new Date(NOW.getTime() + 600_000);
    expect((await app.trade(late)).body['error']).toBe('invalid_grant');
  });

  it('gives a refresh token with the first consent, and again only for prompt=consent', async () => {
    const app = createOAuthApp(await start());
    const has = async (more = {}) => 'refresh_token' in (await app.trade(await app.codeOf(more))).body;
    expect(await has()).toBe(true);
    expect(await has()).toBe(false);
    expect(await has({ prompt: 'consent' })).toBe(true);
    expect(await has({ prompt: 'consent', access_type: 'online' })).toBe(false);
  });

  it('refreshes until somebody revokes', async () => {
    const standIn = await start({ accessTokenLifetimeSeconds: 120 });
    const app = createOAuthApp(standIn);
    const { body } = await app.trade(await app.codeOf());
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 119 });
    const refreshed = await app.refresh(body['refresh_token']!);
    expect(refreshed.body['access_token']).not.toBe(body['access_token']);
    expect(refreshed.body['refresh_token']).toBeUndefined();
    expect((await app.userInfo(refreshed.body['access_token']!)).body).toMatchObject({
      sub: standIn.users[1]!.id,
    });

    expect(await app.revoke('1//0unknown')).toBe(400);
    expect(await app.revoke(body['refresh_token']!)).toBe(200);
    expect(await app.refresh(body['refresh_token']!)).toEqual({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    });
    expect((await app.userInfo(refreshed.body['access_token']!)).status).toBe(401);
  });

  it('gives nobody else a token for it', async () => {
    const app = createOAuthApp(await start({ clients: [DEFAULT_CLIENT, OTHER_CLIENT] }));
    const { body } = await app.trade(await app.codeOf());
    expect((await app.refresh(body['refresh_token']!, AS_OTHER)).body).toEqual({
      error: 'unauthorized_client',
      error_description: 'Unauthorized',
    });
  });

  it('lets the oldest refresh token die where there are too many', async () => {
    const standIn = await start({ maxRefreshTokensPerGrant: 2 });
    const app = createOAuthApp(standIn);
    const [first, second, third] = [1, 2, 3].map(() => standIn.grant('ben@example.com').refreshToken);
    expect((await app.refresh(first!)).body['error']).toBe('invalid_grant');
    expect((await app.refresh(second!)).status).toBe(200);
    expect((await app.refresh(third!)).status).toBe(200);
  });

  it('lets access tokens expire by the clock', async () => {
    let now = NOW;
    const standIn = await start({ now: () => now });
    expect((await standIn.get('/v3/userinfo')).status).toBe(200);
    now = new Date(NOW.getTime() + 3_600_000);
    const { status, headers, body } = await standIn.get('/calendar/v3/users/me/calendarList');
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('invalid_token');
    expect(body.error.errors![0]).toMatchObject({ domain: 'global', reason: 'authError' });
  });
});
