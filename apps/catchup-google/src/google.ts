import { DEFAULT_BUDGET, type CallBudget } from './backoff.js';
import { createCalendarClient, type CalendarClient } from './calendar.js';
import { createCaller, sleepFor, type TokenSource } from './call.js';
import { GoogleSettingsError } from './errors.js';
import { createOAuth, type GoogleOAuth } from './oauth.js';
import { createPeopleClient, type PeopleClient } from './people.js';
import { createSender } from './send.js';
import type { GoogleSettings } from './settings.js';
import { createSpeech, type GoogleSpeech } from './speech.js';

export interface GoogleOptions {
  readonly settings: GoogleSettings;
  /** Where access tokens come from; asked whenever an account's data is. */
  readonly tokens: TokenSource;
  /** What users are asked to grant. Default {@link DEFAULT_SCOPES}. */
  readonly scopes?: readonly string[];
  readonly budget?: Partial<CallBudget>;
  /** Calls for one account at once, from 1. Default 4: Google limits each user. */
  readonly concurrencyPerAccount?: number;
  readonly now?: () => Date;
  readonly random?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface Google {
  readonly oauth: GoogleOAuth;
  readonly people: PeopleClient;
  readonly calendar: CalendarClient;
  /** @param accountId the account that is billed: one of the app's own, which has granted {@link SPEECH_SCOPE} */
  speechFor(accountId: string): GoogleSpeech;
  /** Ends connections that are kept open; calls under way go on. */
  close(): void;
}

export const DEFAULT_SCOPES: readonly string[] = [
  'openid',
  'https://www.googleapis.com/auth/userinfo.email',
  'https://www.googleapis.com/auth/userinfo.profile',
  'https://www.googleapis.com/auth/contacts.readonly',
  'https://www.googleapis.com/auth/calendar.readonly',
];

/** Nobody else is asked for it. */
export const SPEECH_SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * Google's People, Calendar, OAuth and Speech APIs over REST. Each call has a time limit, is tried again within a
 * budget where that can help, and fails with an error of `errors.ts`.
 *
 * @throws GoogleSettingsError for options out of bounds
 */
export function createGoogle(options: GoogleOptions): Google {
  const { settings, tokens, now = () => new Date(), random = Math.random, sleep = sleepFor } = options;
  const budget = { ...DEFAULT_BUDGET, ...options.budget };
  const concurrencyPerAccount = options.concurrencyPerAccount ?? 4;
  checkOptions(budget, concurrencyPerAccount);
  const at = (googles: string) => settings.apiUrl ?? googles;
  const sender = createSender();
  const caller = createCaller({ sender, tokens, now, random, sleep, budget, concurrencyPerAccount });

  return {
    oauth: createOAuth({
      caller,
      clientId: settings.clientId,
      clientSecret: settings.clientSecret,
      redirectUrl: settings.redirectUrl,
      authUrl: `${at('https://accounts.google.com')}/o/oauth2/v2/auth`,
      tokenUrl: `${at('https://oauth2.googleapis.com')}/token`,
      revokeUrl: `${at('https://oauth2.googleapis.com')}/revoke`,
      userInfoUrl: `${at('https://openidconnect.googleapis.com')}/v1/userinfo`,
      scopes: options.scopes ?? DEFAULT_SCOPES,
      now,
    }),
    people: createPeopleClient(caller, at('https://people.googleapis.com')),
    calendar: createCalendarClient(caller, at('https://www.googleapis.com')),
    speechFor: (accountId) => createSpeech(caller, at('https://speech.googleapis.com'), accountId),
    close: () => sender.close(),
  };
}

function checkOptions({ attempts, totalMs, tryMs }: CallBudget, concurrencyPerAccount: number): void {
  const problems: string[] = [];
  for (const [name, value] of Object.entries({ attempts, concurrencyPerAccount }))
    if (!Number.isInteger(value) || value < 1)
      problems.push(`${name} must be a whole number from 1, not ${value}`);
  for (const [name, value] of Object.entries({ totalMs, tryMs }))
    if (!(value > 0 && value <= 600_000))
      problems.push(`${name} must be above 0 and at most 600000, not ${value}`);
  if (problems.length > 0) throw new GoogleSettingsError(problems);
}
