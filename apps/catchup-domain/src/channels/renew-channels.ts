import type { Data, PushChannel, SyncLease } from '@switchyard/catchup-data';
import { failureCode } from '../domain-error.js';
import { SyncOvertakenError } from '../syncing/sync-overtaken-error.js';
import { holdLease, type ChannelParts } from './channel-parts.js';
import { openChannel } from './open-channel.js';
import { calendarsToWatch, channelsToClear, channelsToStop, type ChannelToStop } from './plan-channels.js';

export interface ChannelFailure {
  /** Of the channel or, where none could be opened, of the calendar. */
  readonly id: string;
  /** A code, never a message of the provider. */
  readonly reason: string;
}

/** Ids of calendars and of channels. */
export interface RenewalReport {
  /** Calendars that have a channel anew. */
  readonly opened: readonly string[];
  /** Calendars for which the provider opens none: they are polled. */
  readonly notSupported: readonly string[];
  readonly stopped: readonly string[];
  /** To be tried again by the next run. */
  readonly failures: readonly ChannelFailure[];
}

const DEFAULT_RENEW_BEFORE_SECONDS = 86_400;

export const renewBeforeMs = ({ renewBeforeSeconds = DEFAULT_RENEW_BEFORE_SECONDS }: ChannelParts) =>
  renewBeforeSeconds * 1000;

/** Opens what is missing or ends soon, then stops what there is too much of: for a while both may tell of a change. */
export async function renewChannels(
  parts: ChannelParts,
  accountId: string,
  lease: () => SyncLease,
  signal: AbortSignal | undefined,
): Promise<RenewalReport> {
  const { data, now } = parts;
  const calendars = await data.calendars.ofAccount(accountId);
  const { expired, forgettable } = channelsToClear(await data.channels.ofAccount(accountId), now());
  for (const { id } of expired) await data.channels.setStatus(id, 'expired', now());
  for (const { id } of forgettable) await data.channels.remove(id);

  const opened: string[] = [];
  const notSupported: string[] = [];
  const failures: ChannelFailure[] = [];
  const known = await data.channels.ofAccount(accountId);
  for (const calendar of calendarsToWatch(calendars, known, {
    now: now(),
    renewBeforeMs: renewBeforeMs(parts),
  })) {
    signal?.throwIfAborted();
    try {
      const isOpen = await openChannel(parts, calendar, lease, signal);
      (isOpen ? opened : notSupported).push(calendar.id);
    } catch (error) {
      if (signal?.aborted || error instanceof SyncOvertakenError) throw error;
      failures.push({ id: calendar.id, reason: failureCode(error) });
    }
  }
  const tooMany = channelsToStop(calendars, await data.channels.ofAccount(accountId), now());
  const rest = await stopChannels(parts, tooMany, lease, signal);
  return { opened, notSupported, stopped: rest.stopped, failures: [...failures, ...rest.failures] };
}

/** One that the provider does not know any more counts as stopped. */
export async function stopChannels(
  { data, google, now }: ChannelParts,
  channels: readonly ChannelToStop[],
  lease: () => SyncLease,
  signal: AbortSignal | undefined,
): Promise<Pick<RenewalReport, 'stopped' | 'failures'>> {
  const stopped: string[] = [];
  const failures: ChannelFailure[] = [];
  for (const { channel, resourceId } of channels) {
    signal?.throwIfAborted();
    await holdLease(data, lease());
    try {
      await google.calendar.stopChannel(channel.accountId, { channelId: channel.id, resourceId }, { signal });
      await noteStopped(data, channel, now());
      stopped.push(channel.id);
    } catch (error) {
      if (signal?.aborted) throw error;
      failures.push({ id: channel.id, reason: failureCode(error) });
    }
  }
  return { stopped, failures };
}

/** One that was never granted goes altogether: it must not be taken for a refusal. */
export async function noteStopped(
  { channels }: Pick<Data, 'channels'>,
  { id, resourceId }: PushChannel,
  now: Date,
): Promise<void> {
  if (resourceId === null) await channels.remove(id);
  else await channels.setStatus(id, 'stopped', now);
}
