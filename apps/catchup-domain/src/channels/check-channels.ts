import type { PushChannel } from '@switchyard/catchup-data';
import { judgeChannel, type ChannelHealthReason } from './channel-health.js';
import type { ChannelParts } from './channel-parts.js';

/** A channel that is not relied upon any more. */
export interface SilentChannel {
  readonly channelId: string;
  readonly resource: string;
  readonly reasons: readonly ChannelHealthReason[];
}

/** Marks channels that tell of nothing as silent, and lets what they were to tell of be polled at once. */
export async function checkChannels(
  { data, now, healthLimits }: ChannelParts,
  accountId: string,
): Promise<SilentChannel[]> {
  const found: SilentChannel[] = [];
  for (const { id } of (await data.channels.ofAccount(accountId)).filter(isActive)) {
    const silent = await data.transaction(async (stores) => {
      const channel = await stores.channels.get(id);
      const at = now();
      if (!channel || !isActive(channel) || channel.expiresAt <= at) return undefined;
      const { resource } = channel;
      const state = await stores.syncState.get(accountId, resource);
      const { reasons } = judgeChannel(channel, state?.changeHistory ?? [], at, healthLimits);
      if (reasons.length === 0) return undefined;
      await stores.channels.setStatus(id, 'silent', at);
      if (state && (!state.nextSyncAt || state.nextSyncAt > at))
        await stores.syncState.save({ accountId, resource, nextSyncAt: at, createdAt: at, updatedAt: at });
      return { channelId: id, resource, reasons };
    });
    if (silent) found.push(silent);
  }
  return found;
}

const isActive = ({ status }: PushChannel): boolean => status === 'active';
