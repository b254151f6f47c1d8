import type { Stores, SyncState } from '@switchyard/catchup-data';
import { failureCode } from '../domain-error.js';
import { withRun } from './sync-runs.js';

interface Resource {
  readonly accountId: string;
  readonly resource: string;
}

/** For the schedule and for people. What was read before stays as good as it was. */
export async function noteSyncFailure(
  { syncState }: Pick<Stores, 'syncState'>,
  { accountId, resource }: Resource,
  error: unknown,
  at: Date,
): Promise<void> {
  const state = await syncState.get(accountId, resource);
  await syncState.save({
    accountId,
    resource,
    failureCount: (state?.failureCount ?? 0) + 1,
    lastFailureAt: at,
    lastFailure: failureCode(error),
    createdAt: at,
    updatedAt: at,
  });
}

/** In the transaction that writes the last page. */
export async function noteSyncDone(
  { syncState }: Pick<Stores, 'syncState'>,
  { accountId, resource }: Resource,
  done: {
    readonly state: SyncState | undefined;
    readonly syncToken: string;
    readonly isFull: boolean;
    readonly changes: number;
    readonly at: Date;
  },
): Promise<void> {
  const { state, syncToken, isFull, changes, at } = done;
  await syncState.save({
    accountId,
    resource,
    syncToken,
    ...(isFull ? { lastFullAt: at } : { lastIncrementalAt: at }),
    changeHistory: withRun(state, { at: at.toISOString(), changes }),
    failureCount: 0,
    lastFailureAt: null,
    lastFailure: null,
    createdAt: at,
    updatedAt: at,
  });
}
