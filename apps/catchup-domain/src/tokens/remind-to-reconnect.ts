import type { Account, NewNotification, Stores, User } from '@switchyard/catchup-data';
import type { NotificationContent } from '../notifications/notification-content.js';
import { dueRound } from '../notifications/reminder-rounds.js';
import { reconnectRounds } from './reconnect-rounds.js';

const KIND = 'reconnect-account';

/** What a user is asked of one account begins so, whichever time it broke. */
export const reconnectKeyPrefix = (accountId: string): string => `${KIND}:${accountId}:`;

/**
 * The notification that asks a user to reconnect a broken account: that of the last round that is due, and before the
 * first, in the quiet hours, that one, which waits for their end. It has the same key however often it is
 * made: one for each time that the account breaks, and each round.
 */
export function reconnectReminder(
  account: Account,
  user: Pick<User, 'id' | 'timeZone'>,
  now: Date,
  newId: () => string,
): NewNotification | undefined {
  if (account.status !== 'needs-reconnect') return undefined;
  const rounds = reconnectRounds(account.statusChangedAt, user.timeZone);
  const round = dueRound(rounds, now) ?? rounds[0];
  if (!round) return undefined;
  const content: NotificationContent = {
    kind: KIND,
    accountId: account.id,
    accountName: account.email ?? account.provider,
    round: round.round,
  };
  return {
    id: newId(),
    userId: user.id,
    kind: KIND,
    dedupeKey: `${reconnectKeyPrefix(account.id)}${account.statusChangedAt.toISOString()}:${round.round}`,
    payload: content,
    dueAt: round.dueAt,
    createdAt: now,
    updatedAt: now,
  };
}

/** The account is well, or forgotten: nobody is asked any more. What is on its way already goes out. */
export async function cancelReconnectReminders(
  stores: Pick<Stores, 'notifications'>,
  { id, userId }: Pick<Account, 'id' | 'userId'>,
  now: Date,
): Promise<void> {
  const pending = await stores.notifications.ofUser(userId, 'pending');
  const ids = pending
    .filter(({ dedupeKey }) => dedupeKey.startsWith(reconnectKeyPrefix(id)))
    .map((row) => row.id);
  if (ids.length > 0) await stores.notifications.cancel(ids, now);
}
