import type { Account, Data, Tokens } from '@switchyard/catchup-data';
import type { TokenSource } from '@switchyard/catchup-google';
import { UnknownAccountError } from '../unknown-account-error.js';
import { randomUUID } from 'node:crypto';
import { abortable } from './abortable.js';
import { healthOf, type AccountHealth } from './account-health.js';
import { refreshTokens, type RefreshParts } from './refresh-tokens.js';
import { cancelReconnectReminders, reconnectReminder } from './remind-to-reconnect.js';
import { ReconnectNeededError, TokenUnavailableError } from './token-errors.js';

export interface TokenServiceParts {
  readonly data: Data;
  readonly google: { readonly oauth: RefreshParts['oauth'] };
  readonly now: () => Date;
  readonly random: () => number;
  /** Default `randomUUID`. */
  readonly newId?: () => string;
  /** How long before its end a token is no longer given out: clocks differ, and requests take time. Default 60. */
  readonly marginSeconds?: number;
  /** How long one process may take to refresh before another tries. Default 60. */
  readonly leaseSeconds?: number;
}

export interface RefreshReport {
  readonly refreshed: readonly string[];
  /** For a reason that may pass; each is left alone for a while. */
  readonly failed: readonly { readonly accountId: string; readonly reason: string }[];
  readonly needReconnect: readonly string[];
}

export interface TokenService extends TokenSource {
  /**
   * A token that is good for a while: the stored one, or a new one.
   *
   * @param rejected a token that the provider did not take although its time is not over: it is not given out again
   * @throws UnknownAccountError, ReconnectNeededError, TokenUnavailableError
   */
  accessToken(
    accountId: string,
    options?: { readonly rejected?: string; readonly signal?: AbortSignal },
  ): Promise<string>;
  /** Refreshes tokens that end soon, the first to end first. */
  refreshExpiring(options?: {
    /** Default 600. */
    readonly withinSeconds?: number;
    /** How many at most. Default 100. */
    readonly limit?: number;
    readonly signal?: AbortSignal;
  }): Promise<RefreshReport>;
  /** @throws UnknownAccountError */
  health(accountId: string): Promise<AccountHealth>;
  /**
   * Asks users to reconnect accounts whose round is due.
   *
   * @returns the accounts for which there is a new notification
   */
  remindToReconnect(options?: {
    /** How many accounts are looked at a time. Default 500. */
    readonly pageSize?: number;
    readonly signal?: AbortSignal;
  }): Promise<readonly string[]>;
  /**
   * The user wants the account to be forgotten: the grant is taken back at the provider and the tokens are removed.
   * They are removed even where the provider cannot be reached; then the grant stands until the user removes it there.
   *
   * @throws UnknownAccountError
   */
  disconnect(
    accountId: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly revokedAtProvider: boolean }>;
}

export function createTokenService({
  marginSeconds = 60,
  leaseSeconds = 60,
  newId = randomUUID,
  google: { oauth },
  ...rest
}: TokenServiceParts): TokenService {
  const parts: RefreshParts = { ...rest, newId, oauth, leaseMs: leaseSeconds * 1000 };
  const { data, now } = parts;
  /** One refresh at a time within this process, too, at the cost of one lease for all who wait. */
  const underWay = new Map<string, Promise<Tokens>>();

  async function refreshOnce(accountId: string, version: number, signal?: AbortSignal): Promise<Tokens> {
    const key = `${accountId} ${version}`;
    // It goes on without the one who asked first: others may wait for it.
    const refresh = underWay.get(key) ?? refreshTokens(parts, accountId, version);
    if (!underWay.has(key)) {
      underWay.set(key, refresh);
      void refresh.catch(() => undefined).finally(() => underWay.delete(key));
    }
    return await abortable(refresh, signal);
  }

  async function account(accountId: string): Promise<Account> {
    const found = await data.accounts.get(accountId);
    if (!found) throw new UnknownAccountError(accountId);
    return found;
  }

  return {
    async accessToken(accountId, { rejected, signal } = {}) {
      signal?.throwIfAborted();
      const { status, statusReason } = await account(accountId);
      const tokens = await data.tokens.get(accountId);
      if (status !== 'connected' || !tokens)
        throw new ReconnectNeededError(accountId, statusReason ?? status);
      const leftMs = tokens.expiresAt.getTime() - now().getTime();
      if (tokens.accessToken !== rejected && leftMs > marginSeconds * 1000) return tokens.accessToken;
      try {
        return (await refreshOnce(accountId, tokens.version, signal)).accessToken;
      } catch (error) {
        // Within the margin the old one is better than none.
        if (error instanceof TokenUnavailableError && tokens.accessToken !== rejected && leftMs > 0)
          return tokens.accessToken;
        throw error;
      }
    },

    async refreshExpiring({ withinSeconds = 600, limit = 100, signal } = {}) {
      const endingBy = new Date(now().getTime() + withinSeconds * 1000);
      const refreshed: string[] = [];
      const failed: { accountId: string; reason: string }[] = [];
      const needReconnect: string[] = [];
      for (const { accountId, version } of await data.tokens.toRefresh({ endingBy, now: now(), limit })) {
        signal?.throwIfAborted();
        try {
          await refreshOnce(accountId, version, signal);
          refreshed.push(accountId);
        } catch (error) {
          if (signal?.aborted) throw error;
          if (error instanceof ReconnectNeededError) needReconnect.push(accountId);
          else if (error instanceof TokenUnavailableError) failed.push({ accountId, reason: error.reason });
          else throw error;
        }
      }
      return { refreshed, failed, needReconnect };
    },

    async health(accountId) {
      const { status } = await account(accountId);
      const facts = await data.tokens.facts(accountId);
      return healthOf(
        {
          status,
          expiresAt: facts?.expiresAt ?? null,
          hasRefreshToken: facts?.hasRefreshToken ?? false,
          failures: facts?.failureCount ?? 0,
          lastFailure: facts?.lastFailure ?? null,
        },
        now(),
      );
    },

    async remindToReconnect({ pageSize = 500, signal } = {}) {
      const asked: string[] = [];
      let after: string | undefined;
      for (;;) {
        signal?.throwIfAborted();
        const page = await data.accounts.list({ status: 'needs-reconnect', after, limit: pageSize });
        for (const broken of page) {
          const isNew = await data.transaction(async (tx) => {
            // Read again: it may have been reconnected since the page was read.
            const known = await tx.accounts.get(broken.id);
            const user = known && (await tx.users.get(known.userId));
            const reminder = user && reconnectReminder(known, user, now(), newId);
            if (!reminder || (await tx.notifications.add([reminder])).length === 0) return false;
            await tx.accounts.noteReconnectAsked(known, now());
            return true;
          });
          if (isNew) asked.push(broken.id);
        }
        after = page.at(-1)?.id;
        if (page.length < pageSize) return asked;
      }
    },

    async disconnect(accountId, { signal } = {}) {
      const { userId } = await account(accountId);
      // A token that cannot be opened any more must not keep an account.
      const tokens = await data.tokens.get(accountId).catch(() => undefined);
      const token = tokens?.refreshToken ?? tokens?.accessToken;
      const revokedAtProvider =
        token === undefined
          ? false
          : await oauth.revoke(token, { signal }).then(
              () => true,
              () => {
                signal?.throwIfAborted();
                return false;
              },
            );
      await data.transaction(async (tx) => {
        await tx.accounts.setStatus(accountId, 'revoked', 'disconnected', now());
        await tx.tokens.remove(accountId);
        await cancelReconnectReminders(tx, { id: accountId, userId }, now());
      });
      return { revokedAtProvider };
    },
  };
}
