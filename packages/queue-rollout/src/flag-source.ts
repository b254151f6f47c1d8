/** How many percent (0 to 100) of each queue's jobs go to the target engine; a queue that is missing stays on legacy. */
export type TargetShares = ReadonlyMap<string, number>;

/** Where the wish comes from: the environment, later a live store. */
export interface FlagSource {
  current(): TargetShares;
  /** Answers a function that ends the subscription. */
  onChange(listener: () => void): () => void;
}

export interface SettableFlagSource extends FlagSource {
  set(shares: TargetShares): void;
}

/** A flag source in memory: fixed as long as nobody sets it. */
export function createFlagSource(initial: TargetShares): SettableFlagSource {
  let shares = initial;
  const listeners = new Set<() => void>();
  return {
    current: () => shares,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      shares = next;
      for (const listener of [...listeners]) listener();
    },
  };
}
