import { createHash } from 'node:crypto';
import { DEFAULT_SCOPES } from './index.js';
import { REDIRECT_URL, rejection, startLab, type Lab } from './spec-support/lab.js';
import { sendJson, startRawGoogle, type RawGoogle } from './spec-support/raw-google.js';

const TOKEN = 'oauth.token';
let lab: Lab;
let raw: RawGoogle | undefined;

beforeEach(async () => {
  lab = await startLab();
});
afterEach(async () => {
  await lab.stop();
  await raw?.stop();
  raw = undefined;
});

/** What the user's browser brings back. */
async function consented(url: string): Promise<URLSearchParams> {
  const { headers } = await fetch(url, { redirect: 'manual' });
  return new URL(headers.get('location') as string).searchParams;
}

async function signIn() {
  const { oauth } = lab.google;
  const { url, state, codeVerifier } = await oauth.start({ loginHint: 'anna@example.com' });
  return { code: oauth.readCallback(await consented(url), state), codeVerifier };
}

describe('a callback', () => {
  const read =
    (query: string, expected = 'state-1') =>
    () =>
      lab.google.oauth.readCallback(new URLSearchParams(query), expected);

  test.each([
    ['no state', 'code=c', 'state'],
    ['another state', 'state=state-2&code=c', 'state'],
    ['a longer state', 'state=state-11&code=c', 'state'],
    ['another state with an error', 'state=x&error=access_denied', 'state'],
    ['a refusal', 'state=state-1&error=access_denied', 'denied'],
    ['a refusal with a code', 'state=state-1&error=access_denied&code=c', 'denied'],
    ['no code', 'state=state-1', 'no-code'],
    ['an empty code', 'state=state-1&code=', 'no-code'],
  ])('with %s is refused', (_name, query, problem) => {
    expect(read(query)).toThrow(expect.objectContaining({ code: 'ERR_GOOGLE_AUTHORIZATION', problem }));
  });

  test('is refused where no state was kept', () => {
    expect(read('state=&code=c', '')).toThrow(expect.objectContaining({ problem: 'state' }));
  });

  test('of a user who denies', async () => {
    lab.standIn.setConsent('anna@example.com', { deny: true });
    await expect(signIn()).rejects.toMatchObject({ problem: 'denied' });
  });
});

describe('trading a code', () => {
  test('needs the verifier that it was asked for with', async () => {
    const { code } = await signIn();
    const error = await rejection(lab.google.oauth.exchange(code, 'v'.repeat(43)));
    expect(error).toMatchObject({ code: 'ERR_GOOGLE_GRANT_REFUSED', reason: 'invalid_grant' });
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(code);
  });

  test('works once', async () => {
    const { code, codeVerifier } = await signIn();
    await lab.google.oauth.exchange(code, codeVerifier);
    await expect(lab.google.oauth.exchange(code, codeVerifier)).rejects.toMatchObject({
      code: 'ERR_GOOGLE_GRANT_REFUSED',
    });
  });

  test('names the scopes that the user left out', async () => {
    lab.standIn.revoke(lab.accountId);
    lab.standIn.setConsent('anna@example.com', { scopes: DEFAULT_SCOPES.slice(0, 4) });
    const { code, codeVerifier } = await signIn();
    await expect(lab.google.oauth.exchange(code, codeVerifier)).rejects.toMatchObject({
      problem: 'scopes',
      missingScopes: ['https://www.googleapis.com/auth/calendar.readonly'],
    });
  });

  test('is not repeated where Google may have seen the code', async () => {
    const { code, codeVerifier } = await signIn();
    lab.standIn.setFaults([{ kind: 'drop-after', operation: TOKEN }]);
    await expect(lab.google.oauth.exchange(code, codeVerifier)).rejects.toMatchObject({
      code: 'ERR_GOOGLE_UNAVAILABLE',
      attempts: 1,
    });
    expect(lab.statuses(TOKEN)).toHaveLength(1);
  });

  test('takes an answer without scopes for all that was asked for', async () => {
    raw = await startRawGoogle((response) => sendJson(response, { access_token: 'a', expires_in: 60 }));
    const { scopes } = await raw.google.oauth.exchange('code', 'verifier');
    expect(scopes).toEqual(DEFAULT_SCOPES);
  });
});

describe('refreshing', () => {
  test('a dead refresh token means that the user has to come again', async () => {
    const { refreshToken } = lab.standIn.grant(lab.accountId);
    lab.standIn.revoke(lab.accountId);
    const error = await rejection(lab.google.oauth.refresh(refreshToken));
    expect(error).toMatchObject({ code: 'ERR_GOOGLE_GRANT_REFUSED', attempts: 1 });
    expect(lab.google.oauth.isRefused(error)).toBe(true);
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(refreshToken);
  });

  test('an unknown client is a matter of the settings, not of the user', async () => {
    const other = await startLab({
      settings: {
        clientId: 'nobody',
        clientSecret: 'GOCSPX-hidden',
        redirectUrl: REDIRECT_URL,
        apiUrl: lab.standIn.url,
      },
    });
    const { refreshToken } = lab.standIn.grant(lab.accountId);
    const error = await rejection(other.google.oauth.refresh(refreshToken));
    await other.stop();
    expect(error).toMatchObject({ code: 'ERR_GOOGLE_OAUTH_CLIENT', reason: 'invalid_client' });
    expect(other.google.oauth.isRefused(error)).toBe(false);
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('GOCSPX-hidden');
  });

  test('is tried again where Google is busy', async () => {
    const { refreshToken } = lab.standIn.grant(lab.accountId);
    lab.standIn.setFaults([{ kind: 'unavailable', operation: TOKEN, retryAfterSeconds: 2, times: 1 }]);
    expect((await lab.google.oauth.refresh(refreshToken)).accessToken).not.toBe('');
    expect(lab.statuses(TOKEN)).toEqual([503, 200]);
    expect(lab.waits).toEqual([2250]);
  });

  test('says when to come again where Google stays busy', async () => {
    lab.standIn.setFaults([{ kind: 'too-many-requests', operation: TOKEN, retryAfterSeconds: 90 }]);
    const error = await rejection(lab.google.oauth.refresh('1//refresh'));
    expect(lab.google.oauth.retryAfterMs(error)).toBe(90_250);
  });

  test.each([
    ['no access token', { expires_in: 3599 }],
    ['no end', { access_token: 'a' }],
    ['a negative end', { access_token: 'a', expires_in: -1 }],
    ['an end beyond all', { access_token: 'a', expires_in: 1e12 }],
    ['a list', [{ access_token: 'a' }]],
    ['null', null],
  ])('an answer with %s is malformed', async (_name, answer) => {
    raw = await startRawGoogle((response) => sendJson(response, answer));
    await expect(raw.google.oauth.refresh('1//refresh')).rejects.toMatchObject({
      code: 'ERR_GOOGLE_MALFORMED_ANSWER',
    });
  });

  test('counts the life of a token from before the request', async () => {
    let clock = new Date('2026-11-20T12:00:00Z');
    raw = await startRawGoogle(
      (response) => {
        clock = new Date('2026-11-20T12:00:30Z');
        sendJson(response, { access_token: 'a', expires_in: 3600, scope: 'openid' });
      },
      { now: () => clock },
    );
    expect(await raw.google.oauth.refresh('1//refresh')).toEqual({
      accessToken: 'a',
      expiresAt: new Date('2026-11-20T13:00:00Z'),
      scopes: ['openid'],
    });
  });
});

test('the whole way: asked with PKCE, traded, refreshed, known by profile, taken back twice', async () => {
  const { oauth } = lab.google;
  const { url, state, codeVerifier } = await oauth.start({ loginHint: 'anna@example.com' });
  expect(codeVerifier).toMatch(/^[\w.~-]{43,128}$/);
  expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
    response_type: 'code',
    access_type: 'offline',
    state,
    scope: DEFAULT_SCOPES.join(' '),
    redirect_uri: REDIRECT_URL,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  expect(url).not.toContain(codeVerifier);
  const tokens = await oauth.exchange(oauth.readCallback(await consented(url), state), codeVerifier);
  expect(tokens.scopes).toEqual(expect.arrayContaining([...DEFAULT_SCOPES]));
  const fresh = await oauth.refresh(tokens.refreshToken as string);
  expect(fresh.accessToken).not.toBe(tokens.accessToken);
  expect(await oauth.profile(fresh.accessToken)).toEqual({
    sub: lab.accountId,
    email: 'anna@example.com',
    name: 'Anna',
  });
  await oauth.revoke(tokens.refreshToken as string);
  await oauth.revoke(tokens.refreshToken as string);
  await expect(oauth.refresh(tokens.refreshToken as string)).rejects.toMatchObject({
    code: 'ERR_GOOGLE_GRANT_REFUSED',
  });
});

test('no two states or verifiers are alike', async () => {
  const started = await Promise.all(Array.from({ length: 50 }, () => lab.google.oauth.start()));
  expect(new Set(started.flatMap(({ state, codeVerifier }) => [state, codeVerifier])).size).toBe(100);
});
