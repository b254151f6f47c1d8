import type { Account, Data, User } from '@switchyard/catchup-data';
import {
  startGoogleStandIn,
  type GoogleStandIn,
  type GoogleStandInOptions,
} from '@switchyard/google-stand-in';
import { createGoogle, type Google, type TokenSource } from '@switchyard/catchup-google';
import { createTokenService, type TokenService } from '../tokens/token-service.js';
import { startDatabase, type DatabaseKind } from './databases.js';

/** What one process of the app would have. */
export interface Process {
  readonly data: Data;
  readonly google: Google;
  readonly tokens: TokenService;
}

/** A database, Google's stand-in and a clock that goes when it is told to. */
export interface Lab {
  readonly data: Data;
  readonly google: GoogleStandIn;
  /** The app's own clients and token service; it waits for nothing between tries. */
  readonly process: Process;
  /** Another process of the app; on an embedded database it shares the one there is. Closed with the lab. */
  startProcess(): Promise<Process>;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly random: () => number;
  advance(by: { readonly seconds: number }): void;
  /** A user of the stand-in with an account that is connected. */
  addUser(email: string, options?: AddUserOptions): Promise<ConnectedUser>;
  /** One more account, of somebody whom the stand-in knows. */
  connect(userId: string, email: string): Promise<Account>;
  stop(): Promise<void>;
}

export interface AddUserOptions {
  readonly timeZone?: string;
  readonly phone?: string;
}

export interface ConnectedUser {
  readonly user: User;
  readonly account: Account;
}

/** A Monday noon in winter. */
const START = new Date('2026-03-02T12:00:00Z');

export async function startLab(
  kind: DatabaseKind,
  options: Omit<GoogleStandInOptions, 'now'> = {},
): Promise<Lab> {
  let nowMs = START.getTime();
  let ids = 0;
  const now = () => new Date(nowMs);
  const newId = () => `id-${String(++ids).padStart(6, '0')}`;
  const database = await startDatabase(kind);
  const google = await startGoogleStandIn({ ...options, now });
  const { data } = database;

  const clients: Google[] = [];
  const random = () => 0.5;
  const processOn = (on: Data): Process => {
    const { clientId, clientSecret, redirectUris } = google.client;
    const source: TokenSource = { accessToken: (...asked) => tokens.accessToken(...asked) };
    const client = createGoogle({
      settings: { clientId, clientSecret, redirectUrl: redirectUris[0] ?? '', apiUrl: google.url },
      tokens: source,
      now,
      random,
      sleep: () => Promise.resolve(),
    });
    clients.push(client);
    const tokens = createTokenService({ data: on, google: client, now, random, newId });
    return { data: on, google: client, tokens };
  };

  async function connect(userId: string, email: string): Promise<Account> {
    const person = google.users.find((each) => each.email === email);
    if (!person) throw new Error(`the stand-in knows nobody with the address ${email}`);
    const { scopes, ...tokens } = google.grant(email);
    const account = await data.accounts.connect({
      id: newId(),
      userId,
      provider: 'google',
      externalId: person.id,
      email,
      scopes: [...scopes],
      statusChangedAt: now(),
      createdAt: now(),
      updatedAt: now(),
    });
    await data.tokens.put(account.id, tokens, now());
    return account;
  }

  return {
    data,
    google,
    process: processOn(data),
    startProcess: async () => processOn(await database.openAnother()),
    now,
    newId,
    random,
    advance: ({ seconds }) => void (nowMs += seconds * 1000),
    connect,
    async addUser(email, { timeZone = 'Europe/Berlin', phone } = {}) {
      const id = newId();
      const name = google.users.find((each) => each.email === email)?.name ?? email;
      await data.users.save({ id, email, name, phone, timeZone, createdAt: now(), updatedAt: now() });
      const user = await data.users.get(id);
      if (!user) throw new Error('the user was not saved');
      return { user, account: await connect(id, email) };
    },
    async stop() {
      for (const client of clients) client.close();
      await google.stop();
      await database.stop();
    },
  };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => new Error('it did not reject'),
    (reason: unknown) => reason,
  );
  return error as Error;
}
