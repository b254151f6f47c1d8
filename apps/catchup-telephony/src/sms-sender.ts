/** Sends text messages, and answers whether one went out. */
export interface SmsSender {
  /**
   * Hands a message to the provider, once. There is no key by which a provider recognises a repetition: before a
   * message is sent again that may have gone out, ask `find`.
   *
   * @throws SmsNotSentError the message surely did not go out: one of its classes says why
   * @throws SmsOutcomeUnknownError the message may have gone out
   */
  send(message: SmsMessage, options?: SmsCallOptions): Promise<SentSms>;

  /**
   * The messages that the provider has accepted, newest first, whatever became of them: for a sender that stopped
   * between sending and writing down that it had. Empty means that none was accepted by the time of the answer, which
   * says nothing of a request that is still on its way: ask when the time limit of `send` is over.
   *
   * @throws SmsLookupError it could not be found out, and nothing follows from that; or the signal's reason
   */
  find(query: SmsQuery, options?: SmsCallOptions): Promise<readonly FoundSms[]>;
}

export interface SmsCallOptions {
  readonly signal?: AbortSignal;
}

export interface SmsMessage {
  /** E.164, such as `+4915112345678`. */
  readonly to: string;
  /** 1 to 1600 characters that can be printed; how many segments it takes see `countSegments`. */
  readonly body: string;
  /**
   * The caller's name for this sending, at most 200 characters. It comes back in each `DeliveryStatus`, even when the
   * answer to `send` was lost.
   */
  readonly idempotencyRef?: string;
}

export interface SmsQuery {
  /** E.164. */
  readonly to: string;
  /**
   * When sending was begun, by the caller's clock. The sender allows for a difference between the clocks, so what was
   * sent a little earlier may be found as well.
   */
  readonly sentAfter: Date;
  /** Only messages with exactly this text. */
  readonly body?: string;
}

export interface SentSms {
  readonly providerMessageId: string;
  readonly status: SmsStatus;
  /** What is billed. */
  readonly segments: number;
}

export interface FoundSms extends SentSms {
  /** By the provider's clock, in whole seconds. */
  readonly createdAt: Date;
}

/** `unknown` is a word of the provider's that this version does not know. */
export type SmsStatus =
  'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'canceled' | 'unknown';
