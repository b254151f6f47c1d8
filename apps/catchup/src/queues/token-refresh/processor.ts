import { UNNAMED_JOB, type JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { MINUTE_MS } from '../../durations.js';
import { callRemote, type RemoteCaller } from '../../simulated-remote.js';
import type { tokenLease, tokenRefresh } from './queue.js';

/** A token is refreshed this long before it expires: a sync that starts now must not outlive it. */
export const REFRESH_AHEAD_MS = 10 * MINUTE_MS;

export type TokenDecision =
  | { readonly action: 'keep'; readonly refreshAtMs: number }
  | { readonly action: 'refresh'; readonly expiresAtMs: number; readonly wasExpired: boolean };

export function decideRefresh(lease: Omit<z.output<typeof tokenLease>, 'remote'>): TokenDecision {
  const { nowMs, expiresAtMs, lifetimeMs } = lease;
  // A provider that grants less than twice the margin would otherwise be asked all the time.
  const aheadMs = Math.min(REFRESH_AHEAD_MS, lifetimeMs / 2);
  if (nowMs < expiresAtMs - aheadMs) return { action: 'keep', refreshAtMs: expiresAtMs - aheadMs };
  return { action: 'refresh', expiresAtMs: nowMs + lifetimeMs, wasExpired: nowMs >= expiresAtMs };
}

const refresh = async (job: RemoteCaller & { readonly data: z.output<typeof tokenLease> }) => {
  const decision = decideRefresh(job.data);
  if (decision.action === 'refresh') await callRemote(job);
  return decision;
};

export const tokenRefreshHandlers: JobHandlers<typeof tokenRefresh.jobs> = {
  refresh,
  [UNNAMED_JOB]: refresh,
};
