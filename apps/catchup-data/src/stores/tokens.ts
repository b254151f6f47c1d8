import { and, asc, eq, isNull, lte, or, sql } from 'drizzle-orm';
import type { Queries } from '../engine/engine.js';
import { accounts } from '../schema/accounts.js';
import { oauthTokens, type OAuthTokenRow } from '../schema/oauth-tokens.js';
import type { Sealing } from '../tokens/sealing.js';
import { tokenEnvelopes } from '../tokens/token-envelopes.js';

/** An account's tokens. The two secrets do not show where it is printed, nor go along where it is spread. */
export interface Tokens extends TokenFacts {
  readonly accessToken: string;
  readonly refreshToken: string | null;
}

/** What may be told of an account's tokens. */
export type TokenFacts = Omit<OAuthTokenRow, 'sealedAccessToken' | 'sealedRefreshToken'> & {
  readonly hasRefreshToken: boolean;
};

export interface NewTokens {
  readonly accessToken: string;
  /** Left out: the one before stays, since providers tell it once. */
  readonly refreshToken?: string;
  /** Of the access token. */
  readonly expiresAt: Date;
}

export interface RefreshLease {
  readonly accountId: string;
  /** Names who refreshes; unique for each try. */
  readonly lease: string;
}

export interface TokenStore {
  /** After a sign-in. Ends failures, and whatever refresh is under way: its result comes too late. */
  put(accountId: string, tokens: NewTokens, now: Date): Promise<void>;
  /** @throws UnknownTokenKeyError, UnreadableTokenError */
  get(accountId: string): Promise<Tokens | undefined>;
  facts(accountId: string): Promise<TokenFacts | undefined>;
  remove(accountId: string): Promise<boolean>;
  /** Of connected accounts, those that end by then and that nobody refreshes or has to leave alone; the first to end first. */
  toRefresh(query: {
    readonly endingBy: Date;
    readonly now: Date;
    readonly limit: number;
  }): Promise<TokenFacts[]>;
  /**
   * Takes the right to refresh, which one at a time has and which ends by itself.
   *
   * @returns nothing while somebody else has it, before `retryAt`, or where there are no tokens
   */
  lease(
    refresh: RefreshLease,
    times: { readonly now: Date; readonly leaseMs: number },
  ): Promise<Tokens | undefined>;
  /** @returns false where the lease was lost to somebody else or to new tokens; nothing was written */
  completeRefresh(refresh: RefreshLease, tokens: NewTokens, now: Date): Promise<boolean>;
  /** @param failure a code, never what the provider said. Returns false where the lease was lost */
  failRefresh(
    refresh: RefreshLease,
    failed: { readonly failure: string; readonly retryAt: Date | null; readonly now: Date },
  ): Promise<boolean>;
  /** Gives the right back without a result. */
  releaseRefresh(refresh: RefreshLease, now: Date): Promise<boolean>;
}

const FREE = { refreshLease: null, refreshLeaseUntil: null } as const;
const NO_FAILURE = { failureCount: 0, lastFailureAt: null, lastFailure: null, retryAt: null } as const;

export function createTokenStore(queries: Queries, sealing: Sealing): TokenStore {
  const { seal, open } = tokenEnvelopes(sealing);
  const row = async (accountId: string) =>
    (await queries.select().from(oauthTokens).where(eq(oauthTokens.accountId, accountId)))[0];

  const isLeased = ({ accountId, lease }: RefreshLease) =>
    and(eq(oauthTokens.accountId, accountId), eq(oauthTokens.refreshLease, lease));
  const endLease = async (refresh: RefreshLease, changes: Partial<OAuthTokenRow>, now: Date) => {
    const ended = await queries
      .update(oauthTokens)
      .set({ ...changes, ...FREE, updatedAt: now })
      .where(isLeased(refresh))
      .returning({ accountId: oauthTokens.accountId });
    return ended.length > 0;
  };

  /** The refresh token that stays is sealed anew, since one row has one key. */
  const sealedWith = (before: OAuthTokenRow | undefined, accountId: string, tokens: NewTokens) => {
    const refreshToken = tokens.refreshToken ?? (before ? open(before).refreshToken : null);
    return { ...seal(accountId, tokens.accessToken, refreshToken), expiresAt: tokens.expiresAt };
  };

  /** @returns false where others wrote after `before` was read */
  const replace = async (
    { accountId, tokens, now }: { accountId: string; tokens: NewTokens; now: Date },
    before: OAuthTokenRow | undefined,
  ) => {
    const sealed = sealedWith(before, accountId, tokens);
    const changes = { ...sealed, ...NO_FAILURE, ...FREE, updatedAt: now };
    const written = await queries
      .insert(oauthTokens)
      .values({ accountId, ...changes, createdAt: now })
      .onConflictDoUpdate({
        target: oauthTokens.accountId,
        set: { ...changes, version: sql`${oauthTokens.version} + 1` },
        setWhere: eq(oauthTokens.version, before?.version ?? 0),
      })
      .returning({ accountId: oauthTokens.accountId });
    return written.length > 0;
  };

  return {
    async put(accountId, tokens, now) {
      while (!(await replace({ accountId, tokens, now }, await row(accountId))));
    },
    async get(accountId) {
      const stored = await row(accountId);
      return stored && open(stored);
    },
    async facts(accountId) {
      const stored = await row(accountId);
      return stored && factsOf(stored);
    },
    async remove(accountId) {
      return (
        (await queries.delete(oauthTokens).where(eq(oauthTokens.accountId, accountId)).returning()).length > 0
      );
    },
    async toRefresh({ endingBy, now, limit }) {
      const rows = await queries
        .select({ token: oauthTokens })
        .from(oauthTokens)
        .innerJoin(accounts, eq(accounts.id, oauthTokens.accountId))
        .where(
          and(
            eq(accounts.status, 'connected'),
            lte(oauthTokens.expiresAt, endingBy),
            or(isNull(oauthTokens.retryAt), lte(oauthTokens.retryAt, now)),
            or(isNull(oauthTokens.refreshLeaseUntil), lte(oauthTokens.refreshLeaseUntil, now)),
          ),
        )
        .orderBy(asc(oauthTokens.expiresAt), asc(oauthTokens.accountId))
        .limit(limit);
      return rows.map(({ token }) => factsOf(token));
    },
    async lease({ accountId, lease }, { now, leaseMs }) {
      const [leased] = await queries
        .update(oauthTokens)
        .set({ refreshLease: lease, refreshLeaseUntil: new Date(now.getTime() + leaseMs) })
        .where(
          and(
            eq(oauthTokens.accountId, accountId),
            or(isNull(oauthTokens.refreshLeaseUntil), lte(oauthTokens.refreshLeaseUntil, now)),
            or(isNull(oauthTokens.retryAt), lte(oauthTokens.retryAt, now)),
          ),
        )
        .returning();
      return leased && open(leased);
    },
    async completeRefresh(refresh, tokens, now) {
      const sealed = sealedWith(await row(refresh.accountId), refresh.accountId, tokens);
      const changes = { ...sealed, ...NO_FAILURE, refreshedAt: now };
      return endLease(refresh, { ...changes, version: sql`${oauthTokens.version} + 1` as never }, now);
    },
    failRefresh: (refresh, { failure, retryAt, now }) =>
      endLease(
        refresh,
        {
          failureCount: sql`${oauthTokens.failureCount} + 1` as never,
          lastFailure: failure,
          lastFailureAt: now,
          retryAt,
        },
        now,
      ),
    releaseRefresh: (refresh, now) => endLease(refresh, {}, now),
  };
}

export function factsOf({ sealedAccessToken: _, sealedRefreshToken, ...facts }: OAuthTokenRow): TokenFacts {
  return { ...facts, hasRefreshToken: sealedRefreshToken !== null };
}
