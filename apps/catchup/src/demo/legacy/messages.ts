/** What a legacy process tells whoever started it. */
export type LegacyMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'accepted'; readonly jobs: readonly LegacyJob[] }
  | {
      readonly type: 'repeats';
      readonly queue: string;
      readonly everyMs: number;
      readonly firstSlotMs: number;
    }
  | { readonly type: 'paused'; readonly queue: string }
  | { readonly type: 'filled' }
  | { readonly type: 'stopped' };

/** A job that Redis took, and what its handler is going to do with it. */
export interface LegacyJob {
  readonly queue: string;
  readonly id: string;
  readonly meant: 'complete' | 'fail';
  readonly calls: number;
}

export const tell = (message: LegacyMessage): void => void process.send?.(message);

/**
 * Calls back when told to stop, and leaves when that is done; without whoever started it the process has no reason
 * to live.
 */
export function onStop(stop: () => Promise<unknown>): void {
  process.once('message', () => {
    // The channel closes in order: what was told before arrives before.
    void stop().then(() => process.send?.({ type: 'stopped' }, () => process.disconnect()));
  });
  process.once('disconnect', () => process.exit());
  // Ctrl-C reaches the whole process group; whoever started it decides when it ends.
  process.on('SIGINT', () => undefined);
}
