import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { calendarListResource, eventsResource } from './calendar/calendar-access.js';
import { calendarListRoutes } from './calendar/calendar-list-routes.js';
import { eventRoutes } from './calendar/event-routes.js';
import { generateWorld } from './data/generate-world.js';
import { serveControl } from './control/control-routes.js';
import { createCalendarListMutations } from './data/calendar-list-mutations.js';
import { createContactMutations } from './data/contact-mutations.js';
import { createEventMutations } from './data/event-mutations.js';
import type { StandInCalendar, StandInUser } from './data/world.js';
import { NothingThereError } from './errors.js';
import { createFaultPlan } from './faults/fault-plan.js';
import { createRateLimit } from './faults/rate-limit.js';
import { accountRoutes } from './oauth/account-routes.js';
import { authorizeRoute } from './oauth/authorize.js';
import { createOAuthClients } from './oauth/clients.js';
import type { Consent } from './oauth/consents.js';
import { createGrants } from './oauth/grants.js';
import { tokenRoute } from './oauth/token.js';
import { DEFAULT_SCOPES, readOptions, type GoogleStandInOptions } from './options.js';
import { connectionsResource, peopleRoutes } from './people/people-routes.js';
import { createPushService } from './push/push-service.js';
import { calendarListWatched, eventsWatched, watchRoutes } from './push/watch-routes.js';
import { speechRoute } from './speech/speech-routes.js';
import type { GoogleStandIn, TokensOf } from './google-stand-in.js';
import { createListTokens } from './serve/list-tokens.js';
import type { RequestRecord } from './serve/request-log.js';
import { serveRoutes } from './serve/serve-routes.js';

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
  // Every push and every slow answer listens to it.
  setMaxListeners(0, stopping.signal);

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

  const findCalendar = (user: string, calendarId: string): StandInCalendar => {
    const { email, calendarList } = findUser(user);
    const id = calendarId === 'primary' ? email : calendarId;
    const calendar = world.calendars.get(id);
    if (!calendar || calendarList.get(id)?.deleted !== false) throw new NothingThereError('calendar', id);
    return calendar;
  };
  const push = createPushService({
    seed,
    now,
    retryDelaysMs: settings.pushRetryDelaysMs,
    timeoutMs: settings.pushTimeoutMs,
    signal: stopping.signal,
    strike({ userId, calendarId }) {
      const { email } = world.users.get(userId)!;
      const carries = { access: false, page: false, sync: false };
      return faults.strike({ operation: 'push', userId, email, calendarId, carries })?.kind;
    },
  });
  let url = '';

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Audio in base64 is the largest that comes.
  app.use(express.text({ type: () => true, limit: '14mb' }));
  serveControl(app, () => standIn);
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
      ...watchRoutes({
        seed,
        now,
        world,
        push,
        url: () => url,
        defaultLifetimeSeconds: settings.defaultChannelLifetimeSeconds,
        maxLifetimeSeconds: settings.maxChannelLifetimeSeconds,
        requireHttps: settings.requireHttpsChannels,
      }),
      speechRoute,
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

  // A client that pauses for some seconds between two requests of a spec should find its connection again.
  const server = createServer({ keepAliveTimeout: 120_000 }, app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = settings.clients[0]!;

  const standIn: GoogleStandIn = {
    ...createContactMutations(seed, now, findUser),
    ...createEventMutations({
      seed,
      now,
      findCalendar,
      changed: ({ id }) => push.notify(eventsWatched(id), 'exists'),
    }),
    ...createCalendarListMutations({
      seed,
      now,
      world,
      findUser,
      listChanged: ({ id }) => push.notify(calendarListWatched(id), 'exists'),
      calendarDeleted: (calendarId) => push.notify(eventsWatched(calendarId), 'not_exists'),
    }),
    url,
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
    channels: () => push.active(),
    pushes: push.records,
    silenceChannel: (channelId) => push.silence(channelId),
    pushesSettled: () => push.settled(),
    async stop() {
      stopping.abort();
      await push.settled();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  return standIn;
}
