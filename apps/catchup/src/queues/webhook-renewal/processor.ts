import type { JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { callRemote } from '../../simulated-remote.js';
import type { channelLease, webhookRenewal } from './queue.js';

/** Renew in the last third of a lease: two thirds are used, and a third is left for retries. */
const RENEW_IN_LAST = 1 / 3;

export type RenewalPlan =
  | { readonly action: 'keep'; readonly checkAgainAtMs: number }
  /** The old channel keeps working until the new one has brought its first message. */
  | { readonly action: 'renew'; readonly channelId: string; readonly expiresAtMs: number }
  /** The channel is gone, so what changed since then has to be synced. */
  | {
      readonly action: 'replace';
      readonly channelId: string;
      readonly expiresAtMs: number;
      readonly syncSinceMs: number;
    };

export function planRenewal(lease: Omit<z.output<typeof channelLease>, 'remote'>): RenewalPlan {
  const { nowMs, expiresAtMs, lifetimeMs } = lease;
  const renewFromMs = expiresAtMs - lifetimeMs * RENEW_IN_LAST;
  if (nowMs < renewFromMs) return { action: 'keep', checkAgainAtMs: renewFromMs };
  const next = { channelId: nextChannelId(lease.channelId), expiresAtMs: nowMs + lifetimeMs };
  if (nowMs < expiresAtMs) return { action: 'renew', ...next };
  return { action: 'replace', ...next, syncSinceMs: expiresAtMs };
}

/** `cal-7` follows `cal-6`: the same lease renewed twice asks for the same channel, which the provider refuses. */
function nextChannelId(channelId: string): string {
  const [, base = channelId, generation = '1'] = /^(.*)-(\d+)$/.exec(channelId) ?? [];
  return `${base}-${Number(generation) + 1}`;
}

export const webhookRenewalHandlers: JobHandlers<typeof webhookRenewal.jobs> = {
  async renew(job) {
    const plan = planRenewal(job.data);
    if (plan.action !== 'keep') await callRemote(job);
    return plan;
  },
};
