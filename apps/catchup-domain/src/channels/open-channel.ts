import type { Calendar, SyncLease } from '@switchyard/catchup-data';
import { GoogleCallError, PushNotSupportedError, type GrantedChannel } from '@switchyard/catchup-google';
import { eventsResource } from '../calendar/sync-run.js';
import { SyncOvertakenError } from '../syncing/sync-overtaken-error.js';
import { holdLease, type ChannelParts } from './channel-parts.js';

export const DEFAULT_TTL_SECONDS = 7 * 86_400;

/**
 * Opens a channel for a calendar. It is written down before it is asked for: one that the provider opened for somebody
 * who died before the answer came is known, and is stopped or taken over later.
 *
 * @returns false where the provider opens none for this calendar
 */
export async function openChannel(
  parts: ChannelParts,
  calendar: Calendar,
  lease: () => SyncLease,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { data, google, now, webhookUrl: address, ttlSeconds = DEFAULT_TTL_SECONDS } = parts;
  const [id, token] = [parts.newId(), parts.newToken()];
  const { accountId } = calendar;
  const askedAt = now();
  await data.transaction(async (stores) => {
    await holdLease(stores, lease());
    await stores.channels.open({
      id,
      accountId,
      calendarId: calendar.id,
      resource: eventsResource(calendar.externalId),
      token,
      status: 'pending',
      expiresAt: new Date(askedAt.getTime() + ttlSeconds * 1000),
      createdAt: askedAt,
      updatedAt: askedAt,
    });
  });

  let granted: GrantedChannel;
  try {
    granted = await google.calendar.watchEvents(accountId, calendar.externalId, {
      channelId: id,
      token,
      address,
      ttlSeconds,
      signal,
    });
  } catch (error) {
    if (error instanceof PushNotSupportedError) {
      await data.channels.setStatus(id, 'stopped', now());
      return false;
    }
    if (isSurelyNotOpen(error)) await data.channels.remove(id);
    throw error;
  }
  try {
    await data.transaction(async (stores) => {
      await holdLease(stores, lease());
      await stores.channels.activate(id, granted, now());
    });
  } catch (error) {
    // Whoever took over has a channel of their own, and could not stop one that was not open yet.
    if (error instanceof SyncOvertakenError)
      await google.calendar.stopChannel(accountId, { channelId: id, resourceId: granted.resourceId });
    throw error;
  }
  return true;
}

/** The provider said no, or was never asked; anything else may have been granted with the answer lost. */
function isSurelyNotOpen(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === 'AbortError' || error.name === 'TimeoutError') return false;
  if (!(error instanceof GoogleCallError))
    return 'code' in error && String(error.code).startsWith('ERR_DOMAIN_');
  return error.status !== undefined && error.status >= 400 && error.status < 500;
}
