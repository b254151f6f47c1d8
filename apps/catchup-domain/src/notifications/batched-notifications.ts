import { randomUUID } from 'node:crypto';
import type { ClaimedBatch, Data, Notification, NotificationBatch, User } from '@switchyard/catchup-data';
import {
  RecipientBlockedError,
  SmsLookupError,
  SmsNotSentError,
  SmsOutcomeUnknownError,
  SmsRateLimitedError,
  type SmsSender,
} from '@switchyard/catchup-telephony';
import { composeMessage } from './compose-message.js';
import { isMoot } from './is-moot.js';
import { describeContent } from './notification-content.js';
import { afterQuietHours, DEFAULT_QUIET_HOURS, type QuietHours } from './quiet-hours.js';

export interface BatchedNotificationsOptions {
  readonly data: Pick<Data, 'users' | 'notifications' | 'batches' | 'transaction'>;
  readonly sms: SmsSender;
  readonly now: () => Date;
  readonly newId?: () => string;
  readonly quietHours?: QuietHours;
  /** How long a sender may take before it is called off. Longer than the time limit of `sms.send`. Default 120. */
  readonly leaseSeconds?: number;
}

/** What came of sending a user's notifications. */
export type BatchOutcome =
  | { readonly kind: 'sent'; readonly batchId: string; readonly notifications: number }
  /** Nothing is due, or somebody else is sending. */
  | { readonly kind: 'nothing-to-send' }
  | { readonly kind: 'quiet'; readonly until: Date }
  /** The user has no phone number, or wants no messages: what is due waits. */
  | { readonly kind: 'unreachable'; readonly because: 'no-phone' | 'stopped' | 'no-user' }
  /** Surely not sent; `final` when it is not to be tried again. */
  | {
      readonly kind: 'not-sent';
      readonly batchId: string;
      readonly code: string;
      readonly final: boolean;
      readonly retryAfterMs?: number;
    }
  /** Nobody knows yet whether it went out: {@link BatchedNotifications.settle} finds out when the lease is over. */
  | { readonly kind: 'unknown'; readonly batchId: string };

export interface SettledBatches {
  /** Had gone out. */
  readonly sent: number;
  /** Had not, and are due again. */
  readonly released: number;
  /** Nobody could say yet. */
  readonly open: number;
}

export interface BatchedNotifications {
  /**
   * Sends one message with everything that is due for a user. However often and from however many processes it is
   * asked, a notification goes out once: it is claimed before, and a sender that stops in the middle leaves a batch of
   * which the provider is asked before anything is sent again.
   *
   * @throws what the database throws; errors about the message are outcomes
   */
  sendFor(userId: string, options?: { readonly signal?: AbortSignal }): Promise<BatchOutcome>;
  /** Finds out what became of batches whose sender stopped. */
  settle(options?: { readonly limit?: number; readonly signal?: AbortSignal }): Promise<SettledBatches>;
}

interface Claimed extends ClaimedBatch {
  readonly kind: 'claimed';
  readonly user: User;
  /** The number that the user had then. */
  readonly to: string;
}

/** What goes into one message; the text counts what it does not name. */
const MAX_NOTIFICATIONS = 50;

export function createBatchedNotifications({
  data,
  sms,
  now,
  newId = randomUUID,
  quietHours = DEFAULT_QUIET_HOURS,
  leaseSeconds = 120,
}: BatchedNotificationsOptions): BatchedNotifications {
  const lease = (at: Date) => new Date(at.getTime() + leaseSeconds * 1000);

  /**
   * What is due and still means something, in a batch of its own, for a user as they are now; what means nothing any
   * more is cancelled.
   */
  const claim = (userId: string, at: Date): Promise<Claimed | BatchOutcome> =>
    data.transaction(async (stores) => {
      const user = await stores.users.get(userId);
      if (!user) return { kind: 'unreachable', because: 'no-user' };
      if (user.phone === null) return { kind: 'unreachable', because: 'no-phone' };
      if (user.smsStoppedAt !== null) return { kind: 'unreachable', because: 'stopped' };
      const until = afterQuietHours(at, user.timeZone, quietHours);
      if (until > at) return { kind: 'quiet', until };

      const due = (await stores.notifications.ofUser(userId, 'pending')).filter(({ dueAt }) => dueAt <= at);
      const empty: Notification[] = [];
      for (const one of due)
        if (lineOf(one, at, user) === undefined || (await isMoot(stores, one))) empty.push(one);
      if (empty.length > 0) await stores.notifications.cancel(idsOf(empty), at);
      const claimed = await stores.notifications.claim(userId, {
        batchId: newId(),
        now: at,
        leaseMs: leaseSeconds * 1000,
        limit: MAX_NOTIFICATIONS,
      });
      return claimed ? { kind: 'claimed', user, to: user.phone, ...claimed } : { kind: 'nothing-to-send' };
    });

  const failed = async (batchId: string, user: User, error: SmsNotSentError): Promise<BatchOutcome> => {
    const at = now();
    if (error instanceof RecipientBlockedError) await data.users.setSmsStopped(user.id, at, at);
    await data.batches.markFailed(batchId, error.code, { final: !error.retryable, now: at });
    const retryAfterMs = error instanceof SmsRateLimitedError ? error.retryAfterMs : undefined;
    return { kind: 'not-sent', batchId, code: error.code, final: !error.retryable, retryAfterMs };
  };

  const send = async (claimed: Claimed, at: Date, signal?: AbortSignal): Promise<BatchOutcome> => {
    const { user, to, notifications } = claimed;
    const batchId = claimed.batch.id;
    const lines = notifications.flatMap((one) => lineOf(one, at, user) ?? []);
    if (lines.length === 0) {
      // Added between the reading and the claim, and void already: the next run cancels it.
      await data.batches.release(batchId, at);
      return { kind: 'nothing-to-send' };
    }
    const body = composeMessage(lines);
    // Whoever settles the batch afterwards relies on it that nothing is on its way any more.
    const limit = AbortSignal.timeout(leaseSeconds * 1000);
    const startedAt = now();
    if (!(await data.batches.markSending(batchId, { recipient: to, body }, lease(startedAt), startedAt)))
      return { kind: 'nothing-to-send' };
    try {
      const message = { to, body, idempotencyRef: batchId };
      const sent = await sms.send(message, { signal: signal ? AbortSignal.any([signal, limit]) : limit });
      await data.batches.markSent(batchId, sent.providerMessageId, now());
      return { kind: 'sent', batchId, notifications: notifications.length };
    } catch (error) {
      if (error instanceof SmsNotSentError) return failed(batchId, user, error);
      if (error instanceof SmsOutcomeUnknownError) return { kind: 'unknown', batchId };
      throw error;
    }
  };

  const settleOne = async (batch: NotificationBatch, signal?: AbortSignal): Promise<keyof SettledBatches> => {
    if (batch.state === 'claimed' || batch.recipient === null || batch.body === null) {
      await data.batches.release(batch.id, now());
      return 'released';
    }
    try {
      const found = await sms.find(
        { to: batch.recipient, body: batch.body, sentAfter: batch.updatedAt },
        { signal },
      );
      for (const { providerMessageId } of found.toReversed()) {
        const other = await data.batches.byProviderMessageId(providerMessageId);
        if (other && other.id !== batch.id) continue;
        await data.batches.markSent(batch.id, providerMessageId, now());
        return 'sent';
      }
    } catch (error) {
      if (error instanceof SmsLookupError) return 'open';
      throw error;
    }
    await data.batches.markFailed(batch.id, 'ERR_SMS_NOT_ACCEPTED', { final: false, now: now() });
    return 'released';
  };

  return {
    async sendFor(userId, { signal } = {}) {
      const at = now();
      const claimed = await claim(userId, at);
      return claimed.kind === 'claimed' ? send(claimed, at, signal) : claimed;
    },
    async settle({ limit = 100, signal } = {}) {
      const settled = { sent: 0, released: 0, open: 0 };
      for (const batch of await data.batches.abandoned(now(), limit)) {
        signal?.throwIfAborted();
        settled[await settleOne(batch, signal)] += 1;
      }
      return settled;
    },
  };
}

const lineOf = ({ kind, payload }: Notification, at: Date, { timeZone }: User) =>
  describeContent({ ...payload, kind }, at, timeZone);

const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
