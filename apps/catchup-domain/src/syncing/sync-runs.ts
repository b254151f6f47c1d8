import type { SyncRun, SyncState } from '@switchyard/catchup-data';
import { POLLS_THAT_COUNT } from '../intervals/sync-interval.js';

/** The history of an account's resource with one more run; as much of it as anybody asks for. */
export const withRun = (state: SyncState | undefined, run: SyncRun): readonly SyncRun[] =>
  [...(state?.changeHistory ?? []), run].slice(-POLLS_THAT_COUNT - 1);
