import { and, asc, eq, gt } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import { accounts, type Account, type AccountStatus, type NewAccount } from '../schema/accounts.js';
import { AccountTakenError } from './account-taken-error.js';
import { isSame } from './is-same.js';
import type { Page } from './page.js';
import { updateIfChanged } from './update-if-changed.js';
import { upsert } from './upsert.js';

export interface AccountStore {
  /**
   * A user has signed in at a provider: the account is connected, whatever it was before.
   *
   * @returns it, with the id that it has had since the first time
   * @throws AccountTakenError where it is another user's
   */
  connect(account: NewAccount): Promise<Account>;
  get(id: string): Promise<Account | undefined>;
  ofUser(userId: string): Promise<Account[]>;
  /** By id. */
  list(page: Page & { readonly status?: AccountStatus }): Promise<Account[]>;
  /** @returns false where it had that status for that reason */
  setStatus(id: string, status: AccountStatus, reason: string | null, now: Date): Promise<boolean>;
  /** @returns false where somebody else noted it since it was read */
  noteReconnectAsked(account: Pick<Account, 'id' | 'reconnectAskedAt'>, now: Date): Promise<boolean>;
}

export function createAccountStore(queries: Queries): AccountStore {
  const get = async (id: string) => (await queries.select().from(accounts).where(eq(accounts.id, id)))[0];
  const setStatus: AccountStore['setStatus'] = async (id, status, reason, now) => {
    const changes = { status, statusReason: reason };
    const noted = {
      statusChangedAt: now,
      updatedAt: now,
      ...(status === 'connected' && { reconnectAskedAt: null }),
    };
    return (await updateIfChanged(queries, accounts, eq(accounts.id, id), changes, noted)).length > 0;
  };
  return {
    async connect(account) {
      await upsert(queries, accounts, [account], {
        by: ['provider', 'externalId'],
        set: ['email', 'scopes'],
        where: (stored) => eq(stored.userId, account.userId),
      });
      const [known] = await queries
        .select()
        .from(accounts)
        .where(and(eq(accounts.provider, account.provider), eq(accounts.externalId, account.externalId)));
      if (!known || known.userId !== account.userId) throw new AccountTakenError(account.provider);
      return (await setStatus(known.id, 'connected', null, account.updatedAt))
        ? ((await get(known.id)) ?? known)
        : known;
    },
    get,
    ofUser: (userId) =>
      queries.select().from(accounts).where(eq(accounts.userId, userId)).orderBy(asc(accounts.id)),
    list: ({ after, limit, status }) =>
      queries
        .select()
        .from(accounts)
        .where(
          and(
            status === undefined ? undefined : eq(accounts.status, status),
            after === undefined ? undefined : gt(accounts.id, after),
          ),
        )
        .orderBy(asc(accounts.id))
        .limit(limit),
    setStatus,
    async noteReconnectAsked({ id, reconnectAskedAt }, now) {
      const changed = await queries
        .update(accounts)
        .set({ reconnectAskedAt: now, updatedAt: now })
        .where(and(eq(accounts.id, id), isSame(accounts.reconnectAskedAt, reconnectAskedAt)))
        .returning({ id: accounts.id });
      return changed.length > 0;
    },
  };
}
