import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { calendarListResource, eventsResource } from './calendar/calendar-access.js';
import { calendarListRoutes } from './calendar/calendar-list-routes.js';
import { eventRoutes } from './calendar/event-routes.js';
import { generateWorld } from './data/generate-world.js';
import type { StandInUser } from './data/world.js';
import { NothingThereError } from './errors.js';
import { createFaultPlan } from './faults/fault-plan.js';
import type { FaultRule } from './faults/fault-rule.js';
import { createRateLimit } from './faults/rate-limit.js';
import { accountRoutes } from './oauth/account-routes.js';
import { authorizeRoute } from './oauth/authorize.js';
import { createOAuthClients, type OAuthClient } from './oauth/clients.js';
import type { Consent } from './oauth/consents.js';
import { createGrants } from './oauth/grants.js';
import { tokenRoute } from './oauth/token.js';
import { readOptions, type GoogleStandInOptions } from './options.js';
import { connectionsResource, peopleRoutes } from './people/people-routes.js';
import { createListTokens } from './serve/list-tokens.js';
import type { RequestRecord } from './serve/request-log.js';
import { serveRoutes } from './serve/serve-routes.js';

export const DEFAULT_SCOPES: readonly string[] = [
  'openid',
  'https://www.googleapis.com/auth/userinfo.email',
  'https://www.googleapis.com/auth/userinfo.profile',
  'https://www.googleapis.com/auth/contacts.readonly',
  'https://www.googleapis.com/auth/calendar.readonly',
  'https://www.googleapis.com/auth/cloud-platform',
];

/** Tokens as the app would hold them after the code flow. */
export interface GrantedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: Date;
  readonly scopes: readonly string[];
}

export interface GoogleStandIn {
  /** Without a trailing slash. Serves what Google spreads over several hosts. */
  readonly url: string;
  readonly client: OAuthClient;
  readonly users: readonly { readonly id: string; readonly email: string; readonly name: string }[];
  /** Every request so far, in order. */
  readonly requests: readonly RequestRecord[];
  addRedirectUri(redirectUri: string, clientId?: string): void;
  /** What the user answers from now on when an app asks for consent. `user` is an email or id here and below. */
  setConsent(user: string, consent: Consent): void;
  /** Consents without the detour over a browser. */
  grant(user: string, scopes?: readonly string[], clientId?: string): GrantedTokens;
  /** As if the user removed the app from the account: all tokens die. */
  revoke(user: string): void;
  /** The user's access tokens are no longer taken; refresh tokens are. */
  killAccessTokens(user: string): void;
  /** Takes the place of all faults before. */
  setFaults(rules: readonly FaultRule[]): void;
  addFault(rule: FaultRule): void;
  faultHits(): readonly { readonly rule: FaultRule; readonly hits: number }[];
  /** Sync tokens issued so far are dead: of all users or one, of all lists or one. */
  expireSyncTokens(of?: TokensOf): void;
  expirePageTokens(of?: TokensOf): void;
  /** Stops listening and closes every socket. */
  stop(): Promise<void>;
}

export interface TokensOf {
  readonly user?: string;
  readonly list?: 'people' | 'events' | 'calendarList';
  /** With `list: 'events'`. */
  readonly calendarId?: string;
}

/**
 * Starts an HTTP server on 127.0.0.1 that serves Google's OAuth, People and Calendar from generated data. Nothing is
 * written to disk. Throws an InvalidStandInOptionError, or whatever `listen` throws.
 */
export async function startGoogleStandIn(options: GoogleStandInOptions = {}): Promise<GoogleStandIn> {
  const settings = readOptions(options);
  const { seed, now } = settings;
  const anchorMs = Math.floor(now().getTime() / 86_400_000) * 86_400_000;
  const world = generateWorld(seed, settings.users, anchorMs);
  const clients = createOAuthClients(settings.clients);
  const grants = createGrants(settings);
  const tokens = createListTokens(seed);
  const faults = createFaultPlan(seed);
  const requests: RequestRecord[] = [];
  const consents = new Map<string, Consent>();
  const stopping = new AbortController();

  const findUser = (user: string): StandInUser => {
    const found = [...world.users.values()].find(({ id, email }) => id === user || email === user);
    if (!found) throw new NothingThereError('user', user);
    return found;
  };
  const expire = (kind: 'page' | 'sync', of: TokensOf = {}): void => {
    const users = of.user === undefined ? [...world.users.values()] : [findUser(of.user)];
    for (const user of users) {
      if (of.list !== 'events' && of.list !== 'calendarList') tokens.expire(kind, connectionsResource(user));
      if (of.list !== 'events' && of.list !== 'people') tokens.expire(kind, calendarListResource(user));
      if (of.list !== 'people' && of.list !== 'calendarList')
        tokens.expire(
          kind,
          eventsResource(user, of.calendarId === 'primary' ? user.email : (of.calendarId ?? '')),
        );
    }
  };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  serveRoutes(
    app,
    [
      authorizeRoute({
        users: () => [...world.users.values()],
        clients,
        grants,
        consentOf: (userId) => consents.get(userId) ?? {},
      }),
      tokenRoute({ clients, grants, now, accessTokenLifetimeSeconds: settings.accessTokenLifetimeSeconds }),
      ...accountRoutes({ users: world.users, grants, now }),
      ...peopleRoutes({
        tokens,
        now,
        syncTokenLifetimeSeconds: settings.peopleSyncTokenLifetimeSeconds,
        expiredSyncTokenStatus: settings.expiredPeopleSyncTokenStatus,
      }),
      ...calendarListRoutes(world, tokens),
      ...eventRoutes(world, tokens, now),
    ],
    {
      users: world.users,
      grants,
      faults,
      rateLimit: createRateLimit(settings.rateLimitPerUser, now),
      requests,
      signal: stopping.signal,
      expireTokens(kind, operation, user, calendarId) {
        if (operation === 'people.connections.list') expire(kind, { user, list: 'people' });
        if (operation === 'calendar.calendarList.list') expire(kind, { user, list: 'calendarList' });
        if (operation === 'calendar.events.list') expire(kind, { user, list: 'events', calendarId });
      },
    },
  );

  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '127.0.0.1', resolve);
  });
  const client = settings.clients[0]!;

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    client,
    users: [...world.users.values()].map(({ id, email, name }) => ({ id, email, name })),
    requests,
    addRedirectUri: (redirectUri, clientId = client.clientId) =>
      clients.addRedirectUri(clientId, redirectUri),
    setConsent: (user, consent) => void consents.set(findUser(user).id, consent),
    grant(user, scopes = DEFAULT_SCOPES, clientId = client.clientId) {
      const { grant } = grants.give(findUser(user).id, clientId, scopes);
      const { token, expiresAtMs } = grants.issueAccessToken(grant, scopes);
      return {
        accessToken: token,
        refreshToken: grants.issueRefreshToken(grant),
        expiresAt: new Date(expiresAtMs),
        scopes,
      };
    },
    revoke(user) {
      for (const grant of grants.ofUser(findUser(user).id)) grants.revoke(grant);
    },
    killAccessTokens: (user) => grants.killAccessTokensOf(findUser(user).id),
    setFaults: (rules) => faults.set(rules),
    addFault: (rule) => faults.add(rule),
    faultHits: () => faults.hits(),
    expireSyncTokens: (of) => expire('sync', of),
    expirePageTokens: (of) => expire('page', of),
    async stop() {
      stopping.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
