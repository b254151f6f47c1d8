import { LRUCache } from 'lru-cache';

/** The generation of a scope as Redis last told it, or as this process proposes it where Redis had none. */
export interface Generation {
  readonly value: string;
  /** When it was asked of Redis, or Redis had taken it, by the monotonic clock. */
  askedAtMs: number;
  /** A proposal that no write has carried to Redis yet. */
  isProposal: boolean;
}

/**
 * What this process knows of the generations of users and tags.
 *
 * A generation is random and never comes back. Where Redis has none, because nothing was written yet or because it
 * expired or was evicted, all entries of the scope are misses, and the first write brings a new one along with SET NX:
 * so entries of before cannot come back to life. A proposal is carried by one write only, for the same reason: sent again
 * later it could revive what was written under it and cleared since.
 *
 * An outdated generation does no harm: what is written under it is never read.
 */
export interface Generations {
  /** Takes note of what Redis answered; `value` is null where it has none. */
  observe(scope: string, value: string | null, askedAtMs: number): Generation;
  known(scope: string): Generation | undefined;
  /** Another process's proposal won. */
  forget(scope: string, generation: Generation): void;
  /** Knows nothing of the scope any more: whoever writes next asks first. */
  drop(scope: string): void;
}

/** Longer than any entry lives, so that what is still good is not lost with its generation. */
export const GENERATION_TTL_SECONDS = 7 * 86_400;
const MOST_SCOPES = 20_000;

export function createGenerations(createId: () => string): Generations {
  const scopes = new LRUCache<string, Generation>({ max: MOST_SCOPES });
  const remember = (scope: string, generation: Generation) => {
    scopes.set(scope, generation);
    return generation;
  };
  return {
    observe(scope, value, askedAtMs) {
      const known = scopes.get(scope);
      // The answer to an older question says nothing new.
      if (known && known.askedAtMs > askedAtMs) return known;
      if (value !== null) return remember(scope, { value, askedAtMs, isProposal: false });
      // The same proposal for all that are fetched side by side, else the writes of all but the first were lost.
      if (known?.isProposal) return Object.assign(known, { askedAtMs });
      return remember(scope, { value: createId(), askedAtMs, isProposal: true });
    },
    known: (scope) => scopes.get(scope),
    forget(scope, generation) {
      if (scopes.peek(scope) === generation) scopes.delete(scope);
    },
    drop: (scope) => void scopes.delete(scope),
  };
}
