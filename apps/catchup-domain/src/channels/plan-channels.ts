import type { Calendar, PushChannel } from '@switchyard/catchup-data';

/** It was granted and tells, or should tell, of changes. */
export const isGranted = ({ status }: PushChannel): boolean => status === 'active' || status === 'silent';

/** Nobody knows whether the provider opened it: whoever asked never wrote down the answer. */
const isUnanswered = ({ status }: PushChannel): boolean => status === 'pending';

/** The provider opens none for this calendar; not to be asked again before it ends. */
export const isRefusal = ({ status, resourceId }: PushChannel): boolean =>
  status === 'stopped' && resourceId === null;

/** Calendars that may have a channel and have none, or one that ends soon. Pure. */
export function calendarsToWatch(
  calendars: readonly Calendar[],
  channels: readonly PushChannel[],
  { now, renewBeforeMs }: { readonly now: Date; readonly renewBeforeMs: number },
): Calendar[] {
  return calendars.filter((calendar) => {
    const own = channels.filter(({ calendarId }) => calendarId === calendar.id);
    const isRefused = own.some((channel) => isRefusal(channel) && channel.expiresAt > now);
    return (
      isWatchable(calendar) &&
      !isRefused &&
      !own.some((one) => isGranted(one) && !isDue(one, now, renewBeforeMs))
    );
  });
}

/** A channel to be stopped at the provider, with the name that the provider has for what it watches. */
export interface ChannelToStop {
  readonly channel: PushChannel;
  readonly resourceId: string;
}

/**
 * Of each calendar the channel that lasts longest stays; the others go, and so do all of calendars that are not watched
 * any more. One whose answer was lost has no resource id of its own, but each channel of a calendar has the same. Pure.
 */
export function channelsToStop(
  calendars: readonly Calendar[],
  channels: readonly PushChannel[],
  now: Date,
): ChannelToStop[] {
  const watched = new Set(calendars.filter(isWatchable).map(({ id }) => id));
  const alive = channels.filter(({ expiresAt }) => expiresAt > now);
  const kept = new Map<string, PushChannel>();
  for (const channel of alive.filter(isGranted)) {
    const { calendarId } = channel;
    if (calendarId === null || !watched.has(calendarId)) continue;
    const other = kept.get(calendarId);
    if (!other || outlasts(channel, other)) kept.set(calendarId, channel);
  }
  return alive
    .filter((channel) => isGranted(channel) || isUnanswered(channel))
    .filter((channel) => !channel.calendarId || kept.get(channel.calendarId)?.id !== channel.id)
    .flatMap((channel) => stoppable(channel, channels));
}

/** With a resource id that is known from anywhere. */
export function stoppable(channel: PushChannel, channels: readonly PushChannel[]): ChannelToStop[] {
  const resourceId =
    channel.resourceId ??
    channels.find((other) => other.resource === channel.resource && other.resourceId !== null)?.resourceId;
  return resourceId ? [{ channel, resourceId }] : [];
}

/** Those whose time is over though they do not say so yet, and those that nothing can come through any more. Pure. */
export function channelsToClear(
  channels: readonly PushChannel[],
  now: Date,
): { readonly expired: readonly PushChannel[]; readonly forgettable: readonly PushChannel[] } {
  const over = channels.filter(({ expiresAt }) => expiresAt <= now);
  return {
    expired: over.filter((channel) => isGranted(channel) || isUnanswered(channel)),
    forgettable: over.filter(({ status }) => status === 'stopped' || status === 'expired'),
  };
}

/** One that was granted for less than was asked for is not due before half of its time. */
function isDue({ createdAt, expiresAt }: PushChannel, now: Date, renewBeforeMs: number): boolean {
  const lifeMs = expiresAt.getTime() - createdAt.getTime();
  return expiresAt.getTime() - now.getTime() <= Math.min(renewBeforeMs, lifeMs / 2);
}

/** Whoever sees free and busy times only has no events to be told of. */
const isWatchable = ({ selected, deletedAt, accessRole }: Calendar): boolean =>
  selected && deletedAt === null && accessRole !== 'freeBusyReader';

const outlasts = (one: PushChannel, other: PushChannel): boolean =>
  one.expiresAt.getTime() - other.expiresAt.getTime() > 0 ||
  (one.expiresAt.getTime() === other.expiresAt.getTime() && one.id > other.id);
