/** A text message that somebody sent to us. Providers deliver it at least once: it is told apart by its id. */
export interface InboundSms {
  readonly providerMessageId: string;
  /** E.164, or a short code. */
  readonly from: string;
  readonly to: string;
  /** May be empty: a message can consist of media alone. */
  readonly body: string;
  readonly segments: number;
  readonly mediaCount: number;
  /** Null where the message is none of the words with which people unsubscribe, subscribe again or ask for help. */
  readonly keyword: SmsKeyword | null;
}

export type SmsKeyword = 'stop' | 'start' | 'help';
