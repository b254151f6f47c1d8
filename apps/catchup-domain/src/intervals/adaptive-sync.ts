import type { Data } from '@switchyard/catchup-data';
import { historyOf, lastRunOf } from './sync-history.js';
import {
  decideSyncInterval,
  DEFAULT_SYNC_INTERVAL_LIMITS,
  type SyncIntervalDecision,
  type SyncIntervalLimits,
} from './sync-interval.js';

export interface AdaptiveSyncOptions {
  readonly data: Pick<Data, 'transaction'>;
  readonly now: () => Date;
  readonly limits?: SyncIntervalLimits;
}

/** What was decided for one resource of an account. */
export interface AdaptedResource extends SyncIntervalDecision {
  readonly resource: string;
  /** Absent before the first sync, which is due at once. */
  readonly nextSyncAt?: Date;
  /** False where that was so already. */
  readonly changed: boolean;
}

export interface AdaptiveSync {
  /** Decides how often each resource of an account is synced from now on, and when it is next. */
  adapt(accountId: string): Promise<AdaptedResource[]>;
}

export function createAdaptiveSync({
  data,
  now,
  limits = DEFAULT_SYNC_INTERVAL_LIMITS,
}: AdaptiveSyncOptions): AdaptiveSync {
  return {
    adapt: (accountId) =>
      data.transaction(async ({ syncState, channels }) => {
        const at = now();
        const open = await channels.ofAccount(accountId);
        const adapted: AdaptedResource[] = [];
        for (const state of await syncState.ofAccount(accountId)) {
          const decision = decideSyncInterval(historyOf(state, open, at), limits);
          const lastRun = lastRunOf(state);
          // Counted from the last run, so that deciding late, or twice, puts nothing off.
          const nextSyncAt = lastRun && new Date(lastRun.getTime() + decision.intervalSeconds * 1000);
          const { updated } = await syncState.save({
            accountId,
            resource: state.resource,
            intervalSeconds: decision.intervalSeconds,
            nextSyncAt,
            createdAt: at,
            updatedAt: at,
          });
          adapted.push({ resource: state.resource, ...decision, nextSyncAt, changed: updated.length > 0 });
        }
        return adapted;
      }),
  };
}
