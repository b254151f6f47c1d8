import type { SmsStatus } from './sms-sender.js';

/**
 * What became of a message. Delivered at least once and in any order: it is told apart by message and status, and
 * `laterStatus` says which of two counts.
 */
export interface DeliveryStatus {
  readonly providerMessageId: string;
  readonly status: SmsStatus;
  /** Why it was not delivered: the provider's code, such as 30003. */
  readonly errorCode: number | null;
  /** What `send` was given, where the status names it. */
  readonly idempotencyRef: string | null;
}

const RANKS: Readonly<Record<SmsStatus, number>> = {
  unknown: 0,
  queued: 1,
  sending: 2,
  sent: 3,
  canceled: 4,
  failed: 4,
  undelivered: 4,
  delivered: 5,
};

/** The one of two statuses of one message that it reached later; the first where that cannot be said. */
export const laterStatus = (one: SmsStatus, other: SmsStatus): SmsStatus =>
  RANKS[other] > RANKS[one] ? other : one;
