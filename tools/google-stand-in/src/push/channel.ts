/** A notification channel as `watch` made it. */
export interface Channel {
  readonly id: string;
  readonly userId: string;
  /** What it watches: `events:<calendar>` for all who watch that calendar, `calendarList:<user>`. */
  readonly watches: string;
  readonly calendarId?: string;
  readonly resourceId: string;
  readonly resourceUri: string;
  readonly address: string;
  readonly token?: string;
  /** Milliseconds since 1970. */
  readonly expirationMs: number;
}

export type ResourceState = 'sync' | 'exists' | 'not_exists';

/** One message and what became of it. */
export interface PushRecord {
  readonly channelId: string;
  readonly messageNumber: number;
  readonly state: ResourceState;
  /** The status of every attempt; 0 where there was no answer. */
  readonly statuses: readonly number[];
  /** `lost`: the channel was silent, had expired or was stopped before the message got through. */
  readonly outcome: 'pending' | 'delivered' | 'refused' | 'lost';
}
