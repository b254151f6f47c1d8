import { PushMessageError } from './errors.js';

/** What Google tells about a watched calendar; the message has no body. */
export interface PushMessage {
  readonly channelId: string;
  /** The secret that was given when the channel was opened: compare it before anything else is believed. */
  readonly token: string;
  readonly resourceId: string;
  /** `sync`: the channel was opened. `exists`: something changed. `not_exists`: the resource is gone. */
  readonly resourceState: 'sync' | 'exists' | 'not_exists';
  /** Grows with each message of a channel, not always by one. */
  readonly messageNumber: number;
  readonly channelExpiresAt?: Date;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the headers of a push. See https://developers.google.com/workspace/calendar/api/guides/push.
 *
 * @param headers names in lower case, as Node has them
 * @throws PushMessageError naming the header that is missing or malformed
 */
export function readPushMessage(headers: Headers): PushMessage {
  const read = (name: string, pattern: RegExp): string => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (typeof value !== 'string' || !pattern.test(value)) throw new PushMessageError(name);
    return value;
  };
  const expiration = Object.hasOwn(headers, 'x-goog-channel-expiration')
    ? headers['x-goog-channel-expiration']
    : undefined;
  const expiresAtMs = typeof expiration === 'string' ? Date.parse(expiration) : Number.NaN;
  return {
    channelId: read('x-goog-channel-id', /^[\w+/=-]{1,64}$/),
    token: read('x-goog-channel-token', /^[\x20-\x7e]{1,256}$/),
    resourceId: read('x-goog-resource-id', /^[\x21-\x7e]{1,200}$/),
    resourceState: read(
      'x-goog-resource-state',
      /^(sync|exists|not_exists)$/,
    ) as PushMessage['resourceState'],
    messageNumber: Number(read('x-goog-message-number', /^[1-9]\d{0,14}$/)),
    ...(!Number.isNaN(expiresAtMs) && { channelExpiresAt: new Date(expiresAtMs) }),
  };
}
