import { randomBytes, timingSafeEqual } from 'node:crypto';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import type { Caller } from './call.js';
import {
  AuthorizationError,
  GoogleRefusedError,
  GoogleUnavailableError,
  GrantRefusedError,
  MalformedAnswerError,
  OAuthClientError,
  type CallFacts,
} from './errors.js';
import type { Refusal } from './read-refusal.js';

/** What has to be kept until the user comes back: tied to the user's session, used once, and for a short time only. */
export interface StartedAuthorization {
  /** Where to send the user. */
  readonly url: string;
  readonly state: string;
  /** A secret: whoever has it and the code has the account. */
  readonly codeVerifier: string;
}

export interface OAuthTokens {
  readonly accessToken: string;
  /** Absent where Google gave none: it does so on the first consent, and the one before goes on. */
  readonly refreshToken?: string;
  readonly expiresAt: Date;
  /** What the user granted; empty where the answer to a refresh does not say. */
  readonly scopes: readonly string[];
}

export interface GoogleProfile {
  /** Stays the same for ever, whatever becomes of the address. */
  readonly sub: string;
  readonly email: string | null;
  readonly name: string | null;
}

export interface GoogleOAuth {
  /** Begins the code flow with PKCE (RFC 6749, section 4.1; RFC 7636, S256). */
  start(options?: { readonly loginHint?: string }): Promise<StartedAuthorization>;
  /**
   * The code of a callback whose state was compared, else why there is none.
   *
   * @param callback the parameters of the callback's URL
   * @throws AuthorizationError
   */
  readCallback(callback: URLSearchParams, expectedState: string): string;
  /**
   * Trades a code for tokens. A code is good for one try: it is repeated only where Google surely did not see it.
   *
   * @throws GrantRefusedError, OAuthClientError, GoogleUnavailableError; AuthorizationError where a scope is missing
   */
  exchange(
    code: string,
    codeVerifier: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<OAuthTokens>;
  /** @throws GrantRefusedError when the refresh token is dead, and stays so */
  refresh(refreshToken: string, options?: { readonly signal?: AbortSignal }): Promise<OAuthTokens>;
  /** Takes back what the user granted. A token that is dead already is no error. */
  revoke(token: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Whose token it is. */
  profile(accessToken: string, options?: { readonly signal?: AbortSignal }): Promise<GoogleProfile>;
  /** Whether an error says that the refresh token is dead for good. */
  isRefused(error: unknown): boolean;
  /** How long Google asked to be left alone; 0 where it did not. */
  retryAfterMs(error: unknown): number;
}

export interface OAuthParts {
  readonly caller: Caller;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUrl: string;
  readonly authUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
  readonly userInfoUrl: string;
  readonly scopes: readonly string[];
  readonly now: () => Date;
}

export function createOAuth(parts: OAuthParts): GoogleOAuth {
  const { caller, clientId, clientSecret, redirectUrl, scopes, now } = parts;
  const library = new OAuth2Client({
    clientId,
    clientSecret,
    redirectUri: redirectUrl,
    endpoints: { oauth2AuthBaseUrl: parts.authUrl },
  });

  async function askForTokens(
    form: Record<string, string>,
    { repeatable, signal }: { readonly repeatable: boolean; readonly signal?: AbortSignal },
  ): Promise<OAuthTokens> {
    const operation = 'oauth.token';
    const askedAt = now();
    const answer = await caller.call({
      operation,
      method: 'POST',
      url: parts.tokenUrl,
      form: new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }),
      repeatable,
      signal,
      refused: tokenRefusal,
    });
    return readTokens(answer, askedAt, operation);
  }

  return {
    async start({ loginHint } = {}) {
      const { codeVerifier, codeChallenge } = await library.generateCodeVerifierAsync();
      const state = randomBytes(32).toString('base64url');
      const url = library.generateAuthUrl({
        access_type: 'offline',
        // Without it Google gives the refresh token on the first consent only.
        prompt: 'consent',
        include_granted_scopes: true,
        scope: [...scopes],
        state,
        code_challenge: codeChallenge,
        code_challenge_method: CodeChallengeMethod.S256,
        ...(loginHint !== undefined && { login_hint: loginHint }),
      });
      return { url, state, codeVerifier };
    },
    readCallback(callback, expectedState) {
      if (!isSame(callback.get('state') ?? '', expectedState)) throw new AuthorizationError('state');
      if (callback.has('error')) throw new AuthorizationError('denied');
      const code = callback.get('code');
      if (!code) throw new AuthorizationError('no-code');
      return code;
    },
    async exchange(code, codeVerifier, { signal } = {}) {
      const form = {
        grant_type: 'authorization_code',
        code,
        code_verifier: codeVerifier,
        redirect_uri: redirectUrl,
      };
      const tokens = await askForTokens(form, { repeatable: false, signal });
      // An answer that names no scopes has granted what was asked for (RFC 6749, section 5.1).
      if (tokens.scopes.length === 0) return { ...tokens, scopes: scopes.map(fullScope) };
      const missing = scopes.filter((scope) => !tokens.scopes.includes(fullScope(scope)));
      if (missing.length > 0) throw new AuthorizationError('scopes', missing);
      return tokens;
    },
    refresh: (refreshToken, { signal } = {}) =>
      askForTokens(
        { grant_type: 'refresh_token', refresh_token: refreshToken },
        { repeatable: true, signal },
      ),
    async revoke(token, { signal } = {}) {
      try {
        await caller.call({
          operation: 'oauth.revoke',
          method: 'POST',
          url: parts.revokeUrl,
          form: new URLSearchParams({ token }),
          repeatable: true,
          signal,
        });
      } catch (error) {
        if (!(error instanceof GoogleRefusedError && error.reason === 'invalid_token')) throw error;
      }
    },
    async profile(accessToken, { signal } = {}) {
      const operation = 'oauth.userinfo';
      const answer = await caller.call({
        operation,
        method: 'GET',
        url: parts.userInfoUrl,
        accessToken,
        repeatable: true,
        signal,
      });
      const { sub, email, name } = (answer ?? {}) as Record<string, unknown>;
      if (typeof sub !== 'string' || sub === '')
        throw new MalformedAnswerError('a profile without "sub"', { operation, status: 200 });
      return { sub, email: text(email)?.toLowerCase() ?? null, name: text(name) ?? null };
    },
    isRefused: (error) => error instanceof GrantRefusedError,
    retryAfterMs: (error) => (error instanceof GoogleUnavailableError ? error.retryAfterMs : 0),
  };
}

/** See RFC 6749, section 5.2. */
function tokenRefusal({ reason }: Refusal, facts: CallFacts): Error | undefined {
  if (reason === 'invalid_grant') return new GrantRefusedError(facts);
  const isOurs = ['invalid_client', 'unauthorized_client', 'redirect_uri_mismatch', 'invalid_scope'];
  return isOurs.includes(reason ?? '') ? new OAuthClientError(facts) : undefined;
}

function readTokens(answer: unknown, askedAt: Date, operation: string): OAuthTokens {
  const { access_token, refresh_token, expires_in, scope } = (answer ?? {}) as Record<string, unknown>;
  const seconds = typeof expires_in === 'number' || typeof expires_in === 'string' ? Number(expires_in) : NaN;
  if (typeof access_token !== 'string' || access_token === '' || !(seconds >= 0 && seconds < 1e9))
    throw new MalformedAnswerError('tokens without an access token or an end', { operation, status: 200 });
  return {
    accessToken: access_token,
    // Nothing is stored in the place of one that Google did not send.
    ...(typeof refresh_token === 'string' && refresh_token !== '' && { refreshToken: refresh_token }),
    // Counted from before the request, so that it never lives longer here than at Google.
    expiresAt: new Date(askedAt.getTime() + seconds * 1000),
    scopes: typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [],
  };
}

/** `email` and `profile` are granted under their long names. */
function fullScope(scope: string): string {
  return ['email', 'profile'].includes(scope) ? `https://www.googleapis.com/auth/userinfo.${scope}` : scope;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && b.length > 0 && timingSafeEqual(a, b);
}
