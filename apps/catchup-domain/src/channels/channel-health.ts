import type { PushChannel, SyncRun } from '@switchyard/catchup-data';

export interface ChannelHealthLimits {
  /** How many polls since the last message must have found changes. From 1. */
  readonly missedPolls: number;
  /** How long a message may be on its way: its attempts are minutes apart. */
  readonly delaySeconds: number;
  /** How long the first message may be on its way, which comes unasked. */
  readonly greetingSeconds: number;
}

export const DEFAULT_CHANNEL_HEALTH_LIMITS: ChannelHealthLimits = {
  missedPolls: 2,
  delaySeconds: 600,
  greetingSeconds: 1800,
};

export type ChannelHealthReason =
  /** So many polls found changes while nothing came; the first of them was then (ISO 8601). */
  | { readonly kind: 'missed-changes'; readonly polls: number; readonly since: string }
  /** Not even the first message came. */
  | { readonly kind: 'never-greeted' };

export interface ChannelHealth {
  readonly state: 'healthy' | 'degraded';
  /** None where it is healthy. */
  readonly reasons: readonly ChannelHealthReason[];
}

/**
 * Whether a channel tells of changes. Silence alone proves nothing: it takes polls that found changes which came up
 * after the last message, while the channel was open, and long enough ago for a message to have arrived. Pure.
 *
 * @param runs of the resource that the channel tells of, the newest last
 */
export function judgeChannel(
  channel: Pick<PushChannel, 'createdAt' | 'lastNotifiedAt' | 'lastMessageNumber'>,
  runs: readonly SyncRun[],
  now: Date,
  limits: ChannelHealthLimits = DEFAULT_CHANNEL_HEALTH_LIMITS,
): ChannelHealth {
  const { createdAt, lastNotifiedAt, lastMessageNumber } = channel;
  const quietSinceMs = Math.max(createdAt.getTime(), lastNotifiedAt?.getTime() ?? 0);
  const missed = runs.filter(({ at, changes }, index) => {
    const before = runs[index - 1];
    if (!before || changes === 0) return false;
    // What a poll finds is younger than the poll before it.
    const isAfterSilence = Date.parse(before.at) >= quietSinceMs;
    return isAfterSilence && Date.parse(at) + limits.delaySeconds * 1000 <= now.getTime();
  });
  const reasons: ChannelHealthReason[] = [];
  if (missed.length >= limits.missedPolls)
    reasons.push({ kind: 'missed-changes', polls: missed.length, since: (missed[0] as SyncRun).at });
  if (lastMessageNumber === 0 && now.getTime() - createdAt.getTime() >= limits.greetingSeconds * 1000)
    reasons.push({ kind: 'never-greeted' });
  return { state: reasons.length > 0 ? 'degraded' : 'healthy', reasons };
}
