import { randomUUID } from 'node:crypto';
import type { Account, Data, SignIn } from '@switchyard/catchup-data';
import { DEFAULT_SCOPES, AuthorizationError, type GoogleOAuth } from '@switchyard/catchup-google';
import { ConnectError } from './connect-error.js';
import { cancelReconnectReminders } from './remind-to-reconnect.js';

export interface ConnectFlowParts {
  readonly data: Data;
  readonly google: {
    readonly oauth: Pick<GoogleOAuth, 'start' | 'readCallback' | 'exchange' | 'profile'>;
  };
  /** Where the provider sends users back to: kept with each sign-in, for people to see. */
  readonly redirectUrl: string;
  readonly now: () => Date;
  /** Default `randomUUID`. */
  readonly newId?: () => string;
  /** How long a user may take to consent. Default 600. */
  readonly ttlSeconds?: number;
}

export interface ConnectedAccount {
  readonly account: Account;
  /** Where in the app the user came from. */
  readonly returnTo: string | null;
}

/** Connects accounts of users by OAuth's code flow with PKCE and state. */
export interface ConnectFlow {
  /**
   * @param options.returnTo a path of the app
   * @returns where to send the user
   * @throws ConnectError (`return-to`)
   */
  start(
    userId: string,
    options?: { readonly returnTo?: string; readonly loginHint?: string },
  ): Promise<{ readonly url: string }>;
  /**
   * The user comes back. A state is good for one callback, of the user who started, within its time; of two callbacks
   * at once one has it. It is spent even where the sign-in fails then.
   *
   * @param userId of the session that the callback comes in
   * @throws ConnectError, and what Google's client or the database do
   * @throws AccountTakenError where somebody else has connected the same account
   */
  callback(
    parameters: URLSearchParams,
    userId: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<ConnectedAccount>;
  /** Sign-ins that nobody came back from. Returns how many there were. */
  removeExpired(): Promise<number>;
}

const PROVIDER = 'google';
const DEFAULT_TTL_SECONDS = 600;
/** Before any sign-in was started: whether its time is over is decided here, to tell that from a wrong one. */
const LONG_AGO = new Date(0);

export function createConnectFlow(parts: ConnectFlowParts): ConnectFlow {
  const { data, google, redirectUrl, now, newId = randomUUID, ttlSeconds = DEFAULT_TTL_SECONDS } = parts;

  /** The state is gone from here on, whoever came with it. */
  async function takeSignIn(state: string, userId: string): Promise<SignIn> {
    const signIn = state === '' ? undefined : await data.oauthStates.take(state, LONG_AGO);
    if (!signIn) throw new ConnectError('state');
    if (signIn.expiresAt <= now()) throw new ConnectError('expired');
    if (signIn.userId !== userId) throw new ConnectError('wrong-user');
    return signIn;
  }

  return {
    async start(userId, { returnTo, loginHint } = {}) {
      if (returnTo !== undefined && !isPathOfOurs(returnTo)) throw new ConnectError('return-to');
      const { url, state, codeVerifier } = await google.oauth.start({ loginHint });
      await data.oauthStates.put(state, {
        userId,
        provider: PROVIDER,
        codeVerifier,
        redirectUri: redirectUrl,
        scopes: DEFAULT_SCOPES,
        returnTo: returnTo ?? null,
        createdAt: now(),
        expiresAt: new Date(now().getTime() + ttlSeconds * 1000),
      });
      return { url };
    },

    async callback(parameters, userId, { signal } = {}) {
      signal?.throwIfAborted();
      const state = parameters.get('state') ?? '';
      const { codeVerifier, returnTo } = await takeSignIn(state, userId);
      try {
        const code = google.oauth.readCallback(parameters, state);
        const { scopes, ...tokens } = await google.oauth.exchange(code, codeVerifier, { signal });
        const { sub, email } = await google.oauth.profile(tokens.accessToken, { signal });
        const at = now();
        const account = await data.transaction(async (stores) => {
          const connected = await stores.accounts.connect({
            id: newId(),
            userId,
            provider: PROVIDER,
            externalId: sub,
            email,
            scopes: [...scopes],
            statusChangedAt: at,
            createdAt: at,
            updatedAt: at,
          });
          await stores.tokens.put(connected.id, tokens, at);
          await cancelReconnectReminders(stores, connected, at);
          return connected;
        });
        return { account, returnTo };
      } catch (error) {
        if (!(error instanceof AuthorizationError)) throw error;
        throw new ConnectError(error.problem, { missingScopes: error.missingScopes, cause: error });
      }
    },

    removeExpired: () => data.oauthStates.removeExpired(now()),
  };
}

/** Not another host's: `//host` and `/\host` are. */
const isPathOfOurs = (path: string): boolean => /^\/(?![/\\])[^\s\\]*$/.test(path);
