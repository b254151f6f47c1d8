import type { PushChannel } from '@switchyard/catchup-data';
import type { PushMessage } from '@switchyard/catchup-google';
import type { ChannelParts } from './channel-parts.js';

export type IgnoredPush =
  | 'unknown-channel'
  | 'wrong-token'
  | 'wrong-resource'
  | 'stopped'
  | 'expired'
  /** It came before, or a later one did: what it tells of is known. */
  | 'repeated'
  /** The channel's first message: it works, and nothing has changed. */
  | 'greeting'
  /** A newer channel that works tells of the same. */
  | 'superseded';

export type ReceivedPush =
  | { readonly action: 'ignore'; readonly reason: IgnoredPush }
  | {
      readonly action: 'sync';
      readonly accountId: string;
      readonly calendarId: string;
      /** As in `sync_state`; two pushes of one resource ask for the same sync. */
      readonly resource: string;
      /** The channel had gone silent and is relied upon again. */
      readonly recovered: boolean;
    };

/** Believes nothing before the token is right, and writes nothing for a message that came before. */
export async function receivePush({ data, now }: ChannelParts, message: PushMessage): Promise<ReceivedPush> {
  const ignore = (reason: IgnoredPush): ReceivedPush => ({ action: 'ignore', reason });
  const channel = await data.channels.authenticate(message.channelId, message.token);
  if (!channel)
    return ignore((await data.channels.get(message.channelId)) ? 'wrong-token' : 'unknown-channel');
  const { id, accountId, calendarId, resource, status } = channel;
  if (channel.resourceId !== null && channel.resourceId !== message.resourceId)
    return ignore('wrong-resource');
  if (channel.expiresAt <= now() || status === 'expired') return ignore('expired');
  if (status === 'stopped' || calendarId === null) return ignore('stopped');
  // The answer to whoever opened it was lost, or is not written yet; this says the same.
  if (status === 'pending')
    await data.channels.activate(
      id,
      { resourceId: message.resourceId, expiresAt: message.channelExpiresAt ?? channel.expiresAt },
      now(),
    );
  if (!(await data.channels.noteMessage(id, message.messageNumber, now()))) return ignore('repeated');
  if (message.resourceState === 'sync') return ignore('greeting');
  const others = await data.channels.ofAccount(accountId);
  if (others.some((other) => supersedes(other, channel, now()))) return ignore('superseded');
  return { action: 'sync', accountId, calendarId, resource, recovered: status === 'silent' };
}

/** Newer, of the same calendar, and proven to work. */
const supersedes = (other: PushChannel, channel: PushChannel, now: Date): boolean =>
  other.calendarId === channel.calendarId &&
  other.status === 'active' &&
  other.expiresAt > now &&
  other.createdAt > channel.createdAt &&
  other.lastMessageNumber > 0;
