import type { PushChannel, SyncState } from '@switchyard/catchup-data';
import type { Poll } from './change-rate.js';
import type { PushState, SyncHistory } from './sync-interval.js';

/** What is known of the syncs of one resource. Pure. */
export function historyOf(state: SyncState, channels: readonly PushChannel[], now: Date): SyncHistory {
  return {
    polls: pollsOf(state.changeHistory),
    failuresInARow: state.failureCount,
    push: pushOf(
      channels.filter(({ resource, expiresAt }) => resource === state.resource && expiresAt > now),
    ),
    currentSeconds: state.intervalSeconds ?? undefined,
  };
}

/** When the resource was looked at last, whatever came of it. */
export function lastRunOf({ lastFullAt, lastIncrementalAt, lastFailureAt }: SyncState): Date | undefined {
  const times = [lastFullAt, lastIncrementalAt, lastFailureAt].flatMap((time) => time?.getTime() ?? []);
  return times.length > 0 ? new Date(Math.max(...times)) : undefined;
}

/** Each run but the first is a look at what changed since the one before. Two at the same moment are one. */
function pollsOf(runs: SyncState['changeHistory']): Poll[] {
  const polls: Poll[] = [];
  for (const [index, { at, changes }] of runs.entries()) {
    const before = runs[index - 1];
    const afterSeconds = before ? (Date.parse(at) - Date.parse(before.at)) / 1000 : 0;
    if (afterSeconds > 0) polls.push({ afterSeconds, foundChanges: changes > 0 });
  }
  return polls;
}

function pushOf(channels: readonly PushChannel[]): PushState {
  if (channels.some(({ status }) => status === 'active')) return 'working';
  return channels.some(({ status }) => status === 'silent') ? 'silent' : 'none';
}
