import type { Account, Data, User } from '@switchyard/catchup-data';
import {
  startGoogleStandIn,
  type GoogleStandIn,
  type GoogleStandInOptions,
} from '@switchyard/google-stand-in';
import { startDatabase, type DatabaseKind } from './databases.js';

/** A database, Google's stand-in and a clock that goes when it is told to. */
export interface Lab {
  readonly data: Data;
  readonly google: GoogleStandIn;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly random: () => number;
  advance(by: { readonly seconds: number }): void;
  /** As another process would open it; closed with the lab. */
  openAnother(): Promise<Data>;
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
    now,
    newId,
    random: () => 0.5,
    advance: ({ seconds }) => void (nowMs += seconds * 1000),
    openAnother: () => database.openAnother(),
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
