import { jest } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import {
  DEFAULT_CLIENT,
  startGoogleStandIn,
  type GoogleStandIn,
  type GoogleStandInOptions,
} from '@switchyard/google-stand-in';
import { createGoogle, type Google, type GoogleOptions, type TokenSource } from '../index.js';

// A busy machine takes its time to start servers; what hangs ends all the same.
jest.setTimeout(60_000);

/** A client before a stand-in, for one user. */
export interface Lab {
  readonly standIn: GoogleStandIn;
  readonly google: Google;
  readonly accountId: string;
  /** How often a token was asked for because another one was refused. */
  readonly renewals: () => number;
  /** Waits that the client took, in milliseconds; none of them lasts. */
  readonly waits: number[];
  /** Requests of an operation so far, by status. */
  statuses(operation: string): number[];
  stop(): Promise<void>;
}

export const REDIRECT_URL = DEFAULT_CLIENT.redirectUris[0] as string;

export async function startLab(
  options: Partial<GoogleOptions> = {},
  standInOptions: GoogleStandInOptions = {},
): Promise<Lab> {
  const standIn = await startGoogleStandIn({
    users: [{ email: 'anna@example.com', name: 'Anna', timeZone: 'Europe/Berlin', contacts: 25, events: 30 }],
    pushRetryDelaysMs: [],
    ...standInOptions,
  });
  const accountId = standIn.users[0]?.id as string;
  let accessToken = standIn.grant(accountId).accessToken;
  let renewals = 0;
  const tokens: TokenSource = {
    async accessToken(account, { rejected } = {}) {
      if (rejected === accessToken) {
        renewals++;
        // Whoever asks meanwhile sees the old one still: that one token is replaced once is up to the client.
        await setImmediate();
        accessToken = standIn.grant(account).accessToken;
      }
      return accessToken;
    },
  };
  const waits: number[] = [];
  const google = createGoogle({
    settings: {
      clientId: DEFAULT_CLIENT.clientId,
      clientSecret: DEFAULT_CLIENT.clientSecret,
      redirectUrl: REDIRECT_URL,
      apiUrl: standIn.url,
    },
    tokens,
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
    ...options,
  });
  return {
    standIn,
    google,
    accountId,
    renewals: () => renewals,
    waits,
    statuses: (operation) =>
      standIn.requests.filter((request) => request.operation === operation).map(({ status }) => status),
    async stop() {
      google.close();
      await standIn.stop();
    },
  };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const reason: unknown = await promise.then(
    () => new Error('it did not reject'),
    (error: unknown) => error,
  );
  return reason as Error;
}

export async function all<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  const listed: Page[] = [];
  for await (const page of pages) listed.push(page);
  return listed;
}
