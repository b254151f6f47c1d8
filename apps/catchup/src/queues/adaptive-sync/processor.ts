import { UNNAMED_JOB, type JobHandlers } from '@switchyard/queue-contract';
import type { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../../durations.js';
import { callRemote, type RemoteCaller } from '../../simulated-remote.js';
import type { adaptiveSync, changeHistory } from './queue.js';

export const SHORTEST_INTERVAL_MS = 5 * MINUTE_MS;
export const LONGEST_INTERVAL_MS = DAY_MS;
/** One sync may stretch or shrink the interval by this factor at most, so that one odd day does not decide. */
const MAX_STEP = 2;

/**
 * Half the median gap between changes: then a change waits for a quarter of a usual gap on average before it is
 * seen. Without two changes to measure a gap, the interval grows.
 */
export function nextIntervalMs(changesAtMs: readonly number[], intervalMs: number): number {
  const sorted = [...changesAtMs].sort((a, b) => a - b);
  const gaps = sorted
    .slice(1)
    .map((atMs, index) => atMs - (sorted[index] ?? atMs))
    .sort((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)];
  const wantedMs = median === undefined ? Infinity : median / 2;
  const steppedMs = clamp(wantedMs, intervalMs / MAX_STEP, intervalMs * MAX_STEP);
  return Math.round(clamp(steppedMs, SHORTEST_INTERVAL_MS, LONGEST_INTERVAL_MS));
}

const clamp = (value: number, min: number, max: number) => Math.min(Math.max(value, min), max);

const adapt = async (job: RemoteCaller & { readonly data: z.output<typeof changeHistory> }) => {
  await callRemote(job);
  const { userId, changesAtMs, intervalMs } = job.data;
  return { userId, intervalMs: nextIntervalMs(changesAtMs, intervalMs) };
};

export const adaptiveSyncHandlers: JobHandlers<typeof adaptiveSync.jobs> = { adapt, [UNNAMED_JOB]: adapt };
