import type { Data, NewTokens, RefreshLease, Tokens } from '@switchyard/catchup-data';
import type { GoogleOAuth } from '@switchyard/catchup-google';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureCode } from '../domain-error.js';
import { refreshBackoffMs } from './refresh-backoff.js';
import { reconnectReminder } from './remind-to-reconnect.js';
import { ReconnectNeededError, TokenUnavailableError } from './token-errors.js';

export interface RefreshParts {
  readonly data: Data;
  readonly oauth: Pick<GoogleOAuth, 'refresh' | 'revoke' | 'isRefused' | 'retryAfterMs'>;
  readonly now: () => Date;
  readonly random: () => number;
  readonly newId: () => string;
  /** How long a refresh has the right to itself. */
  readonly leaseMs: number;
}

/** Of the lease, for Google to answer: what is left is for writing the answer down. */
const SHARE_FOR_GOOGLE = 0.5;
const WRITE_TRIES = 5;
const LOOK_AGAIN_MS = 50;

/**
 * Gets new tokens for an account, once however many ask in however many processes: who has the lease asks Google, the
 * others wait until there is another version than the one they know.
 *
 * @param knownVersion of the tokens that are no longer good
 * @throws ReconnectNeededError, TokenUnavailableError, and what the database does
 */
export async function refreshTokens(
  parts: RefreshParts,
  accountId: string,
  knownVersion: number,
): Promise<Tokens> {
  const { data, now, newId, leaseMs } = parts;
  // By the clock of this process: the database's lease ends by `now`, which may stand still.
  const giveUpAtMs = performance.now() + leaseMs;
  for (;;) {
    const facts = await data.tokens.facts(accountId);
    const account = await data.accounts.get(accountId);
    if (!facts || !account || account.status !== 'connected')
      throw new ReconnectNeededError(
        accountId,
        account?.statusReason ?? account?.status ?? 'unknown account',
      );
    if (facts.version !== knownVersion)
      return (await data.tokens.get(accountId)) ?? (await vanished(accountId));
    if (facts.retryAt && facts.retryAt > now())
      throw new TokenUnavailableError(accountId, facts.lastFailure ?? 'unknown', facts.retryAt);

    const refresh: RefreshLease = { accountId, lease: newId() };
    const leased = await data.tokens.lease(refresh, { now: now(), leaseMs });
    if (leased && leased.version !== knownVersion) {
      await data.tokens.releaseRefresh(refresh, now());
      return leased;
    }
    if (leased) return await refreshLeased(parts, refresh, leased);
    if (performance.now() > giveUpAtMs) {
      throw new TokenUnavailableError(accountId, 'busy', facts.refreshLeaseUntil ?? now());
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

async function vanished(accountId: string): Promise<never> {
  throw new ReconnectNeededError(accountId, 'disconnected');
}

async function refreshLeased(
  parts: RefreshParts,
  refresh: RefreshLease,
  { refreshToken, failureCount }: Tokens,
): Promise<Tokens> {
  const { data, oauth, now, random, leaseMs } = parts;
  const { accountId } = refresh;
  if (refreshToken === null) throw await needsReconnect(parts, refresh, 'no_refresh_token');
  let answer: NewTokens;
  try {
    answer = await oauth.refresh(refreshToken, { signal: AbortSignal.timeout(leaseMs * SHARE_FOR_GOOGLE) });
  } catch (error) {
    if (oauth.isRefused(error)) throw await needsReconnect(parts, refresh, 'invalid_grant', error);
    const reason = failureCode(error);
    const backoffMs = refreshBackoffMs(failureCount + 1, random, oauth.retryAfterMs(error));
    const retryAt = new Date(now().getTime() + backoffMs);
    await data.tokens.failRefresh(refresh, { failure: reason, retryAt, now: now() });
    throw new TokenUnavailableError(accountId, reason, retryAt, { cause: error });
  }
  // If the provider gave a new refresh token, this is its only copy.
  await persistently(() => data.tokens.completeRefresh(refresh, answer, now()));
  // Where the lease was lost, somebody else's tokens are as good as ours.
  return (await data.tokens.get(accountId)) ?? (await vanished(accountId));
}

/** Notes that only the user can help, and asks for it. */
async function needsReconnect(
  { data, now, newId }: RefreshParts,
  refresh: RefreshLease,
  reason: string,
  cause?: unknown,
): Promise<ReconnectNeededError> {
  const at = now();
  await data.transaction(async (tx) => {
    // A sign-in that came in between ended the lease: then the account is well.
    if (!(await tx.tokens.failRefresh(refresh, { failure: reason, retryAt: null, now: at }))) return;
    await tx.accounts.setStatus(refresh.accountId, 'needs-reconnect', reason, at);
    const account = await tx.accounts.get(refresh.accountId);
    const user = account && (await tx.users.get(account.userId));
    const reminder = user && reconnectReminder(account, user, at, newId);
    if (!reminder) return;
    await tx.notifications.add([reminder]);
    await tx.accounts.noteReconnectAsked(account, at);
  });
  return new ReconnectNeededError(refresh.accountId, reason, { cause });
}

async function persistently<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries >= WRITE_TRIES) throw error;
      await sleep(LOOK_AGAIN_MS * 2 ** tries);
    }
  }
}
