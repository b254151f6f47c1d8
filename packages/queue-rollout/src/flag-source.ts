import { InvalidOptionError } from '@switchyard/queue-contract';

/** How many percent (0 to 100) of each queue's jobs go to the target engine; a queue that is missing stays on legacy. */
export type TargetShares = ReadonlyMap<string, number>;

/** Where the wish comes from: the environment, later a live store. */
export interface FlagSource {
  current(): TargetShares;
  /** Answers a function that ends the subscription. */
  onChange(listener: () => void): () => void;
}

export interface SettableFlagSource extends FlagSource {
  /** @throws InvalidOptionError for a share that is no number from 0 to 100; then all stay as they were */
  set(shares: TargetShares): void;
}

/**
 * A flag source in memory: fixed as long as nobody sets it.
 *
 * @throws InvalidOptionError for a share that is no number from 0 to 100
 */
export function createFlagSource(initial: TargetShares): SettableFlagSource {
  checkShares(initial);
  let shares = initial;
  const listeners = new Set<() => void>();
  return {
    current: () => shares,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      checkShares(next);
      shares = next;
      for (const listener of [...listeners]) listener();
    },
  };
}

export function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 100;
}

function checkShares(shares: TargetShares): void {
  for (const [queue, share] of shares) {
    if (!isShare(share))
      throw new InvalidOptionError(`share of queue "${queue}"`, share, 'a number from 0 to 100');
  }
}
