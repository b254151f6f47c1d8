import { InvalidStandInOptionError } from './errors.js';
import type { UserOptions } from './data/generate-world.js';
import type { RateLimitOptions } from './faults/rate-limit.js';
import type { OAuthClient } from './oauth/clients.js';

export interface GoogleStandInOptions {
  /** A whole number; 1 by default. The same seed, users and `now` give the same data and the same tokens. */
  readonly seed?: number;
  /** Two by default, in Berlin and New York. */
  readonly users?: readonly UserOptions[];
  /** One by default, see `DEFAULT_CLIENT`, to which redirect URIs can be added later. */
  readonly clients?: readonly OAuthClient[];
  /** The system's clock by default. Data lies around the day on which the stand-in starts. */
  readonly now?: () => Date;
  /** 0, any free one, by default. */
  readonly port?: number;
  /** 3600 by default. */
  readonly accessTokenLifetimeSeconds?: number;
  /** 600 by default. */
  readonly codeLifetimeSeconds?: number;
  /** 100 by default, as at Google: the oldest one dies silently when one more is issued. */
  readonly maxRefreshTokensPerGrant?: number;
  /** 7 days by default, counted from the full list. */
  readonly peopleSyncTokenLifetimeSeconds?: number;
  /** 400 by default, which is what People answers; 410 is what some of its guides say. */
  readonly expiredPeopleSyncTokenStatus?: 400 | 410;
  /** What a watch request gets that does not say; 604 800 (a week) by default. */
  readonly defaultChannelLifetimeSeconds?: number;
  /** Longer wishes are cut to it; 2 592 000 (30 days) by default. */
  readonly maxChannelLifetimeSeconds?: number;
  /** Whether push channels need https, as at Google; false by default: http to a loopback address will do. */
  readonly requireHttpsChannels?: boolean;
  /** How long to wait before each further attempt to push; 1, 2, 4, 8 and 16 s by default. */
  readonly pushRetryDelaysMs?: readonly number[];
  /** How long one attempt to push may take; 10 000 by default. */
  readonly pushTimeoutMs?: number;
  /** None by default. */
  readonly rateLimitPerUser?: RateLimitOptions;
}

export type StandInSettings = Required<Omit<GoogleStandInOptions, 'rateLimitPerUser'>> &
  Pick<GoogleStandInOptions, 'rateLimitPerUser'>;

const SECONDS = [
  'accessTokenLifetimeSeconds',
  'codeLifetimeSeconds',
  'peopleSyncTokenLifetimeSeconds',
  'defaultChannelLifetimeSeconds',
  'maxChannelLifetimeSeconds',
] as const;

export const DEFAULT_CLIENT: OAuthClient = {
  clientId: 'stand-in.apps.googleusercontent.com',
  clientSecret: 'GOCSPX-stand-in',
  redirectUris: ['http://127.0.0.1/oauth/callback', 'http://localhost:3000/oauth/callback'],
};

/** What `grant` consents to unless told otherwise. */
export const DEFAULT_SCOPES: readonly string[] = [
  'openid',
  'https://www.googleapis.com/auth/userinfo.email',
  'https://www.googleapis.com/auth/userinfo.profile',
  'https://www.googleapis.com/auth/contacts.readonly',
  'https://www.googleapis.com/auth/calendar.readonly',
  'https://www.googleapis.com/auth/cloud-platform',
];

const DEFAULT_USERS: readonly UserOptions[] = [
  { email: 'anna@example.com', name: 'Anna Berger', timeZone: 'Europe/Berlin' },
  { email: 'ben@example.com', name: 'Ben Carter', timeZone: 'America/New_York' },
];

/** Fills in the defaults. Throws an {@link InvalidStandInOptionError} for what is not allowed. */
export function readOptions(options: GoogleStandInOptions): StandInSettings {
  const settings: StandInSettings = {
    seed: options.seed ?? 1,
    users: options.users ?? DEFAULT_USERS,
    clients: options.clients ?? [DEFAULT_CLIENT],
    now: options.now ?? (() => new Date()),
    port: options.port ?? 0,
    accessTokenLifetimeSeconds: options.accessTokenLifetimeSeconds ?? 3600,
    codeLifetimeSeconds: options.codeLifetimeSeconds ?? 600,
    maxRefreshTokensPerGrant: options.maxRefreshTokensPerGrant ?? 100,
    peopleSyncTokenLifetimeSeconds: options.peopleSyncTokenLifetimeSeconds ?? 7 * 24 * 60 * 60,
    expiredPeopleSyncTokenStatus: options.expiredPeopleSyncTokenStatus ?? 400,
    defaultChannelLifetimeSeconds: options.defaultChannelLifetimeSeconds ?? 7 * 24 * 60 * 60,
    maxChannelLifetimeSeconds: options.maxChannelLifetimeSeconds ?? 30 * 24 * 60 * 60,
    requireHttpsChannels: options.requireHttpsChannels ?? false,
    pushRetryDelaysMs: options.pushRetryDelaysMs ?? [1000, 2000, 4000, 8000, 16_000],
    pushTimeoutMs: options.pushTimeoutMs ?? 10_000,
    rateLimitPerUser: options.rateLimitPerUser,
  };
  for (const name of SECONDS)
    if (!(settings[name] > 0)) throw new InvalidStandInOptionError(name, settings[name], 'above 0');
  const { capacity = 1, refillPerSecond = 1 } = settings.rateLimitPerUser ?? {};
  if (!(capacity >= 1))
    throw new InvalidStandInOptionError('rateLimitPerUser.capacity', capacity, '1 or more');
  if (!(refillPerSecond > 0))
    throw new InvalidStandInOptionError('rateLimitPerUser.refillPerSecond', refillPerSecond, 'above 0');
  if (settings.clients.length === 0) throw new InvalidStandInOptionError('clients', [], 'at least one');
  if (!Number.isSafeInteger(settings.seed))
    throw new InvalidStandInOptionError('seed', settings.seed, 'a whole number');
  if (!Number.isInteger(settings.port) || settings.port < 0 || settings.port > 65_535)
    throw new InvalidStandInOptionError('port', settings.port, '0 to 65535');
  if (settings.users.length === 0) throw new InvalidStandInOptionError('users', [], 'at least one');
  for (const { email, timeZone, contacts = 0, events = 0 } of settings.users) {
    if (!email.includes('@')) throw new InvalidStandInOptionError('users[].email', email, 'an address');
    for (const count of [contacts, events])
      if (!Number.isInteger(count) || count < 0 || count > 20_000)
        throw new InvalidStandInOptionError(`contacts or events of ${email}`, count, '0 to 20000');
    if (timeZone !== undefined) checkTimeZone(timeZone);
  }
  return settings;
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new InvalidStandInOptionError('users[].timeZone', timeZone, 'an IANA name');
  }
}
