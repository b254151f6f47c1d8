import type { JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { MINUTE_MS } from '../../durations.js';
import { callRemote } from '../../simulated-remote.js';
import type { pushChannel, webhookHealthCheck } from './queue.js';

/** A channel counts as silent after this many of its usual gaps without a message … */
const SILENT_AFTER_GAPS = 4;
/** … but never before this long: busy calendars are quiet over lunch. */
const SILENT_AFTER_AT_LEAST_MS = 30 * MINUTE_MS;

type PushChannel = z.output<typeof pushChannel>;

export interface ChannelHealth {
  readonly healthy: number;
  /** Channels whose users are to be polled, the longest silent first. */
  readonly pollInstead: readonly { readonly channelId: string; readonly silentForMs: number }[];
}

export function checkChannels(channels: readonly PushChannel[], atMs: number): ChannelHealth {
  const pollInstead = channels
    .map(({ channelId, lastMessageAtMs, usualGapMs }) => ({
      channelId,
      silentForMs: atMs - lastMessageAtMs,
      limitMs: Math.max(SILENT_AFTER_GAPS * usualGapMs, SILENT_AFTER_AT_LEAST_MS),
    }))
    .filter(({ silentForMs, limitMs }) => silentForMs > limitMs)
    .sort((a, b) => b.silentForMs - a.silentForMs)
    .map(({ channelId, silentForMs }) => ({ channelId, silentForMs }));
  return { healthy: channels.length - pollInstead.length, pollInstead };
}

export const webhookHealthCheckHandlers: JobHandlers<typeof webhookHealthCheck.jobs> = {
  async 'check-channels'(job) {
    await callRemote(job);
    return checkChannels(job.data.channels, job.data.checkedAtMs ?? job.createdAtMs);
  },
};
